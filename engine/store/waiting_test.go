package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestWaiting: a night is told in the order in which it happened, and how bad it
// was even where not all of it is listed.
func TestWaiting(t *testing.T) {
	s := openTemp(t)
	at := func(id string, minutes int, severity event.Severity) event.Waiting {
		w := waits("phone", event.QuietBuffer, id, after(time.Duration(minutes)*time.Minute))
		w.Message.Severity = severity
		return w
	}
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{
		at("third", 3, event.Critical), at("first", 1, event.Info), at("second", 2, event.Warning), at("second too", 2, event.Info),
		waits("mail", event.QuietBuffer, "other channel", noon()),
		waits("phone", event.DigestBuffer, "other buffer", noon()),
	}})
	for _, test := range []struct {
		limit int
		want  string
	}{
		{10, "first, second, second too, third"},
		{2, "first, second"},
		{0, ""},
	} {
		list, total, highest, err := s.Waiting(t.Context(), "phone", event.QuietBuffer, test.limit)
		var ids []string
		for _, w := range list {
			ids = append(ids, w.Message.EventID)
		}
		if got := strings.Join(ids, ", "); got != test.want || total != 4 || highest != event.Critical || err != nil {
			t.Errorf("at most %d: got %q of %d, highest %s, %v; want %q of 4, highest CRITICAL", test.limit, got, total, highest, err, test.want)
		}
	}
	if list, total, highest, err := s.Waiting(t.Context(), "chat", event.QuietBuffer, 10); len(list) != 0 || total != 0 || highest != event.Info || err != nil {
		t.Errorf("where nothing waits: %v of %d, highest %s, %v", list, total, highest, err)
	}
}

// TestWaitingHasNoBodies: they are kept, but a list of what waits needs none.
func TestWaitingHasNoBodies(t *testing.T) {
	s := openTemp(t)
	w := waits("phone", event.QuietBuffer, "e1", noon())
	full := w
	full.Message.Body, full.Message.Details = strings.Repeat("long mail\n", 1000), []event.Detail{{Label: "a", Value: "b"}}
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{full}})
	list, err := s.WaitingOf(t.Context(), "e1")
	if err != nil || len(list) != 1 || list[0].ID == 0 {
		t.Fatalf("got %+v, %v", list, err)
	}
	w.ID = list[0].ID
	if diff := cmp.Diff([]event.Waiting{w}, list); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var kept string
	if err := s.readers.Get(&kept, "SELECT message FROM quiet_pending"); err != nil || !strings.Contains(kept, `long mail\nlong`) {
		t.Errorf("the body is not kept (%v)", err)
	}
}

// TestGatheredBuffers: what was told goes, what came since stays, and a restart
// finds the same.
func TestGatheredBuffers(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{
		waits("phone", event.QuietBuffer, "told", noon()), waits("phone", event.DigestBuffer, "digest", after(time.Second)), waits("mail", event.QuietBuffer, "mail", noon()),
	}})
	keep(t, s, &engine.Batch{
		Told: []engine.Told{told("phone", event.QuietBuffer, "summary")},
		Waiting: []event.Waiting{
			waits("phone", event.QuietBuffer, "new", after(time.Minute)), waits("phone", event.QuietBuffer, "newer", after(time.Hour)),
		},
		Digested: []engine.Digested{{Channel: "phone", Day: "2026-03-14"}},
	})
	keep(t, s, &engine.Batch{Digested: []engine.Digested{{Channel: "phone", Day: "2026-03-15"}}})
	saved, err := reopen(t, s).Load(t.Context(), noon())
	if err != nil {
		t.Fatal(err)
	}
	want := []engine.Pending{
		{Channel: "mail", Buffer: event.QuietBuffer, Count: 1, Oldest: noon()},
		{Channel: "phone", Buffer: event.QuietBuffer, Count: 2, Oldest: after(time.Minute)},
		{Channel: "phone", Buffer: event.DigestBuffer, Count: 1, Oldest: after(time.Second)},
	}
	if diff := cmp.Diff(want, saved.Pending); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]engine.Digested{{Channel: "phone", Day: "2026-03-15"}}, saved.Digested); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnknownBufferIsRefused(t *testing.T) {
	s := openTemp(t)
	for name, b := range map[string]*engine.Batch{
		"waiting":  {Waiting: []event.Waiting{waits("phone", "attic", "e1", noon())}},
		"gathered": {Told: []engine.Told{told("phone", "attic", "summary")}, History: []event.Delivery{delivery("phone", "e1", noon())}},
	} {
		if err := s.Commit(t.Context(), b); err == nil || !strings.Contains(err.Error(), `"attic"`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, _, _, err := s.Waiting(t.Context(), "phone", "attic", 1); err == nil {
		t.Error("read: no error")
	}
	if c := snapshot(t, s); len(c.History) != 0 {
		t.Error("a part was kept")
	}
}

// TestOpenAgain: an event that ended, or was forgotten, and opens again is as old
// as its last opening, not as its first.
func TestOpenAgain(t *testing.T) {
	s := openTemp(t)
	first, again := open("o1", "e1", after(-6*day)), open("o1", "e2", noon())
	keep(t, s, &engine.Batch{Opened: []engine.Open{first, open("o2", "e3", after(-6*day))}})
	keep(t, s, &engine.Batch{Ended: []string{"o2"}, Opened: []engine.Open{again, open("o2", "e4", noon())}})
	if _, err := s.Prune(t.Context(), after(3*day), Retention{}); err != nil {
		t.Fatal(err)
	}
	saved, err := s.Load(t.Context(), noon())
	if diff := cmp.Diff([]engine.Open{again, open("o2", "e4", noon())}, saved.Open); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
