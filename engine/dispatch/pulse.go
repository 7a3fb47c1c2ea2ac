package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// moveLimit is how long a part of the post room may take for what is not a send.
const moveLimit = 20 * time.Second

// Stuck is the error of a part of the post room that does not move any more.
type Stuck struct {
	Part string
	For  time.Duration
}

// Error names the part.
func (s *Stuck) Error() string {
	return fmt.Sprintf("%s has not moved for %v", s.Part, s.For.Round(time.Second))
}

// Probe takes a made-up event through the inbox, the judge and a transaction of
// the store, and looks after every worker. A *Stuck names the part that does not
// move, which is the loop or the store when ctx ends first; any other error says
// why events cannot be kept. Nothing is left of the event.
func (d *Dispatcher) Probe(ctx context.Context) error {
	began := time.Now()
	var found error
	c := &call{run: func() { found = d.look(ctx) }, done: make(chan struct{})}
	if err := d.put(ctx, c); errors.Is(err, ErrBusy) {
		return d.stuck(began)
	} else if err != nil {
		return err
	}
	select {
	case <-c.done:
		if c.fault {
			return ErrFault
		}
		return found
	case <-d.done:
		return ErrClosed
	case <-ctx.Done():
		return d.stuck(began)
	}
}

// stuck names what the loop hangs in.
func (d *Dispatcher) stuck(since time.Time) *Stuck {
	now := time.Now()
	if s := d.writer.stride.Load(); s != nil {
		return &Stuck{"the store's writer", now.Sub(s.began)}
	}
	return &Stuck{"the judge's loop", now.Sub(since)}
}

// look is the loop's part of a probe.
func (d *Dispatcher) look(ctx context.Context) error {
	now := time.Now()
	d.plan.Policy.Explain(d.state, now, &event.Incoming{ID: newID(), Type: "heartbeat", Source: "tocsin"})
	for _, list := range []map[string]*worker{d.loop.workers, d.leaving} {
		for name, w := range list {
			if took := w.late(now); took > 0 {
				return &Stuck{"the worker of channel " + name, took}
			}
		}
	}
	if err := d.writer.Check(ctx); err != nil {
		return err
	}
	if since := d.trouble.since; len(d.waiting) > 0 && now.Sub(since) > moveLimit { // tried each second
		return fmt.Errorf("what came of sends (%d) cannot be kept, though the store takes a row: look at the log since %s", len(d.waiting), since.Format(time.TimeOnly))
	}
	return nil
}

// gait tells whether somebody moves: whether it waits for work, or how long ago
// it began a piece of it. The zero gait waits.
type gait struct{ stride atomic.Pointer[stride] }

// stride is a piece of work, and how long it may take.
type stride struct {
	began time.Time
	limit time.Duration
}

// moves says that a piece of work begins.
func (g *gait) moves(limit time.Duration) { g.stride.Store(&stride{time.Now(), limit}) }

// rests says that there is nothing to do, or that it is another's turn.
func (g *gait) rests() { g.stride.Store(nil) }

// late returns how long the work has lasted when that is too long, else 0.
func (g *gait) late(now time.Time) time.Duration {
	s := g.stride.Load()
	if s == nil || now.Sub(s.began) <= s.limit {
		return 0
	}
	return now.Sub(s.began)
}

// writer is the store, with the gait of its transactions: they are the loop's, and
// none of them can be cut short.
type writer struct {
	Store
	gait
}

// Commit keeps a batch.
func (w *writer) Commit(ctx context.Context, b *engine.Batch) error {
	w.moves(moveLimit)
	defer w.rests()
	return w.Store.Commit(ctx, b)
}

// Check keeps a row that says nothing.
func (w *writer) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, commitLimit)
	defer cancel()
	w.moves(moveLimit)
	defer w.rests()
	return w.Store.Check(ctx)
}
