package feed_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"tocsin/engine/feed"
)

func TestReadersGoOnWhereTheyWere(t *testing.T) {
	r := feed.New[int](4)
	if p := r.Read(0, 10); len(p.Items) > 0 || p.More == nil || p.Ended {
		t.Errorf("an empty one gives %+v", p)
	}
	for n := 1; n <= 3; n++ {
		r.Add(n)
	}
	if p := r.Read(1, 10); !slices.Equal(p.Items, []int{2, 3}) || p.First != 2 || p.Missed != 0 || p.More != nil {
		t.Errorf("got %+v", p)
	}
	for n := 4; n <= 10; n++ {
		r.Add(n)
	}
	if p := r.Read(3, 2); !slices.Equal(p.Items, []int{7, 8}) || p.First != 7 || p.Missed != 3 {
		t.Errorf("got %+v", p)
	}
	if p := r.Read(99, 2); len(p.Items) > 0 || r.Last() != 10 { // from a future that never was
		t.Errorf("got %+v", p)
	}
	r.End()
	if p := r.Read(9, 2); len(p.Items) != 1 || p.Ended {
		t.Errorf("the end came before the last item: %+v", p)
	}
	if p := r.Read(10, 2); !p.Ended || p.More != nil {
		t.Errorf("got %+v", p)
	}
}

// Many readers see all that is not gone, in its order; nobody waits for the one
// that does not read.
func TestManyReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const total = 5000
		r := feed.New[uint64](64)
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				var at, missed, seen uint64
				for {
					p := r.Read(at, 7)
					missed += p.Missed
					for i, item := range p.Items {
						if item != p.First+uint64(i) {
							t.Errorf("item %d has the number %d", item, p.First+uint64(i))
						}
					}
					seen += uint64(len(p.Items))
					switch {
					case p.Ended:
						if seen+missed != total {
							t.Errorf("%d were seen and %d missed of %d", seen, missed, total)
						}
						return
					case len(p.Items) > 0:
						at = p.First + uint64(len(p.Items)) - 1
					default:
						<-p.More
					}
				}
			})
		}
		_ = r.Read(0, 1).More // somebody who never comes back
		for n := range uint64(total) {
			r.Add(n + 1)
		}
		r.End()
		readers.Wait()
	})
}

func BenchmarkAdd(b *testing.B) {
	r := feed.New[any](4096)
	b.ReportAllocs()
	for b.Loop() {
		r.Add(b)
	}
}
