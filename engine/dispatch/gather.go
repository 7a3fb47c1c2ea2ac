package dispatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	groupRows = 500             // messages that one grouped message may tell of by name
	readLimit = 2 * time.Second // for reading them
)

// gatherBuffers makes one message of each buffer that is told now: of the rows
// in the store and of those that this cycle held before. The buffer is emptied
// in the transaction that queues the message.
func (c *cycle) gatherBuffers() {
	var left []event.Waiting // what stays in its buffer
	told := map[engine.Emptied]int{}
	for _, g := range c.effects.Gathers {
		buffer := engine.Emptied{Channel: g.Channel, Buffer: g.Buffer}
		group := Group{Gather: g, Now: c.now}
		from, again := told[buffer]
		if !again {
			if err := c.readBuffer(&group); err != nil {
				c.postpone(g, err)
				continue
			}
			c.batch.Gathered = append(c.batch.Gathered, buffer)
		}
		for i := from; i < g.Holds; i++ {
			if w := &c.batch.Waiting[i]; w.Channel == g.Channel && w.Buffer == g.Buffer {
				group.add(w)
			}
		}
		told[buffer] = g.Holds
		if group.Total > 0 {
			slices.SortStableFunc(group.Rows, func(a, b event.Message) int { return a.Time.Compare(b.Time) })
			c.queue(g.Channel, c.plan.Group(group), "tocsin", 0)
		}
	}
	for i := range c.batch.Waiting {
		w := &c.batch.Waiting[i]
		if i >= told[engine.Emptied{Channel: w.Channel, Buffer: w.Buffer}] {
			left = append(left, *w)
		}
	}
	c.batch.Waiting = left
}

// postpone leaves a buffer that cannot be read for later: it must hold up no
// other channel and no new event.
func (c *cycle) postpone(g engine.Gather, err error) {
	c.state.Postpone(g, c.now)
	c.log.Error("what waits cannot be read and is told later", "channel", g.Channel, "buffer", g.Buffer, "err", err)
}

// readBuffer adds what the store has in a buffer.
func (c *cycle) readBuffer(g *Group) error {
	ctx, cancel := context.WithTimeout(context.Background(), readLimit)
	defer cancel()
	rows, total, highest, err := c.store.Waiting(ctx, g.Channel, g.Buffer, groupRows)
	if err != nil {
		return fmt.Errorf("read what waits for %s: %w", g.Channel, err)
	}
	for i := range rows {
		g.Rows = append(g.Rows, rows[i].Message)
	}
	g.Total, g.Highest = total, highest
	return nil
}

func (g *Group) add(w *event.Waiting) {
	g.Total++
	g.Highest = max(g.Highest, w.Message.Severity)
	if len(g.Rows) < groupRows {
		g.Rows = append(g.Rows, w.Message)
	}
}
