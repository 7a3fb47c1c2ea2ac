package event

import "time"

// Notification is what the judge decided to tell: one event, or a burst of
// them told as one.
type Notification struct {
	Event *Event // of a burst: its own event, with the burst's type and severity
	Burst *Burst // nil for a single event

	// Key is the same for a trouble and for what resolves it, so that a channel
	// can edit, answer or close what it told before.
	Key      string
	Resolved bool          // the event ends what was told under Key
	Open     time.Duration // of a reminder: how long the event has been open; else 0
}

// Burst is what a burst notification counts and shows.
type Burst struct {
	Count    int                 // events so far, suppressed ones included
	Window   Duration            // from the first to the last event
	First    time.Time           // of the first event
	Last     time.Time           // of the last event
	Distinct map[string][]string // the different values of each fingerprint field, at most 100 each
	Samples  []*Event            // the first few events, in order
}
