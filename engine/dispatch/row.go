package dispatch

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"tocsin/engine/event"
)

// errBehind is the answer to an event behind one that could not be kept.
var errBehind = errors.New("an event before it could not be kept")

// row is a list of events that were submitted together and carry positions. Once
// one of them is not kept, none behind it is: its position would leap over the
// one that is missing. A nil row has no end.
type row struct{ ended atomic.Bool }

func newRow() *row { return new(row) }

func (r *row) end() {
	if r != nil {
		r.ended.Store(true)
	}
}

func (r *row) isEnded() bool { return r != nil && r.ended.Load() }

// position notes how far a source has read, for the transaction of the cycle.
func (c *cycle) position(p event.Position) {
	if p.Source == "" {
		return
	}
	i := slices.IndexFunc(c.batch.Positions, func(old event.Position) bool { return old.Source == p.Source })
	if i < 0 {
		c.batch.Positions = append(c.batch.Positions, p)
		return
	}
	c.batch.Positions[i] = p
}

// Move keeps how far a source has read, when there was no event in what it read.
func (d *Dispatcher) Move(ctx context.Context, p event.Position) error {
	return d.change(ctx, func(c *cycle) error {
		c.position(p)
		return nil
	})
}
