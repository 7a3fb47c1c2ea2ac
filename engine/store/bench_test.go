package store

import (
	"fmt"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// BenchmarkCommit keeps batches of as many events, each with its parcel and
// its stamp. The file without sync shows how much of it is the disk's.
func BenchmarkCommit(b *testing.B) {
	for _, sync := range []string{"FULL", "OFF"} {
		for _, n := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("sync=%s/events=%d", sync, n), func(b *testing.B) {
				s := openTemp(b)
				if sync == "OFF" {
					unsynced(b, s)
				}
				count := 0
				b.ReportAllocs()
				for b.Loop() {
					keep(b, s, accepted(n, &count))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(count), "µs/event")
			})
		}
	}
}

// BenchmarkDelivery is the whole life of parcels: they are accepted, read by
// the worker of their channel, and moved from the outbox into the history.
func BenchmarkDelivery(b *testing.B) {
	for _, n := range []int{1, 64} {
		b.Run(fmt.Sprintf("parcels=%d", n), func(b *testing.B) {
			s := openTemp(b)
			count := 0
			for b.Loop() {
				keep(b, s, accepted(n, &count))
				next, err := s.Next(b.Context(), "phone", n)
				if err != nil {
					b.Fatal(err)
				}
				var settled engine.Batch
				for _, p := range next {
					p.State = event.Sent
					settled.Settled = append(settled.Settled, event.Settlement{Parcel: p, Delivery: delivery("phone", p.Message.EventID, noon())})
				}
				keep(b, s, &settled)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(count), "µs/parcel")
		})
	}
}

// BenchmarkNight keeps batches of as many events that wait for the morning, each
// open, on record and with its decision; and one batch more that tells them.
func BenchmarkNight(b *testing.B) {
	for _, n := range []int{1, 64} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			s := unsynced(b, openTemp(b))
			count := 0
			b.ReportAllocs()
			for b.Loop() {
				var batch engine.Batch
				for range n {
					count++
					id := fmt.Sprintf("01KEVENT%018d", count)
					batch.Waiting = append(batch.Waiting, waits("phone", event.QuietBuffer, id, noon()))
					batch.Opened = append(batch.Opened, open(fmt.Sprint(count%1000), id, noon()))
					batch.Arrived = append(batch.Arrived, arrived(id, noon()))
					batch.Decisions = append(batch.Decisions, decision(id, noon()))
				}
				keep(b, s, &batch)
			}
			keep(b, s, &engine.Batch{Told: []engine.Told{told("phone", event.QuietBuffer, "summary")}})
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(count), "µs/event")
		})
	}
}

// BenchmarkLarge reads a store with 100,000 rows in each of its large tables.
func BenchmarkLarge(b *testing.B) {
	s := openTemp(b)
	count := 0
	for range 100 {
		batch := accepted(1000, &count)
		for _, p := range batch.Queued {
			id := p.Message.EventID
			batch.History = append(batch.History, delivery("phone", id, noon()))
			batch.Decisions = append(batch.Decisions, decision(id, noon()))
			batch.Waiting = append(batch.Waiting, waits("phone", event.QuietBuffer, id, noon()))
			batch.Arrived = append(batch.Arrived, arrived(id, noon()))
		}
		keep(b, s, batch)
	}
	for name, read := range map[string]func() error{
		"load":    func() error { _, err := s.Load(b.Context(), noon()); return err },
		"next":    func() error { _, err := s.Next(b.Context(), "phone", 20); return err },
		"queues":  func() error { _, err := s.Queues(b.Context()); return err },
		"history": func() error { _, _, err := s.History(b.Context(), HistoryFilter{}); return err },
		"search":  func() error { _, _, err := s.History(b.Context(), HistoryFilter{Search: "nothing"}); return err },
		"waiting": func() error {
			_, _, _, err := s.Waiting(b.Context(), "phone", event.QuietBuffer, 50)
			return err
		},
		"trace":  func() error { _, err := s.Trace(b.Context(), "01KEVENT000000000000050000"); return err },
		"events": func() error { _, err := s.Events(b.Context(), RecordedFilter{Page: Page{Offset: 90_000}}); return err },
		"spent":  func() error { _, err := s.spentStamps(b.Context(), noon()); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen is the store's part of the way from start to ready.
func BenchmarkOpen(b *testing.B) {
	s := openTemp(b)
	keep(b, s, batchOfEverything())
	for b.Loop() {
		s = reopen(b, s)
	}
}

func accepted(n int, count *int) *engine.Batch {
	batch := &engine.Batch{Queued: make([]event.Parcel, n), Stamps: make([]engine.Stamp, n)}
	for i := range n {
		*count++
		batch.Queued[i] = parcel("phone", fmt.Sprintf("01KEVENT%018d", *count), event.Info)
		batch.Stamps[i] = stamp(*count, after(time.Hour))
	}
	return batch
}
