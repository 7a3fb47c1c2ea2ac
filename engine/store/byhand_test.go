package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

func TestRequeue(t *testing.T) {
	later := after(time.Hour)
	for name, test := range map[string]struct {
		which engine.Selection
		to    string
		moved int
		want  map[string]func(*event.Parcel) // what changes, by event
	}{
		"held":    {engine.Selection{Channel: "mail"}, "", 1, map[string]func(*event.Parcel){"e6": func(p *event.Parcel) { p.Due = later }}},
		"dead":    {engine.Selection{State: event.Dead}, "", 2, map[string]func(*event.Parcel){"e2": again(later, ""), "e7": again(later, "")}},
		"moved":   {engine.Selection{Channel: "mail"}, "phone", 1, map[string]func(*event.Parcel){"e6": again(later, "phone")}},
		"by id":   {engine.Selection{IDs: []int64{6, 4711}, Channel: "phone"}, "", 1, map[string]func(*event.Parcel){"e6": func(p *event.Parcel) { p.Due = later }}},
		"no type": {engine.Selection{Type: "nothing"}, "", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTemp(t)
			fillOutbox(t, s)
			want, err := s.Outbox(t.Context(), OutboxFilter{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if change := test.want[want[i].Message.EventID]; change != nil {
					change(&want[i])
				}
			}
			n, err := s.Requeue(t.Context(), test.which, test.to, later)
			if n != test.moved || err != nil {
				t.Errorf("%d, %v; want %d", n, err, test.moved)
			}
			got, err := s.Outbox(t.Context(), OutboxFilter{})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// again is a parcel with another life.
func again(now time.Time, to string) func(*event.Parcel) {
	return func(p *event.Parcel) {
		p.State, p.Attempt, p.Accepted, p.Due, p.Tried, p.Code, p.Error, p.Plain = event.Queued, 0, now, now, time.Time{}, "", "", false
		if to != "" {
			p.Channel = to
		}
	}
}

func TestWhatIsBeingSentIsNotRequeued(t *testing.T) {
	s := openTemp(t)
	id := queue(t, s, parcel("phone", "e1", event.Info))
	keep(t, s, &engine.Batch{Sending: []engine.Sending{{ID: id, Channel: "phone"}}})
	if n, err := s.Requeue(t.Context(), engine.Selection{}, "mail", noon()); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := s.Interrupt(t.Context()); n != 1 || err != nil {
		t.Errorf("%d interrupted, %v", n, err)
	}
	next, err := s.Next(t.Context(), "phone", 1)
	if err != nil || next[0].State != event.Unknown || !next[0].Maybe {
		t.Errorf("after a kill: %+v, %v", next, err)
	}
}

func TestRebuffer(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{
		waits("phone", event.QuietBuffer, "e1", noon()), waits("phone", event.QuietBuffer, "e2", after(time.Minute)),
		waits("mail", event.QuietBuffer, "e3", noon()), waits("phone", event.DigestBuffer, "e4", noon()),
	}})
	n, now, err := s.Rebuffer(t.Context(), event.QuietBuffer, engine.Selection{Channel: "phone"}, "mail")
	want := []engine.Pending{
		{Channel: "mail", Buffer: event.QuietBuffer, Count: 3, Oldest: noon()},
		{Channel: "phone", Buffer: event.DigestBuffer, Count: 1, Oldest: noon()},
	}
	if diff := cmp.Diff(want, now); diff != "" || n != 2 || err != nil {
		t.Errorf("%d, %v (-want +got):\n%s", n, err, diff)
	}
}

// TestTogether: what a copy or a summary tells goes when it is confirmed, and each
// event has a decision about it.
func TestTogether(t *testing.T) {
	s := openTemp(t)
	one, two := queue(t, s, parcel("phone", "e1", event.Info)), queue(t, s, parcel("phone", "e2", event.Info))
	copied := parcel("mail", "group", event.Info)
	copied.CopyID, copied.CopyFor = "c1", "phone"
	keep(t, s, &engine.Batch{
		Queued: []event.Parcel{copied},
		Copied: []engine.Copied{{CopyID: "c1", IDs: []int64{one, two}, Decision: event.Decision{Time: noon(), Channel: "phone", Stage: "deliver", Code: "passed_on"}}},
	})
	if list, next, err := s.Overdue(t.Context(), "phone", after(time.Hour), 10); len(list) != 0 || !next.IsZero() || err != nil {
		t.Errorf("overdue are %v, %v, %v", list, next, err)
	}
	parcels, err := s.Next(t.Context(), "mail", 1)
	if err != nil || parcels[0].CopyFor != "phone" {
		t.Fatal(parcels, err)
	}
	sent := parcels[0]
	sent.State = event.Sent
	keep(t, s, &engine.Batch{Settled: []event.Settlement{{
		Parcel: sent, Delivery: delivery("mail", "group", noon()),
		Covered: event.Decision{Time: noon(), Channel: "phone", Stage: "deliver", Code: "sent_via_fallback"},
	}}})
	if left, err := s.Outbox(t.Context(), OutboxFilter{}); len(left) != 0 || err != nil {
		t.Errorf("left are %v, %v", left, err)
	}
	for _, id := range []string{"e1", "e2"} {
		list, _, err := s.Decisions(t.Context(), DecisionFilter{EventID: id})
		if err != nil || len(list) != 2 || list[0].Code != "sent_via_fallback" || list[1].Code != "passed_on" || list[0].Type != "vm_fail" {
			t.Errorf("decisions about %s: %+v, %v", id, list, err)
		}
	}
}

func TestMerge(t *testing.T) {
	s := openTemp(t)
	var ids []int64
	for _, id := range []string{"e1", "e2", "e3"} {
		ids = append(ids, queue(t, s, parcel("phone", id, event.Warning)))
	}
	behind := queue(t, s, parcel("phone", "e4", event.Info))
	group := parcel("phone", "group", event.Warning)
	group.ID = ids[0]
	keep(t, s, &engine.Batch{Merged: []engine.Merged{{
		Into: group, IDs: ids, Decision: event.Decision{Time: noon(), Stage: "deliver", Outcome: "folded", Code: "backlog_merged", ToldIn: "group"},
	}}})
	next, err := s.Next(t.Context(), "phone", 10)
	if err != nil || len(next) != 2 || next[1].ID != behind {
		t.Fatalf("the queue is %+v, %v", next, err)
	}
	if diff := cmp.Diff(group, next[0], cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	v, err := s.Volume(t.Context())
	if err != nil || v.Rows != 2 || v.Bytes == 0 {
		t.Errorf("volume %+v, %v", v, err)
	}
	known, err := s.Knows(t.Context(), "phone", []string{"e1", "e4", "group"})
	if diff := cmp.Diff(map[string]bool{"e4": true, "group": true}, known); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestHealthIsKept(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{Health: []engine.ChannelHealth{{Channel: "phone", Failures: 1, Since: noon()}, {Channel: "mail", Failures: 2, Since: noon()}}})
	keep(t, s, &engine.Batch{Health: []engine.ChannelHealth{
		{Channel: "phone", Failures: 5, Since: noon(), Told: true}, {Channel: "mail"}, {Channel: "mail", Failures: 1, Since: after(time.Hour)},
	}})
	keep(t, s, &engine.Batch{Health: []engine.ChannelHealth{{Channel: "mail", Failures: 1, Since: noon()}, {Channel: "mail"}}})
	saved, err := reopen(t, s).Load(t.Context(), noon())
	if diff := cmp.Diff([]engine.ChannelHealth{{Channel: "phone", Failures: 5, Since: noon(), Told: true}}, saved.Health); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
