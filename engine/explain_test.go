package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// explained is an explanation in lines: the verdict, a line a step, "- " and the
// remedies.
func explained(x event.Explanation) []string {
	lines := []string{x.Verdict}
	for _, d := range x.Steps {
		lines = append(lines, strings.TrimRight(strings.Join([]string{d.Stage, d.Outcome, d.Channel, d.Reason}, "|"), " "))
	}
	for _, r := range x.Remedies {
		lines = append(lines, "- "+r)
	}
	return lines
}

func TestExplainTellsEveryStage(t *testing.T) {
	p := nightly(t)
	p.Rules = []*Rule{{Name: "loud", Place: "rules.hcl:1", Condition: types("vm_start"), Severity: severity(event.Warning)}}
	p.Silences = []*Silence{{Name: "other", Place: "silences.hcl:1", Condition: types("auth_fail"), Until: start.Add(time.Hour)}}
	n := newNight(t, p, "2026-03-10 23:00")
	before := picture(n.state, 0)
	x := p.Explain(n.state, n.start, &event.Incoming{ID: "x", Type: "disk_space_low", Data: map[string]any{"mount": "/"}})
	if diff := cmp.Diff([]string{
		"Held for phone: quiet hours of phone: told in the summary at Wed 11 Mar 07:00 CET.",
		"admit|passed||disk_space_low of group storage, severity WARNING",
		"enabled|passed||disk_space_low is switched on",
		"rules|passed||0 matched, 0 of 1 rules were tried",
		"silence|passed||none of 1 holds",
		"dedup|passed||no equal event inside the dedup window of 10s",
		"cooldown|passed||nothing like it is cooling down; told, it cools down for 5m",
		"quiet|held|phone|quiet hours of phone: told in the summary at Wed 11 Mar 07:00 CET",
		"- let it pass the quiet hours of channel phone: pass = \"event.type == 'disk_space_low'\" (tocsin.hcl:23); CRITICAL always passes",
	}, explained(x)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, picture(n.state, 0)); diff != "" {
		t.Errorf("explaining left a trace: %s", diff)
	}
}

func TestExplainSaysWhatStoppedIt(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "disk_space_low", "", "mount=/")
	in := func(severity string) *event.Incoming {
		return &event.Incoming{ID: "x", Type: "disk_space_low", Severity: severity, Host: "pve1", Data: map[string]any{"mount": "/"}}
	}
	x := s.policy.Explain(s.state, start.Add(time.Minute), in(""))
	if x.Verdict != "Not told: the same event was told 1m ago and cools down for 5m." || len(x.Remedies) != 1 || x.Channels[0].Fate != "refused" {
		t.Errorf("got %+v", x)
	}
	x = s.policy.Explain(s.state, start.Add(time.Minute), in("CRITICAL"))
	if x.Verdict != "Told over phone and mail." || x.Channels[1].Fate != "sent" {
		t.Errorf("got %+v", x)
	}
	x = s.policy.Explain(s.state, start.Add(time.Hour), in("INFO"))
	if x.Verdict != "Told over phone. Not over mail." || x.Channels[1].Place != "tocsin.hcl:31" {
		t.Errorf("got %+v", x)
	}
	x = s.policy.Explain(s.state, start, &event.Incoming{ID: "x", Type: "vm_stop"})
	if x.Verdict != "Not told: vm_stop is off in the catalogue and no toggle turns it on." || x.Remedies[0] != "switch it on by its own key: toggles { vm_stop = true }" {
		t.Errorf("got %+v", x)
	}
}

