package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestConcurrentUse reads by all ways while batches are kept and pruned: no
// call fails, and each sees whole batches only.
func TestConcurrentUse(t *testing.T) {
	s := unsynced(t, openTemp(t))
	const batches, rows = 30, 5
	written := make(chan struct{})
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(written)
		for n := range batches {
			var b engine.Batch
			for i := range rows {
				id := fmt.Sprintf("%d-%d", n, i)
				b.History = append(b.History, delivery("phone", id, after(time.Duration(n)*time.Second)))
				b.Queued = append(b.Queued, parcel("phone", id, event.Info))
				b.Stamps = append(b.Stamps, stamp(i, after(time.Duration(n)*time.Second)))
				b.Waiting = append(b.Waiting, waits("phone", event.DigestBuffer, id, noon()))
				b.Arrived = append(b.Arrived, arrived(id, noon()))
			}
			if err := s.Commit(t.Context(), &b); err != nil {
				t.Error(err)
			}
		}
	})
	check := func(what string, n int, err error) {
		if err != nil || n%rows != 0 {
			t.Errorf("%s: %d rows, %v; want whole batches of %d", what, n, err, rows)
		}
	}
	for _, read := range []func(){
		func() {
			_, total, err := s.History(t.Context(), HistoryFilter{Search: "failed", Page: Page{Limit: 3}})
			check("history", total, err)
		},
		func() {
			next, err := s.Next(t.Context(), "phone", pageLimit)
			check("next", len(next), err)
		},
		func() {
			queues, err := s.Queues(t.Context())
			if len(queues) > 0 {
				check("queues", queues[0].Waiting, err)
			}
		},
		func() {
			saved, err := s.Load(t.Context(), after(-time.Hour))
			check("load", len(saved.Stamps), err)
		},
		func() {
			_, total, _, err := s.Waiting(t.Context(), "phone", event.DigestBuffer, 3)
			check("waiting", total, err)
		},
		func() {
			list, err := s.Events(t.Context(), RecordedFilter{Page: Page{Limit: pageLimit}})
			check("events", len(list), err)
		},
		func() {
			got, err := s.Trace(t.Context(), "7-3")
			if n := len(got.History); n != len(got.Outbox) || n != len(got.Waiting) || (n == 1) != (got.Event != nil) {
				t.Errorf("trace: parts of different moments: %+v", got)
			}
			check("trace", 0, err)
		},
		func() {
			_, err := s.Prune(t.Context(), noon(), Retention{})
			check("prune", 0, err)
		},
		func() { check("check", 0, s.Check(t.Context())) },
	} {
		workers.Go(func() {
			for done := false; !done; {
				select {
				case <-written:
					done = true // and look once more
				default:
				}
				read()
			}
		})
	}
	workers.Wait()
	if _, total, err := s.History(t.Context(), HistoryFilter{}); err != nil || total != batches*rows {
		t.Errorf("history has %d rows, %v; want %d", total, err, batches*rows)
	}
}
