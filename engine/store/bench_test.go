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

// BenchmarkLarge reads a store with 100,000 rows in each of its large tables.
func BenchmarkLarge(b *testing.B) {
	s := openTemp(b)
	count := 0
	for range 100 {
		batch := accepted(1000, &count)
		for _, p := range batch.Queued {
			batch.History = append(batch.History, delivery("phone", p.Message.EventID, noon()))
		}
		keep(b, s, batch)
	}
	for name, read := range map[string]func() error{
		"load":    func() error { _, err := s.Load(b.Context(), noon()); return err },
		"next":    func() error { _, err := s.Next(b.Context(), "phone", 20); return err },
		"queues":  func() error { _, err := s.Queues(b.Context()); return err },
		"history": func() error { _, _, err := s.History(b.Context(), HistoryFilter{}); return err },
		"search":  func() error { _, _, err := s.History(b.Context(), HistoryFilter{Search: "nothing"}); return err },
		"spent":   func() error { _, err := s.spentStamps(b.Context(), noon()); return err },
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
