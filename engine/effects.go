package engine

import (
	"time"

	"tocsin/engine/event"
)

// Effects are what a number of steps led to. The shell renders Sends, keeps
// everything in one transaction and only then answers. A caller reuses one
// Effects for many steps: Reset empties it without giving up its memory.
type Effects struct {
	Sends     []Send
	Stamps    []Stamp             // fingerprints taken: to be kept
	Cleared   []event.Fingerprint // fingerprints freed by a resolving event
	Held      []Held              // events that now wait in a bucket
	Released  []string            // ids of events that wait no longer
	Buckets   []Bucket            // buckets opened or changed: to be kept
	Closed    []string            // keys of buckets that ended
	Decisions []Decision
	Raised    []event.Incoming // tocsin's own notices, to be taken as new arrivals
}

// Send asks for a notification over one channel.
type Send struct {
	Channel      string
	Notification event.Notification
	Place        string // file:line of what chose the channel
}

// Stamp says that a fingerprint was taken and until when it is cooling down.
type Stamp struct {
	Fingerprint event.Fingerprint
	Type        string
	Severity    event.Severity
	At          time.Time
	Until       time.Time // end of its cooldown and of the dedup window, whichever is later
	Count       int       // how often it was taken or suppressed since it was first seen
}

// Held is an event that waits in a burst bucket.
type Held struct {
	Bucket string // key
	Event  *event.Event
}

// Bucket is a burst bucket as it is kept over a restart. Its held events are
// kept one by one, as Held.
type Bucket struct {
	Key   string // digest of burst, cluster and the values of its by fields
	State []byte // JSON
}

// Reset empties e and keeps its memory, but nothing that it spoke of.
func (e *Effects) Reset() {
	clear(e.Sends)
	clear(e.Held)
	clear(e.Buckets)
	clear(e.Decisions)
	clear(e.Raised)
	*e = Effects{
		Sends: e.Sends[:0], Stamps: e.Stamps[:0], Cleared: e.Cleared[:0], Held: e.Held[:0], Released: e.Released[:0],
		Buckets: e.Buckets[:0], Closed: e.Closed[:0], Decisions: e.Decisions[:0], Raised: e.Raised[:0],
	}
}

// Saved is what a store gives back at start: the state of the last commit.
type Saved struct {
	Stamps  []Stamp
	Buckets []Bucket
	Held    []Held
	Claims  []event.Claim
}

// Batch is everything that one transaction of the store keeps: all of it or
// nothing.
type Batch struct {
	Stamps    []Stamp
	Cleared   []event.Fingerprint
	Held      []Held
	Released  []string
	Buckets   []Bucket
	Closed    []string
	Queued    []event.Parcel     // new rows of the outbox; ID is given by the store
	Settled   []event.Settlement // attempts: the outbox row moves on, the history gains a row
	Claims    []event.Claim
	Decisions []event.Decision
	History   []event.Delivery // rows of no parcel: tests of a channel
}
