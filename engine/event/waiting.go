package event

import "time"

// Buffer is where a message waits that a channel does not get at once.
type Buffer string

// The buffers of a channel.
const (
	QuietBuffer  Buffer = "quiet"  // for the end of its quiet hours
	DigestBuffer Buffer = "digest" // for its daily digest
)

// The types of the messages that tell what waited. They are no event types.
const (
	QuietSummary = "quiet_summary"
	DigestType   = "digest"
)

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
}
