package telegram

import (
	"testing"
	"time"

	"tocsin/channels"
)

// Within any minute, no chat gets more than Telegram takes of a bot: 20 messages
// in a group, one a second and a few more in a private chat.
func TestPace(t *testing.T) {
	s := startServer(t)
	for chat, most := range map[string]int{"4242": 63, "-777": 20, "-1002003004005": 20, "@a_public_group": 20} {
		p := s.open(t, channels.Values{"chat_id": chat}).(channels.Paced).Pace()
		if got := p.Burst + int(time.Minute/p.Every); got > most || got < most-3 {
			t.Errorf("%s: %d messages in a minute, want nearly %d", chat, got, most)
		}
	}
}
