package daemon

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/engine"
	"tocsin/rules"
)

// TestPlanKeepsTheRateOfAChannel, beside its service's own pace.
func TestPlanKeepsTheRateOfAChannel(t *testing.T) {
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	v, _, on := l.compile(map[string][]byte{"a.hcl": []byte(`
channel "log" "free" {}
channel "log" "slow" {
  rate = "30/h"
}
channel "discord" "chat" {
  webhook_url = "https://discord.com/api/webhooks/1122334455/xxxxxxxxxxxxxxxxxxxx"
  rate        = "10/m"
}
`)}, nil, nil)
	if v == nil {
		t.Fatal(on.diags)
	}
	lines := v.plan().Lines
	for name, want := range map[string]struct {
		every time.Duration
		burst int
	}{
		"free": {0, 0},
		"slow": {144 * time.Second, 6},
		"chat": {time.Minute/9 + 1, 2},
	} {
		if got := lines[name].Rate; got.Every.Round(time.Millisecond) != want.every.Round(time.Millisecond) || got.Burst != want.burst {
			t.Errorf("%s: %d at once and one each %v, want %d and %v", name, got.Burst, got.Every, want.burst, want.every)
		}
	}
}

// unpaced is a channel whose service has no limit.
type unpaced struct{ channels.Channel }

// paced is one whose service has.
type paced struct{ channels.Channel }

func (paced) Pace() channels.Pace { return channels.Pace{Every: 3 * time.Second, Burst: 2} }

// The pace of a channel is its own, not its kind's: of two chats, one may take
// less than the other.
func TestPlanKeepsThePaceOfEachChannel(t *testing.T) {
	r := &running{config: &rules.Config{Channels: map[string]*rules.Channel{
		"group": {Kind: "telegram", Enabled: true, Channel: paced{}},
		"log":   {Kind: "log", Enabled: true, Channel: unpaced{}},
		"held":  {Kind: "telegram", Enabled: true, Held: "a secret is missing"},
	}, Policy: &engine.Policy{Enabled: true}}}
	lines := r.plan().Lines
	for name, want := range map[string]channels.Pace{"group": {Every: 3 * time.Second, Burst: 2}, "log": {}, "held": {}} {
		if got := channels.Pace(lines[name].Pace); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
