package event

import (
	"strings"
	"time"
)

// Delivery is one attempt to send a message over one channel: a row of the
// notification history.
type Delivery struct {
	ID        int64         `json:"id"`
	EventID   string        `json:"event_id"`
	SentAt    time.Time     `json:"sent_at"`
	Channel   string        `json:"channel"`
	Type      string        `json:"event_type"`
	Severity  Severity      `json:"severity"`
	Title     string        `json:"title"`
	Message   string        `json:"message"`
	Success   bool          `json:"success"`
	Code      string        `json:"error_code,omitempty"`
	Error     string        `json:"error_message,omitempty"` // of a success: a note about what to change
	Attempt   int           `json:"attempt"`                 // counted from 1
	Latency   time.Duration `json:"-"`
	Source    string        `json:"source"`
	MessageID string        `json:"provider_message_id,omitempty"` // the service's own
}

// Parts takes the text of a message, as the history keeps it, apart: what stands
// above the line of its host, and the host.
func (d *Delivery) Parts() (body, host string) {
	text := strings.TrimSuffix(d.Message, "\n"+RepeatNote)
	i := strings.LastIndexByte(text, '\n') + 1
	host, ok := strings.CutPrefix(text[i:], hostLine)
	if !ok {
		return text, ""
	}
	return strings.TrimSuffix(text[:i], "\n"), host
}

// Receipt is what a service said on accepting a message.
type Receipt struct {
	MessageID string // the service's id of the message; empty where it has none
	Note      string // one sentence for the operator about a message that was delivered: what to change; mostly empty
}

// Decision is one step of the pipeline that stopped, held, changed or merged
// an event, with its reason.
type Decision struct {
	Time    time.Time `json:"time"`
	EventID string    `json:"event_id"`
	Type    string    `json:"event_type"`
	Channel string    `json:"channel,omitempty"` // empty: for all
	Stage   string    `json:"stage"`             // admit, enabled, rules, silence, inhibit, open, dedup, cooldown, burst, channel, quiet, digest, render, deliver
	Outcome string    `json:"outcome"`           // suppressed, held, folded, changed, passed, dead
	Code    string    `json:"code"`              // the reason as a stable word
	Reason  string    `json:"reason"`            // in words, with the values compared
	Place   string    `json:"place,omitempty"`   // file:line of the block that decided
	Count   int       `json:"count"`             // how often the same was decided in a flood
	ToldIn  string    `json:"told_in,omitempty"` // event id of the message that tells the event with others
}
