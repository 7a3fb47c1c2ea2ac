package textsplit_test

import (
	"strings"
	"testing"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

func TestShorten(t *testing.T) {
	m := &event.Message{
		Type: "backup_fail", Title: "Backup failed", Body: strings.Repeat("long line\n", 100),
		Details: []event.Detail{{Label: "Guest", Value: "101"}}, Host: "pve1",
	}
	got := textsplit.Shorten(m, 300, textsplit.Runes)
	if n := textsplit.Width(got.Plain(), textsplit.Runes); n > 300 || n < 250 {
		t.Errorf("shortened to %d units, want just under 300", n)
	}
	for _, want := range []string{"Backup failed", "Guest: 101", "host: pve1", "characters cut)"} {
		if !strings.Contains(got.Plain(), want) {
			t.Errorf("%q is gone from:\n%s", want, got.Plain())
		}
	}
	if !strings.HasPrefix(m.Body, "long line\n") || len(m.Body) != 1000 {
		t.Error("the message given was changed")
	}
}

func TestShortenLeavesWhatFits(t *testing.T) {
	m := &event.Message{Title: "t", Body: "short", Host: "pve1"}
	if got := textsplit.Shorten(m, 1000, textsplit.Runes); got != m {
		t.Errorf("a message that fits was copied: %+v", got)
	}
	// Without a body there is nothing to cut.
	m.Body = ""
	if got := textsplit.Shorten(m, 5, textsplit.Runes); got != m {
		t.Errorf("a message without body was copied: %+v", got)
	}
}

func TestShortenDropsTheWholeBody(t *testing.T) {
	m := &event.Message{Title: strings.Repeat("t", 100), Body: strings.Repeat("b", 50), Host: "pve1"}
	if got := textsplit.Shorten(m, 60, textsplit.Runes).Body; got != " … (50 characters cut)" {
		t.Errorf("body = %q", got)
	}
}
