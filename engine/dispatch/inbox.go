package dispatch

import (
	"context"
	"sync/atomic"

	"tocsin/engine/event"
)

// item is something that waits for the loop.
type item interface{ item() }

// arrival is an event that somebody waits to see kept.
type arrival struct {
	Submission
	weight int          // of its data, in bytes
	answer chan Outcome // has room for one
	taken  atomic.Bool  // by the loop, or back by its sender
}

// take decides who of the two comes first: it reports true once.
func (a *arrival) take() bool { return a.taken.CompareAndSwap(false, true) }

// settled is an attempt of a worker, which waits until it is kept.
type settled struct {
	settlement event.Settlement
	err        *event.SendError
	kept       chan struct{} // closed then
}

// call is a function to run between two transactions.
type call struct {
	run  func()
	done chan struct{}
}

func (*arrival) item() {}
func (*settled) item() {}
func (*call) item()    {}

// put hands an item to the loop, unless ctx ends first.
func (d *Dispatcher) put(ctx context.Context, i item) error {
	if d.ending() {
		return ErrClosed
	}
	select {
	case d.inbox <- i:
		return nil
	case <-d.closing:
		return ErrClosed
	case <-ctx.Done():
		return ErrBusy
	}
}

func (d *Dispatcher) ending() bool {
	select {
	case <-d.closing:
		return true
	default:
		return false
	}
}

// call runs f on the loop's goroutine and waits for it.
func (d *Dispatcher) call(ctx context.Context, f func()) error {
	c := &call{run: f, done: make(chan struct{})}
	if err := d.put(ctx, c); err != nil {
		return err
	}
	select {
	case <-c.done:
		return nil
	case <-d.done:
		return ErrClosed
	}
}