func TestExplainInABurst(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "auth_fail", "", "source_ip=192.0.2.1")
	x := s.policy.Explain(s.state, start.Add(time.Second), &event.Incoming{ID: "x", Type: "auth_fail", Host: "pve1", Data: map[string]any{"source_ip": "192.0.2.2"}})
	if !strings.HasPrefix(x.Verdict, "Held: ") || x.Channels[0].Fate != "held" {
		t.Errorf("got %+v", x)
	}
	later := append(x.Steps, event.Decision{Stage: "burst", Outcome: "folded", Code: "burst_merged", Reason: "told in its summary", Type: "auth_fail"})
	if x := Recount(Past{Decisions: later}); x.Verdict != "Merged: told in its summary." {
		t.Errorf("after the summary: got %+v", x)
	}
	alone := append(x.Steps, event.Decision{Channel: "phone", Stage: "quiet", Outcome: "held", Reason: "quiet hours", Type: "auth_fail"})
	if x := Recount(Past{Decisions: alone}); !strings.HasPrefix(x.Verdict, "Held for phone: quiet hours.") {
		t.Errorf("after the window: got %+v", x)
	}
}

func TestRecount(t *testing.T) {
	x := Recount(Past{
		Decisions: []event.Decision{{Channel: "mail", Stage: "channel", Outcome: "suppressed", Code: "condition_false", Reason: "its condition", Place: "a.hcl:3", Type: "x"}},
		History:   []event.Delivery{{Channel: "phone", Attempt: 1, Error: "timeout"}, {Channel: "phone", Attempt: 2, Success: true}, {Channel: "chat", Attempt: 1, Error: "refused"}},
		Outbox:    []event.Parcel{{Channel: "chat", State: event.Dead, Error: "refused"}},
		Waiting:   []event.Waiting{{Channel: "night", Buffer: event.DigestBuffer}},
	})
	want := "Told over phone. Given up on chat: refused. Held for night: it waits for the digest. Not over mail."
	if x.Verdict != want || len(x.Channels) != 4 {
		t.Errorf("got %+v", x)
	}
}

// TestRecountOfWhatWasToldWithOthers: a summary, and a fallback channel, tell an
// event in their own messages.
func TestRecountOfWhatWasToldWithOthers(t *testing.T) {
	held := event.Decision{Channel: "phone", Stage: "quiet", Outcome: "held", Code: "quiet_hours", Reason: "quiet hours", Type: "x"}
	told := event.Decision{Channel: "phone", Stage: "quiet", Outcome: "folded", Code: "told_together", Reason: "told in 01S", ToldIn: "01S", Type: "x"}
	row := []event.Waiting{{Channel: "phone", Buffer: event.QuietBuffer, ToldIn: "01S"}} // until the channel confirms
	sent := event.Delivery{EventID: "01S", Channel: "phone", Title: "3 notifications", Attempt: 1, Success: true}
	for _, c := range []struct {
		name    string
		past    Past
		verdict string
		fate    event.Fate
	}{
		{"queued", Past{
			Decisions: []event.Decision{held, told}, Waiting: row,
			Outbox: []event.Parcel{{Channel: "phone", State: event.Queued, Message: event.Message{EventID: "01S", Title: "3 notifications"}}},
		}, `Waiting for phone: it is told with others in "3 notifications" (01S), which waits to be sent.`, event.Fate{Fate: "queued"}},
		{"sent", Past{Decisions: []event.Decision{held, told}, History: []event.Delivery{sent}}, "Told over phone.", event.Fate{Fate: "sent"}},
		{"via a fallback", Past{
			Decisions: []event.Decision{
				{Channel: "mail", Stage: "channel", Outcome: "suppressed", Code: "condition_false", Reason: "its condition", Type: "x"},
				{Channel: "phone", Stage: "deliver", Outcome: "passed", Code: "sent_via_fallback", Reason: "sent via mail", Type: "x"},
			},
			History: []event.Delivery{{Channel: "phone", Attempt: 4, Error: "refused"}, {Channel: "mail", Attempt: 1, Success: true}},
		}, "Told over mail. Passed on by phone: sent via mail.", event.Fate{Fate: "passed_on"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := Recount(c.past)
			if x.Verdict != c.verdict || x.Channels[0].Fate != c.fate.Fate {
				t.Errorf("got %q, %+v", x.Verdict, x.Channels)
			}
		})
	}
}
