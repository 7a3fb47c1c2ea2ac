package discord

import (
	"testing"
	"time"

	"tocsin/channels"
)

func TestPace(t *testing.T) {
	p := open(t).Channel.(channels.Paced).Pace()
	within := func(span time.Duration) int { return p.Burst + int(span/p.Every) }
	if within(2*time.Second) != 5 || within(time.Minute) != 30 {
		t.Errorf("%d in 2 s and %d in a minute, want 5 and 30", within(2*time.Second), within(time.Minute))
	}
}
