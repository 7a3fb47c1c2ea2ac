package event

import "time"

// Buffer is where a message waits that a channel does not get at once.
type Buffer string

// The buffers of a channel.
const (
	QuietBuffer  Buffer = "quiet"  // for the end of its quiet hours
	DigestBuffer Buffer = "digest" // for its daily digest
)

// Backlog is, in a grouped message, where no buffer is meant: in the outbox more
// waited than the channel's pace carries.
const Backlog Buffer = "backlog"

// The types of the messages that tell what waited. They are no event types.
const (
	QuietSummary = "quiet_summary"
	DigestType   = "digest"
	BacklogType  = "backlog" // what waited in the outbox for longer than its channel's pace allows
)

// Summarises returns the buffer whose rows a message of that type tells.
func Summarises(typ string) (Buffer, bool) {
	switch typ {
	case QuietSummary:
		return QuietBuffer, true
	case DigestType:
		return DigestBuffer, true
	}
	return "", false
}

// Waiting is a message that waits in a buffer: a row of quiet_pending or
// digest_pending.
type Waiting struct {
	ID      int64     `json:"id"`
	Channel string    `json:"channel"`
	Buffer  Buffer    `json:"buffer"`
	Message Message   `json:"message"`
	Source  string    `json:"source"`
	Since   time.Time `json:"since"` // when it began to wait
	Until   time.Time `json:"until"` // as it looked then
	// ToldIn is the event id of the summary that tells it: the row goes when the
	// channel has confirmed that one. Empty: it still waits.
	ToldIn string `json:"told_in,omitempty"`
}
