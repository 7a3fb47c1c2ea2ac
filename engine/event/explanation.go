package event

import "time"

// Explanation answers why an event was told, held or stopped.
type Explanation struct {
	Verdict  string     `json:"verdict"`            // in words, the answer first
	Basis    string     `json:"basis,omitempty"`    // what it was judged with
	Event    *Event     `json:"event,omitempty"`    // as it was admitted, when that is known
	Steps    []Decision `json:"steps"`              // one line a stage and channel, in their order
	Channels []Fate     `json:"channels"`           // what became of it on each channel
	Remedies []string   `json:"remedies"`           // what would change it
	Told     *Recorded  `json:"recorded,omitempty"` // of a past event: as it came
}

// Fate is what became of an event on one channel.
type Fate struct {
	Channel string    `json:"channel"`
	Fate    string    `json:"fate"` // sent, queued, held, passed_on, refused, failed, dead
	Reason  string    `json:"reason,omitempty"`
	Place   string    `json:"place,omitempty"` // file:line
	At      time.Time `json:"at,omitzero"`     // when it was sent, or until when it waits
}
