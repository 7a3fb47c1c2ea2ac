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
	Holds     []Hold              // notifications that now wait in a buffer of a channel
	Gathers   []Gather            // buffers that are told now, as one message each
	Opened    []Open              // open events that are new or changed: to be kept
	Ended     []string            // keys of open events that ended
	Causes    []Cause             // causes of inhibitions that are new: to be kept
	Uncaused  []string            // keys of causes that ended
	Digested  []Digested          // days whose digest was told, or had nothing to tell
	Health    []ChannelHealth     // channels that fail, or do no longer: to be kept
	Decisions []Decision
	Raised    []event.Incoming // tocsin's own notices, to be taken as new arrivals

	// Explain asks for a decision from every stage, also from those that let an
	// event pass.
	Explain bool
}

// Send asks for a notification over one channel.
type Send struct {
	Channel      string
	Notification event.Notification
	Place        string // file:line of what chose the channel
}

// Hold asks to keep a notification for a channel until its buffer is gathered.
type Hold struct {
	Channel      string
	Buffer       event.Buffer
	Notification event.Notification
	Until        time.Time
	Place        string // file:line of what holds it
}

// Gather asks to tell everything that waits in a buffer of a channel as one
// message, and to empty the buffer. It covers what was kept before and the
// first Holds of this Effects.
type Gather struct {
	ID      string // of the message, a ULID
	Channel string
	Buffer  event.Buffer
	Holds   int // so many of Effects.Holds came before
	// Late says that it is told after the moment it was for: the daemon was
	// down then. Early says that the buffer was given up by an edit.
	Late, Early bool
	Place       string // file:line

	was buffered // of the buffer, to postpone it
}

// Open is an open event as it is kept over a restart: one that another type
// resolves and that nothing has resolved yet.
type Open struct {
	Key   string // digest of type, cluster and the values of the fingerprint fields
	Event *event.Event
	Since time.Time
	State []byte // JSON
}

// Cause is an event that inhibits others, as it is kept over a restart.
type Cause struct {
	Key        string // digest of the inhibition and of what is open
	Inhibition string
	Event      *event.Event
	Until      time.Time
}

// Digested is the last local day on which a channel had its digest.
type Digested struct {
	Channel string
	Day     string // YYYY-MM-DD
}

// Pending tells how much waits in a buffer of a channel, and since when.
type Pending struct {
	Channel string
	Buffer  event.Buffer
	Count   int
	Oldest  time.Time
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
	Bucket   string // key
	Event    *event.Event
	Channels []string // that rules named for it; none: those that take it when it is told
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
	clear(e.Holds)
	clear(e.Opened)
	clear(e.Causes)
	*e = Effects{
		Sends: e.Sends[:0], Stamps: e.Stamps[:0], Cleared: e.Cleared[:0], Held: e.Held[:0], Released: e.Released[:0],
		Buckets: e.Buckets[:0], Closed: e.Closed[:0], Decisions: e.Decisions[:0], Raised: e.Raised[:0],
		Holds: e.Holds[:0], Gathers: e.Gathers[:0], Opened: e.Opened[:0], Ended: e.Ended[:0], Causes: e.Causes[:0],
		Uncaused: e.Uncaused[:0], Digested: e.Digested[:0], Health: e.Health[:0], Explain: e.Explain,
	}
}

// Saved is what a store gives back at start: the state of the last commit.
type Saved struct {
	Stamps  []Stamp
	Buckets []Bucket
	Held    []Held
	Claims  []event.Claim

	Pending  []Pending
	Open     []Open
	Causes   []Cause
	Digested []Digested
	Health   []ChannelHealth
}

// ChannelHealth is how often in a row a channel has failed, as it is kept over a
// restart. Without failures there is nothing to keep.
type ChannelHealth struct {
	Channel  string
	Failures int
	Since    time.Time // of the first of them
	Told     bool      // channel_failing was raised
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

	Sending  []Sending
	Merged   []Merged // parcels that become one
	Copied   []Copied // parcels that a copy stands in for
	Told     []Told   // what waited in buffers before this batch and is told now
	Waiting  []event.Waiting
	Health   []ChannelHealth
	Opened   []Open
	Ended    []string
	Causes   []Cause
	Uncaused []string
	Digested []Digested
	Arrived  []event.Recorded // kept for explanations and replays

	Positions []event.Position // of sources, behind the events of this batch; one each
	// What several nodes on one store need.
	Judged  bool             // by the judge: ErrDeposed when another node is it
	Fences  map[string]int64 // by channel: what the batch says of the channel's parcels holds only while its lease has this fence
	Posted  []Posted         // for the node that judges
	Taken   []int64          // of what was posted: it is judged
	Refused map[int64]string // of what was posted: why it cannot be judged
	Lost    []string         // set by the store: channels whose fence is another by now; nothing of their parcels was kept
}

// Volume is how much waits in the outbox and in the buffers.
type Volume struct {
	Rows  int   // messages
	Bytes int64 // of those in the outbox
}

// Told are rows of a buffer that one summary tells. They go when the channel has
// confirmed it.
type Told struct {
	Channel string
	Buffer  event.Buffer
	IDs     []int64 // of the rows
	Rest    bool    // and whatever else waits there
	// Decision is kept about the event of each row; its ToldIn is the event id of
	// the summary.
	Decision event.Decision
}

// Copied are parcels that a copy stands in for, which is among the Queued. When
// the copy is delivered, they are settled.
type Copied struct {
	Channel  string // of the parcels
	CopyID   string // event.NoCopy: none is needed
	IDs      []int64
	Decision event.Decision // kept about the event of each when its Stage is set
}

// Merged are parcels of one channel that become one message, in the place of the
// first of them.
type Merged struct {
	Into     event.Parcel   // with the ID of the first
	IDs      []int64        // of all
	Decision event.Decision // kept about the event of each, with ToldIn
}
