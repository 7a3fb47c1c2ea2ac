package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
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
	n, err = s.Prune(t.Context(), noon(), Retention{History: day, Decisions: day, Dead: day, Step: 1000 * day})
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

// TestAWrongClockForgetsLittle: months ahead, each round takes a day and no more;
// what is older in the end goes all the same.
func TestAWrongClockForgetsLittle(t *testing.T) {
	s := unsynced(t, openTemp(t))
	var b engine.Batch
	for i := range 60 {
		when := after(-time.Duration(i) * day)
		b.History = append(b.History, delivery("phone", fmt.Sprint("e", i), when))
		b.Decisions = append(b.Decisions, decision(fmt.Sprint("e", i), when))
	}
	keep(t, s, &b)
	left := func() (history, decisions int) {
		c := snapshot(t, s)
		return len(c.History), len(c.Decisions)
	}
	wrong := after(365 * day)
	for hour := 1; hour <= 3; hour++ {
		if _, err := s.Prune(t.Context(), wrong, Retention{}); err != nil {
			t.Fatal(err)
		}
		if history, decisions := left(); history != 60-hour || decisions != 60-hour {
			t.Errorf("after %d hours with a wrong clock: %d and %d rows are left, want %d", hour, history, decisions, 60-hour)
		}
	}
	for range 60 {
		if _, err := s.Prune(t.Context(), noon(), Retention{}); err != nil {
			t.Fatal(err)
		}
	}
	if history, decisions := left(); history != 57 || decisions != 31 {
		t.Errorf("with the right clock %d and %d rows are left, want 57 and 31", history, decisions)
	}
}

// TestHistoryHasASize: beyond it the oldest go, and the file becomes smaller.
func TestHistoryHasASize(t *testing.T) {
	s := unsynced(t, openTemp(t))
	const rows, size = 4000, 10 << 10
	for at := 0; at < rows; at += 500 {
		var b engine.Batch
		for i := range 500 {
			d := delivery("phone", fmt.Sprintf("e%06d", at+i), noon())
			d.Message = strings.Repeat("m", size)
			b.History = append(b.History, d)
		}
		keep(t, s, &b)
	}
	before := fileSize(t, s)
	const limit = 10 << 20
	if n, err := s.Prune(t.Context(), noon(), Retention{HistoryBytes: 1 << 40}); err != nil || n != 0 {
		t.Errorf("below the limit: pruned %d rows, %v", n, err)
	}
	n, err := s.Prune(t.Context(), noon(), Retention{HistoryBytes: limit})
	if err != nil {
		t.Fatal(err)
	}
	page, total, err := s.History(t.Context(), HistoryFilter{Page: Page{Limit: 1}})
	if err != nil || total != rows-n || page[0].EventID != fmt.Sprintf("e%06d", rows-1) {
		t.Errorf("%d rows are left, the newest %v, %v", total, page, err)
	}
	if bytes := total * size; bytes > limit || bytes < limit/2 {
		t.Errorf("%d rows of %d bytes are left, want about %d bytes", total, size, limit)
	}
	if after := fileSize(t, s); after > limit+sparePages*pageSize+(4<<20) {
		t.Errorf("the file had %d bytes and has %d", before, after)
	}
}

// fileSize is how large the database's file is once the log is in it.
func fileSize(t *testing.T, s *Store) int64 {
	t.Helper()
	if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestAnOlderDatabaseLearnsToShrink: one that was made before pages were given
// back is rewritten at the start.
func TestAnOlderDatabaseLearnsToShrink(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA auto_vacuum = 0; VACUUM"); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	var mode int
	if err := s.readers.Get(&mode, "PRAGMA auto_vacuum"); err != nil || mode != incremental {
		t.Errorf("the mode is %d, %v; want %d", mode, err, incremental)
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
