package dispatch

import (
	"errors"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// defaultMost bounds what waits, in outbox and buffers.
func defaultMost() engine.Volume { return engine.Volume{Rows: 100_000, Bytes: 512 << 20} }

const (
	pressAt  = 80 // percent: queues are merged
	refuseAt = 90 // percent: only CRITICAL events are taken

	recountEvery = time.Second // while it is more than pressAt
	tellFull     = time.Hour   // between two notices that events are refused
)

// ErrFull is returned for an event that is not taken because too much waits.
var ErrFull = errors.New("too many messages wait to be delivered")

// volume is how much waits. Between two counts it is reckoned from what is
// queued and sent.
type volume struct {
	engine.Volume
	most    engine.Volume
	counted time.Time
	refused int       // events since the last notice
	told    time.Time // when that was
}

// percent is how full it is.
func (v *volume) percent() int {
	return max(v.Rows*100/v.most.Rows, int(v.Bytes*100/v.most.Bytes))
}

// count notes what a transaction queued and what left with it.
func (c *cycle) count() {
	v := &c.volume
	for i := range c.batch.Queued {
		v.Rows++
		v.Bytes += weightOf(&c.batch.Queued[i])
	}
	v.Rows += len(c.batch.Waiting)
	for i := range c.batch.Posted {
		if in := c.batch.Posted[i].Event; in != nil {
			v.Rows++
			v.Bytes += int64(engine.Weight(in.Data))
		}
	}
	for i := range c.batch.Settled {
		if p := &c.batch.Settled[i].Parcel; p.State == event.Sent || p.State == event.Dead {
			v.Rows--
			v.Bytes -= weightOf(p)
		}
	}
	for i := range c.batch.Merged {
		v.Rows -= len(c.batch.Merged[i].IDs) - 1
	}
	if v.percent() >= pressAt {
		c.recount()
	}
	c.pressAll(v.percent() >= pressAt)
}

// weightOf is about how many bytes a message takes.
func weightOf(p *event.Parcel) int64 {
	n := len(p.Message.Title) + len(p.Message.Body)
	for _, d := range p.Message.Details {
		n += len(d.Label) + len(d.Value)
	}
	if e := p.Message.Event; e != nil {
		n += engine.Weight(e.Data)
	}
	return int64(n)
}

// recount asks the store, unless it was asked just now: what left by the way was
// not reckoned.
func (c *cycle) recount() {
	if c.now.Sub(c.volume.counted) < recountEvery {
		return
	}
	ctx, cancel := readSoon()
	defer cancel()
	v, err := c.store.Volume(ctx)
	if err != nil {
		c.log.Warn("what waits cannot be counted", "err", err)
		return
	}
	c.volume.Volume, c.volume.counted = v, c.now
}

// full says why an event is not taken: too much waits. CRITICAL ones are taken
// for longer.
func (c *cycle) full(in *event.Incoming) error {
	if c.volume.percent() < refuseAt {
		return nil
	}
	c.recount()
	percent := c.volume.percent()
	if percent < refuseAt {
		return nil
	}
	severity := c.plan.Policy.SeverityOf(in)
	if severity == event.Critical && percent < 100 {
		return nil
	}
	v := &c.volume
	v.refused++
	c.metrics.Refused("full", severity.String())
	return fmt.Errorf("%w: %d of %d messages, %d of %d MiB; tocsin outbox shows for which channel",
		ErrFull, v.Rows, v.most.Rows, v.Bytes>>20, v.most.Bytes>>20)
}

// raiseFull tells once an hour that events are refused.
func (c *cycle) raiseFull() {
	v := &c.volume
	if v.refused == 0 || !v.told.IsZero() && c.now.Sub(v.told) < tellFull {
		return
	}
	c.effects.Raised = append(c.effects.Raised, event.Incoming{
		Type: "rate_limited", Source: "tocsin", Severity: event.Warning.String(), Data: map[string]any{
			"limit": fmt.Sprintf("%d messages", v.most.Rows), "count": float64(v.refused),
			"reason": "So much waits to be delivered that events are refused. tocsin outbox shows for which channel.",
		},
	})
	v.refused, v.told = 0, c.now
}
