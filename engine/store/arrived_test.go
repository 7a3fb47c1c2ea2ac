package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestRecordedEvent: an event is judged again as it came.
func TestRecordedEvent(t *testing.T) {
	s := openTemp(t)
	want := event.Recorded{Arrived: noon(), Incoming: event.Incoming{
		ID: "e1", Type: "backup_fail", Severity: "CRITICAL", Source: "webhook", Host: "pve1", Time: after(-time.Minute),
		Except: "phone", AtLeast: true, Guest: &event.Guest{ID: "101", Tags: []string{"prod"}},
		Data: map[string]any{"vmid": 101.0, "note": "<b> & 🔥", "sizes": []any{1.0, "2 GiB"}},
	}}
	keep(t, s, &engine.Batch{Arrived: []event.Recorded{want}})
	changed := want
	changed.Incoming.Type = "other"
	keep(t, s, &engine.Batch{Arrived: []event.Recorded{changed}}) // one that was given back is kept twice
	got, found, err := s.Event(t.Context(), "e1")
	if diff := cmp.Diff(want, got); diff != "" || !found || err != nil {
		t.Errorf("found: %t, %v (-want +got):\n%s", found, err, diff)
	}
	if _, found, err := s.Event(t.Context(), "e2"); found || err != nil {
		t.Errorf("an event that never came: found: %t, %v", found, err)
	}
}

// TestLongEventsAreNotRecorded, but the rest of their batch is kept.
func TestLongEventsAreNotRecorded(t *testing.T) {
	s := openTemp(t)
	of := func(id string, length int) event.Recorded {
		r := arrived(id, noon())
		text, err := newEncoder().encode(&r.Incoming)
		if err != nil {
			t.Fatal(err)
		}
		r.Incoming.Data["log"] = strings.Repeat("x", length-len(text)-len(`"log":"",`))
		return r
	}
	keep(t, s, &engine.Batch{
		Arrived: []event.Recorded{of("long", maxIncoming+1), of("fits", maxIncoming), arrived("short", noon())},
		History: []event.Delivery{delivery("phone", "long", noon())},
	})
	for id, want := range map[string]bool{"long": false, "fits": true, "short": true} {
		if _, found, err := s.Event(t.Context(), id); found != want || err != nil {
			t.Errorf("%s is on record: %t, %v; want %t", id, found, err, want)
		}
	}
	if n := len(snapshot(t, s).History); n != 1 {
		t.Errorf("history has %d rows, want 1", n)
	}
}

func TestRecordedFilter(t *testing.T) {
	s := openTemp(t)
	at := func(id string, seconds int, typ string) event.Recorded {
		r := arrived(id, after(time.Duration(seconds)*time.Second))
		r.Incoming.Type = typ
		return r
	}
	keep(t, s, &engine.Batch{Arrived: []event.Recorded{at("e3", 3, "a"), at("e1", 1, "a"), at("e2b", 2, "b"), at("e2a", 2, "b")}})
	for _, test := range []struct {
		name   string
		filter RecordedFilter
		want   []string
	}{
		{"all, the oldest first", RecordedFilter{}, []string{"e1", "e2a", "e2b", "e3"}},
		{"type", RecordedFilter{Type: "a"}, []string{"e1", "e3"}},
		{"since, until", RecordedFilter{Since: after(2 * time.Second), Until: after(3 * time.Second)}, []string{"e2a", "e2b"}},
		{"page", RecordedFilter{Page: Page{Limit: 2, Offset: 1}}, []string{"e2a", "e2b"}},
		{"nothing", RecordedFilter{Type: "c"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := s.Events(t.Context(), test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range list {
				got = append(got, r.Incoming.ID)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestCrowdedEvents: beyond a number, the oldest recorded events go sooner.
func TestCrowdedEvents(t *testing.T) {
	s := openTemp(t)
	var b engine.Batch
	for i := range 5 {
		b.Arrived = append(b.Arrived, arrived(string(rune('a'+i)), after(time.Duration(i)*time.Second)))
	}
	keep(t, s, &b)
	for _, test := range []struct{ most, left int }{{6, 5}, {5, 5}, {2, 2}} {
		if _, err := s.pruneEvents(t.Context(), test.most); err != nil {
			t.Fatal(err)
		}
		if list := snapshot(t, s).Events; len(list) != test.left || list[len(list)-1].Incoming.ID != "e" {
			t.Errorf("at most %d: %d are left, want the newest %d", test.most, len(list), test.left)
		}
	}
}
