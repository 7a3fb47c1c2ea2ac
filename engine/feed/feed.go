// Package feed keeps the last things that happened, for any number of readers,
// each at its own pace. Whoever adds something waits for nobody: a reader that
// falls behind misses what was dropped meanwhile, and is told how much.
//
// It keeps nothing for good; that is engine/store's.
package feed

import "sync"

// Ring is a feed of the last items.
type Ring[T any] struct {
	mu    sync.Mutex
	items []T           // the one with number n stands at n modulo their count
	last  uint64        // number of the newest; 0: there was none
	more  chan struct{} // closed when there is more; nil: nobody waits
	ended bool
}

// New returns a ring that keeps that many items.
func New[T any](size int) *Ring[T] { return &Ring[T]{items: make([]T, size)} }

// Add puts an item at the end.
func (r *Ring[T]) Add(item T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	r.items[r.last%uint64(len(r.items))] = item
	r.wake()
}

// End tells all readers that nothing more comes.
func (r *Ring[T]) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.wake()
}

func (r *Ring[T]) wake() {
	if r.more != nil {
		close(r.more)
		r.more = nil
	}
}

// Last returns the number of the newest item.
func (r *Ring[T]) Last() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// Page is what a reader gets at once.
type Page[T any] struct {
	Items  []T
	First  uint64          // number of the first of them, when there are any
	Missed uint64          // items before them that are gone
	More   <-chan struct{} // closed when there is more to read, or nothing ever; nil: read on
	Ended  bool            // nothing more comes
}

// Read returns the items behind the one with a number, at most so many.
func (r *Ring[T]) Read(after uint64, most int) Page[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := uint64(len(r.items))
	after = min(after, r.last)
	var p Page[T]
	if r.last-after > size {
		p.Missed = r.last - after - size
		after = r.last - size
	}
	for n := after + 1; n <= r.last && len(p.Items) < most; n++ {
		p.Items = append(p.Items, r.items[n%size])
	}
	p.First = after + 1
	if len(p.Items) > 0 {
		return p
	}
	p.Ended = r.ended
	if !r.ended {
		if r.more == nil {
			r.more = make(chan struct{})
		}
		p.More = r.more
	}
	return p
}
