package store

import (
	"fmt"
	"testing"

	"tocsin/engine"
	"tocsin/engine/event"
)

// BenchmarkEngines keeps the same batches in both engines: events with parcel and
// stamp, and then what came of sending them. The server of the tests syncs nothing
// (fsync = off), so SQLite is measured without sync as well: what is left is the
// work of the engine and the way to it.
func BenchmarkEngines(b *testing.B) {
	for name, open := range map[string]func(*testing.B) *Store{
		"sqlite":   func(b *testing.B) *Store { return unsynced(b, openTemp(b)) },
		"postgres": func(b *testing.B) *Store { return openAddress(b, postgres.Database(b)) },
	} {
		for _, n := range []int{1, 64, 256} {
			b.Run(fmt.Sprintf("%s/commit/events=%d", name, n), func(b *testing.B) {
				s := open(b)
				count := 0
				b.ReportAllocs()
				for b.Loop() {
					keep(b, s, accepted(n, &count))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(count), "µs/event")
			})
		}
		for _, n := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/delivery/parcels=%d", name, n), func(b *testing.B) {
				s := open(b)
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
}
