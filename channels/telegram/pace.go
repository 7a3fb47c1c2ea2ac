package telegram

import (
	"time"

	"tocsin/channels"
)

// Pace implements channels.Paced. A chat takes about one message a second, with
// short bursts. A group takes 20 a minute: three at once and 17 more stay within
// that. A chat by name is never a private one, as bots reach people by number.
func (c *channel) Pace() channels.Pace {
	if id, ok := c.chat.(int64); ok && id > 0 {
		return channels.Pace{Every: time.Second, Burst: 3}
	}
	return channels.Pace{Every: 3500 * time.Millisecond, Burst: 3}
}
