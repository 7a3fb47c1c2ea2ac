package event

import "time"

// ParcelState is where a parcel stands on its way.
type ParcelState string

// The states of a parcel.
const (
	Queued  ParcelState = "queued"  // not tried yet
	Sending ParcelState = "sending" // an attempt is under way
	Retry   ParcelState = "retry"   // failed, tried again when due
	Unknown ParcelState = "unknown" // the answer was lost, or tocsin ended while it was sent: tried again when due, marked as a possible repeat
	Held    ParcelState = "held"    // the target refused; probed when due
	Sent    ParcelState = "sent"    // the service confirmed; the row leaves the outbox
	Dead    ParcelState = "dead"    // given up, with a reason
)

// Parcel is a message on its way over one channel: a row of the outbox.
type Parcel struct {
	ID       int64       `json:"id"`
	Channel  string      `json:"channel"`
	Message  Message     `json:"message"`
	Source   string      `json:"source"`
	State    ParcelState `json:"state"`
	Attempt  int         `json:"attempt"`         // attempts made
	Accepted time.Time   `json:"accepted"`        // when it entered the outbox
	Tried    time.Time   `json:"tried,omitzero"`  // when it was tried last
	Due      time.Time   `json:"due"`             // not tried before
	Code     string      `json:"code,omitempty"`  // of the last error
	Error    string      `json:"error,omitempty"` // its cause and remedy
	Plain    bool        `json:"plain,omitempty"` // refused once: sent again plain and cut
	Maybe    bool        `json:"maybe,omitempty"` // an earlier attempt may have arrived

	CopyID   string `json:"copy_id,omitempty"`   // of a copy that a fallback channel gets: its name
	CopyFor  string `json:"copy_for,omitempty"`  // and the channel that it stands in for
	CopiedIn string `json:"copied_in,omitempty"` // the copy that stands in for this parcel, or NoCopy
}

// NoCopy stands for the copy of a parcel that needs none: its fallback channel
// has the event anyway.
const NoCopy = "-"

// Waits reports whether the parcel waits for another try.
func (p *Parcel) Waits() bool { return p.State == Retry || p.State == Unknown || p.State == Held }

// Settlement is what one attempt to send a parcel led to.
type Settlement struct {
	Parcel   Parcel   // with its new State, Attempt, Due, Code, Error, Plain and Maybe
	Delivery Delivery // the history row of the attempt
	// Covered is kept about the event of each parcel that a copy stood in for,
	// when that was sent.
	Covered Decision
}

// Claim is a key under which an event is taken at most once: an idempotency
// key, or the digest of a webhook request that must not be replayed.
type Claim struct {
	Key     string    // unique; empty: no claim
	Digest  string    // of the request's body: the same key with another body is refused
	EventID string    // the event that took the key
	Until   time.Time // the key is free again afterwards
}

// KnownLife is how long an event is known by the id that its sender gave it.
const KnownLife = 7 * 24 * time.Hour

// KnownBy lets an event with an id of its own in once, on whichever way it comes
// again: over another tocsin its path is another, and the event the same.
func KnownBy(id string, now time.Time) Claim {
	return Claim{Key: "event " + id, Digest: id, Until: now.Add(KnownLife)}
}
