package daemon

import (
	"io"
	"log/slog"
	"testing"
	"time"
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
