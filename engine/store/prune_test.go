package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

func TestPrune(t *testing.T) {
	s := openTemp(t)
	dead := func(id string, died time.Time) (event.Parcel, event.Settlement) {
		p := parcel("phone", id, event.Info)
		p.Accepted = after(-100 * day)
		gone := p
		gone.State = event.Dead
		return p, event.Settlement{Parcel: gone, Delivery: delivery("phone", id, died)}
	}
	longDead, settleLong := dead("e1", after(-40*day))
	newlyDead, settleNew := dead("e2", after(-20*day))
	waiting, _ := dead("e3", noon())
	settleLong.Parcel.ID, settleNew.Parcel.ID = 1, 2
	keep(t, s, &engine.Batch{Queued: []event.Parcel{longDead, newlyDead, waiting}})
	keep(t, s, &engine.Batch{
		Settled:   []event.Settlement{settleLong, settleNew},
		History:   []event.Delivery{delivery("phone", "e4", after(-91*day)), delivery("phone", "e5", after(-89*day))},
		Decisions: []event.Decision{decision("e6", after(-31*day)), decision("e7", after(-29*day))},
		Claims:    []event.Claim{claim("k1", noon()), claim("k2", after(time.Second))},
		Stamps:    []engine.Stamp{stamp(1, noon()), stamp(2, after(time.Second))},
	})
	want := snapshot(t, s)
	want.Outbox = want.Outbox[1:]
	want.Queues[0].Dead = 1
	want.History = want.History[:len(want.History)-1]
	want.Decisions = want.Decisions[:1]

	n, err := s.Prune(t.Context(), noon(), Retention{})
	if err != nil || n != 5 {
		t.Errorf("pruned %d rows, %v; want 5", n, err)
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n, err := s.Prune(t.Context(), noon(), Retention{}); err != nil || n != 0 {
		t.Errorf("the second time: pruned %d rows, %v; want 0", n, err)
	}
	n, err = s.Prune(t.Context(), noon(), Retention{History: day, Decisions: day, Dead: day})
	if c := snapshot(t, s); err != nil || n != 5 || len(c.History)+len(c.Decisions) > 0 || len(c.Outbox) != 1 {
		t.Errorf("with a day each: pruned %d rows, %v; left %+v", n, err, c)
	}
}

// TestPruneWhatIsOver: events that were open or on record for a week, and causes
// that have ended.
func TestPruneWhatIsOver(t *testing.T) {
	s := openTemp(t)
	cause := func(key string, until time.Time) engine.Cause {
		return engine.Cause{Key: key, Inhibition: "lost node", Event: held("", "e1").Event, Until: until}
	}
	keep(t, s, &engine.Batch{
		Opened:  []engine.Open{open("o1", "e1", after(-7*day-time.Second)), open("o2", "e2", after(-7*day+time.Second))},
		Arrived: []event.Recorded{arrived("e1", after(-7*day-time.Second)), arrived("e2", after(-7*day+time.Second))},
		Causes:  []engine.Cause{cause("c1", noon()), cause("c2", after(time.Second))},
		Waiting: []event.Waiting{waits("phone", event.QuietBuffer, "e3", after(-99*day))}, // waits as long as it takes
	})
	want := snapshot(t, s)
	want.Saved.Open, want.Events = want.Saved.Open[1:], want.Events[1:]
	if n, err := s.Prune(t.Context(), noon(), Retention{}); err != nil || n != 3 {
		t.Errorf("pruned %d rows, %v; want 3", n, err)
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPruneStampLog: the log shrinks, and what was cleared or shortened does
// not come back.
func TestPruneStampLog(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{Stamps: []engine.Stamp{
		stamp(1, after(9*time.Hour)), stamp(2, after(9*time.Hour)), stamp(3, after(9*time.Hour)),
	}})
	keep(t, s, &engine.Batch{
		Stamps:  []engine.Stamp{stamp(2, after(-time.Hour)), stamp(3, after(8*time.Hour))},
		Cleared: []event.Fingerprint{fingerprint(1)},
	})
	want := snapshot(t, s).Saved
	if n, err := s.Prune(t.Context(), noon(), Retention{}); err != nil || n != 5 {
		t.Errorf("pruned %d rows, %v; want 5", n, err)
	}
	if diff := cmp.Diff(want, snapshot(t, s).Saved); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPruneWorksInPortions(t *testing.T) {
	s := openTemp(t)
	const rows = 2*pruneRows + 3
	var b engine.Batch
	for i := range rows {
		b.Decisions = append(b.Decisions, decision(fmt.Sprint("e", i), after(-31*day)))
		b.Stamps = append(b.Stamps, stamp(i, noon()))
	}
	keep(t, s, &b)
	if n, err := s.Prune(t.Context(), noon(), Retention{}); err != nil || n != 2*rows {
		t.Errorf("pruned %d rows, %v; want %d", n, err, 2*rows)
	}
	if c := snapshot(t, s); len(c.Decisions)+len(c.Saved.Stamps) != 0 {
		t.Errorf("left %d decisions and %d stamps", len(c.Decisions), len(c.Saved.Stamps))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Prune(ended, noon(), Retention{}); !errors.Is(err, context.Canceled) {
		t.Errorf("prune: %v, want %v", err, context.Canceled)
	}
}
