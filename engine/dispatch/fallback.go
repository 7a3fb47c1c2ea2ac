package dispatch

import (
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Fallback is the channel that gets copies of what another does not deliver.
type Fallback struct {
	Channel string        // empty: none
	After   time.Duration // unsent for so long; at once when the target refuses
	Place   string        // file:line
}

const (
	passOnAtOnce = 200 // parcels that are passed on in one transaction
	passOnSingly = 10  // more at once are passed on as grouped messages
)

// passOn gives the fallback channel copies of what this one has not sent for too
// long, or refuses to take. It returns how long until the next copy is due;
// negative: none is.
func (w *worker) passOn(line *Line) time.Duration {
	if line.Fallback.Channel == "" {
		return -1
	}
	now := time.Now()
	before := now.Add(-line.Fallback.After)
	if !w.queue.open {
		before = now
	}
	parcels, next, err := w.store.Overdue(w.sends, w.channel, before, passOnAtOnce)
	if err == nil && len(parcels) > 0 {
		err = w.change(w.sends, func(c *cycle) error { return c.passOn(w.channel, parcels) })
		next = now.Add(-line.Fallback.After) // look again
	}
	if err != nil {
		w.log.Error("messages are not passed on to the fallback channel yet", "channel", w.channel, "err", err)
		return storePause
	}
	if next.IsZero() {
		return -1
	}
	return max(next.Add(line.Fallback.After).Sub(now), 0)
}

// passOnDead gives the fallback channel a copy of a parcel that is given up.
func (c *cycle) passOnDead(p *event.Parcel) {
	if c.plan.Lines[p.Channel].Fallback.Channel == "" || p.CopyID != "" || p.CopiedIn != "" {
		return
	}
	if err := c.passOn(p.Channel, []event.Parcel{*p}); err != nil {
		c.log.Error("a message that was given up is not passed on to the fallback channel", "channel", p.Channel, "err", err)
	}
}

// passOn queues copies of parcels for the fallback of their channel, except of
// those whose event it was told anyway. CRITICAL ones go alone, many others
// together.
func (c *cycle) passOn(channel string, parcels []event.Parcel) error {
	to := c.plan.Lines[channel].Fallback
	if _, ok := c.plan.Lines[to.Channel]; !ok {
		return nil // a reload took it
	}
	known, err := c.known(to.Channel, parcels)
	if err != nil {
		return err
	}
	var alone, together []event.Parcel
	var none []int64
	for _, p := range parcels {
		switch {
		case known[p.Message.EventID]:
			none = append(none, p.ID)
		case p.Message.Severity == event.Critical || len(parcels) <= passOnSingly:
			alone = append(alone, p)
		default:
			together = append(together, p)
		}
	}
	if len(none) > 0 {
		c.batch.Copied = append(c.batch.Copied, engine.Copied{Channel: channel, CopyID: event.NoCopy, IDs: none})
	}
	for i := range alone {
		c.copyOne(to, &alone[i])
	}
	c.copyTogether(to, channel, together)
	return nil
}

func (c *cycle) known(channel string, parcels []event.Parcel) (map[string]bool, error) {
	ctx, cancel := readSoon()
	defer cancel()
	ids := make([]string, len(parcels))
	for i := range parcels {
		ids[i] = parcels[i].Message.EventID
	}
	return c.store.Knows(ctx, channel, ids)
}

// copyOne queues a copy of a message, which says what it is.
func (c *cycle) copyOne(to Fallback, p *event.Parcel) {
	why := c.unsentWords(p)
	m := p.Message
	m.Details = append(slices.Clip(m.Details), event.Detail{Label: "Copy", Value: p.Channel + " has " + why})
	c.copy(to, p.Channel, m, p.Source, []int64{p.ID}, why)
}

// copyTogether queues messages that tell many together.
func (c *cycle) copyTogether(to Fallback, channel string, parcels []event.Parcel) {
	for len(parcels) > 0 {
		part, ids := c.groupOf(channel, parcels)
		why := c.unsentWords(&parcels[0])
		part.Details = append(part.Details, event.Detail{Label: "Copies", Value: channel + " has " + why})
		c.copy(to, channel, part, "tocsin", ids, why)
		parcels = parcels[len(ids):]
	}
}

func (c *cycle) copy(to Fallback, channel string, m event.Message, source string, ids []int64, why string) {
	id := newID()
	d := engine.Decision{
		Time: c.now, Channel: channel, Stage: engine.StageDeliver, Outcome: engine.Passed, Reason: engine.ReasonFallback,
		Place: to.Place, Name: to.Channel, Detail: why,
	}
	c.batch.Copied = append(c.batch.Copied, engine.Copied{Channel: channel, CopyID: id, IDs: ids, Decision: d.Record()})
	c.queue(to.Channel, m, source, 0)
	p := &c.batch.Queued[len(c.batch.Queued)-1]
	p.CopyID, p.CopyFor, p.Message.ID = id, channel, p.Message.ID+".copy"
}

// unsentWords says what a channel has done with a parcel in place of delivering
// it.
func (c *cycle) unsentWords(p *event.Parcel) string {
	age := event.Duration(c.now.Sub(p.Accepted).Round(time.Second)).String()
	switch {
	case p.State == event.Dead:
		return "given it up after " + age + ": " + p.Error
	case p.Error != "":
		return "not delivered it for " + age + ": " + p.Error
	}
	return "not delivered it for " + age
}

// covered is the decision about events whose copy was sent in place of their
// own message.
func (c *cycle) covered(p *event.Parcel) event.Decision {
	d := engine.Decision{
		Time: c.now, Channel: p.CopyFor, Stage: engine.StageDeliver, Outcome: engine.Passed, Reason: engine.ReasonViaFallback, Name: p.Channel,
		Place: c.plan.Lines[p.CopyFor].Fallback.Place,
	}
	return d.Record()
}

// groupOf puts as many of the first parcels into one message as it holds, at
// least one, and returns their ids.
func (c *cycle) groupOf(channel string, parcels []event.Parcel) (event.Message, []int64) {
	for n := len(parcels); ; {
		g := Group{Gather: engine.Gather{ID: newID(), Channel: channel, Buffer: event.Backlog}, Total: n, Now: c.now}
		ids := make([]int64, n)
		for i := range parcels[:n] {
			g.Rows = append(g.Rows, parcels[i].Message)
			g.Highest = max(g.Highest, parcels[i].Message.Severity)
			ids[i] = parcels[i].ID
		}
		slices.SortStableFunc(g.Rows, func(a, b event.Message) int { return a.Time.Compare(b.Time) })
		parts := c.plan.Group(g)
		if len(parts) == 1 || n == 1 {
			return parts[0].Message, ids
		}
		n = max(min(parts[0].Rows, n-1), 1)
	}
}
