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
	groupRows = 6000            // messages of a buffer that are told by name or by type
	readLimit = 2 * time.Second // for reading them
)

// gatherBuffers tells the buffers whose moment has come: the rows in the store
// and those that this cycle held before. The rows stay until the channel has
// confirmed the message that tells them.
func (c *cycle) gatherBuffers() {
	told := map[bufferKey]int{} // up to which hold of the cycle
	for _, g := range c.effects.Gathers {
		key := bufferKey{g.Channel, g.Buffer}
		from, again := told[key]
		t, err := c.collect(g, from, again)
		if err != nil {
			c.postpone(g, err)
			continue
		}
		told[key] = g.Holds
		c.tell(t)
	}
}

type bufferKey struct {
	channel string
	buffer  event.Buffer
}

// telling is a buffer that is told now. Of its rows those without an id are added
// to the store by this cycle.
type telling struct {
	Group
	rows   []*event.Waiting // as Group.Rows
	stored bool             // there may be more in the store than was read
}

// collect finds what waits in a buffer; again, what came to it since it was told
// in the same cycle.
func (c *cycle) collect(g engine.Gather, from int, again bool) (*telling, error) {
	t := &telling{Group: Group{Gather: g, Now: c.now}, stored: !again}
	if !again {
		stored, err := c.readBuffer(&t.Group)
		if err != nil {
			return nil, err
		}
		t.rows = stored
	}
	for i := from; i < g.Holds; i++ {
		if w := &c.batch.Waiting[i]; w.Channel == g.Channel && w.Buffer == g.Buffer {
			t.Total++
			t.Highest = max(t.Highest, w.Message.Severity)
			t.rows = append(t.rows, w)
		}
	}
	slices.SortStableFunc(t.rows, func(a, b *event.Waiting) int { return a.Message.Time.Compare(b.Message.Time) })
	for _, w := range t.rows {
		t.Rows = append(t.Rows, w.Message)
	}
	return t, nil
}

// tell queues the messages that tell a buffer, and marks which of them tells
// which row. The last one tells the rest.
func (c *cycle) tell(t *telling) {
	if t.Total == 0 {
		return
	}
	first := 0
	parts := c.plan.Group(t.Group)
	for i, part := range parts {
		m := part.Message
		if i > 0 {
			m.EventID = newID()
		}
		last := i == len(parts)-1
		end := first + part.Rows
		if last {
			end = len(t.Rows)
		}
		c.mark(t, m.EventID, first, end, last)
		c.queue(t.Channel, m, "tocsin", 0)
		first = end
	}
}

// mark notes that rows are told in a message.
func (c *cycle) mark(t *telling, id string, from, to int, last bool) {
	told := engine.Told{Channel: t.Channel, Buffer: t.Buffer, Rest: last && t.stored, Decision: c.toldIn(
		engine.Decision{Stage: engine.StageOf(t.Buffer), Reason: engine.ReasonToldIn, Place: t.Place}, id,
	)}
	for _, w := range t.rows[from:to] {
		if w.ID != 0 {
			told.IDs = append(told.IDs, w.ID)
		} else {
			w.ToldIn = id
		}
	}
	if told.Rest {
		told.IDs = nil // they are all that is left
	}
	c.batch.Told = append(c.batch.Told, told)
}

// toldIn completes the decision about an event that is told with others.
func (c *cycle) toldIn(d engine.Decision, id string) event.Decision {
	d.Time, d.Outcome, d.Name = c.now, engine.Folded, id
	r := d.Record()
	r.ToldIn = id
	return r
}

// postpone leaves a buffer that cannot be read for later: it must hold up no
// other channel and no new event.
func (c *cycle) postpone(g engine.Gather, err error) {
	c.state.Postpone(g, c.now)
	c.log.Error("what waits cannot be read and is told later", "channel", g.Channel, "buffer", g.Buffer, "err", err)
}

// readSoon bounds a read of the loop.
func readSoon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), readLimit)
}

// readBuffer returns what the store has in a buffer, and counts it in g.
func (c *cycle) readBuffer(g *Group) ([]*event.Waiting, error) {
	ctx, cancel := readSoon()
	defer cancel()
	rows, total, highest, err := c.store.Waiting(ctx, g.Channel, g.Buffer, groupRows)
	if err != nil {
		return nil, fmt.Errorf("read what waits for %s: %w", g.Channel, err)
	}
	g.Total, g.Highest = total, highest
	list := make([]*event.Waiting, len(rows))
	for i := range rows {
		list[i] = &rows[i]
	}
	return list, nil
}
