package dispatch

import (
	"context"
	"sync/atomic"

	"tocsin/engine"
	"tocsin/engine/event"
)

// item is something that waits for the loop.
type item interface{ item() }

// arrival is an event that somebody waits to see kept.
type arrival struct {
	Submission
	weight  int          // of its data, in bytes
	answer  chan Outcome // has room for one
	taken   atomic.Bool  // by the loop, or back by its sender
	ours    bool         // the loop took it; of the loop's goroutine alone
	replied bool         // likewise
	row     *row         // nil: the events it came with do not matter to it
}

// take decides who of the two comes first: it reports true once.
func (a *arrival) take() bool { return a.taken.CompareAndSwap(false, true) }

// claim takes the arrival for the loop, which may judge it more than once.
func (a *arrival) claim() bool {
	a.ours = a.ours || a.take()
	return a.ours
}

// reply answers the sender. The first answer counts.
func (a *arrival) reply(o Outcome) {
	a.replied = true
	select {
	case a.answer <- o:
	default:
	}
}

// started says that an attempt to send a parcel is under way. Nobody waits for
// it to be kept.
type started struct{ parcel engine.Sending }

// settled is an attempt of a worker, which waits until it is kept.
type settled struct {
	settlement event.Settlement
	err        *event.SendError
	kept       chan struct{} // closed then
	unjudged   bool          // the judge cannot stand it
	fence      int64         // of the lease under which it was made
}

// letGo tells the worker that the attempt is kept.
func (s *settled) letGo() {
	select {
	case <-s.kept:
	default:
		close(s.kept)
	}
}

// change adds something to a transaction; its maker waits for what became of
// that.
type change struct {
	apply func(*cycle) error // an error: nothing was added
	err   error
	done  chan error // has room for one
}

// reply tells what became of it. The first answer counts.
func (c *change) reply(err error) {
	select {
	case c.done <- err:
	default:
	}
}

// call is a function to run between two transactions.
type call struct {
	run   func()
	done  chan struct{}
	fault bool // it panicked; known when done
}

func (*arrival) item() {}
func (*started) item() {}
func (*settled) item() {}
func (*change) item()  {}
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

// change runs apply in a cycle of the loop and returns when what it added is on
// disk, or why it is not.
func (d *Dispatcher) change(ctx context.Context, apply func(*cycle) error) error {
	c := &change{apply: apply, done: make(chan error, 1)}
	if err := d.put(ctx, c); err != nil {
		return err
	}
	select {
	case err := <-c.done:
		return err
	case <-d.done:
		return ErrClosed
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
		if c.fault {
			return ErrFault
		}
		return nil
	case <-d.done:
		return ErrClosed
	}
}
