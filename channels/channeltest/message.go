package channeltest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tocsin/engine/event"
)

// patience is how long a loopback exchange may take.
const patience = 10 * time.Second

// message returns an ordinary message. Its id is made of name and rich, so that
// no two checks share one.
func message(name string, rich bool) *event.Message {
	return &event.Message{
		ID:       fmt.Sprintf("%s-%t.channel", name, rich),
		EventID:  "01K3ZC4R8W5T9Q2N7X6B1V0YHM",
		Type:     "backup_fail",
		Group:    "backups",
		Severity: event.Critical,
		Icon:     "💾",
		Title:    "Backup of guest 231 failed",
		Body:     "The archive was not written.\nNo space is left on tank-2.",
		Details:  []event.Detail{{Label: "Storage", Value: "tank-2"}, {Label: "Took", Value: "4m 12s"}},
		Host:     "pve-lab-7",
		Time:     time.Date(2026, 3, 14, 1, 59, 26, 0, time.UTC),
		Rich:     rich,
	}
}

// inBothDresses calls do for the rich and for the plain form, each with a peer
// of its own.
func (x *exam) inBothDresses(do func(dress string, rich bool, p *Peer)) {
	for _, rich := range []bool{true, false} {
		dress := "plain"
		if rich {
			dress = "rich"
		}
		do(dress, rich, x.Open(x.t))
	}
}

// deliver sends m and returns the texts that arrived; nil when sending failed.
func (x *exam) deliver(what string, p *Peer, m *event.Message) []string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	before := len(p.Received()) // several messages may go to one peer
	if _, err := p.Channel.Send(ctx, m); err != nil {
		x.faultf("%s: not sent: %v", what, err)
		return nil
	}
	parts := p.Received()[before:]
	if len(parts) == 0 {
		x.faultf("%s: sent, but nothing arrived", what)
	}
	for i, part := range parts {
		if strings.ToValidUTF8(part, "") != part || strings.ContainsRune(part, '\uFFFD') {
			x.faultf("%s: part %d holds a broken character", what, i+1)
		}
	}
	return parts
}

// shows checks that text stands in what arrived.
func (x *exam) shows(what string, parts []string, texts ...string) {
	x.t.Helper()
	if parts == nil {
		return // reported by deliver
	}
	seen := even(strings.Join(parts, "\n"))
	for _, text := range texts {
		if !strings.Contains(seen, even(text)) {
			x.faultf("%s: %q did not arrive; got %q", what, text, event.Clip(seen, 2000))
		}
	}
}

// even makes runs of blanks and newlines one blank and drops characters without
// a width, which a channel may use to defuse markup.
func even(text string) string {
	return strings.NewReplacer("\u200b", "", "\u2060", "").Replace(event.OneLine(text))
}
