package dispatch

import (
	"context"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Retry chooses messages that wait or were given up, to be tried again by hand.
type Retry struct {
	IDs      []int64      // of parcels
	Buffered []BufferedID // of what waits in buffers
	Channel  string       // with neither: those of a channel,
	State    event.ParcelState
	Type     string // of an event type
	All      bool   // or all there are
	To       string // move them to this channel; empty: leave them where they are
}

// BufferedID names a message that waits in a buffer.
type BufferedID struct {
	Buffer event.Buffer
	ID     int64
}

// Refusal says why something that was asked for by hand is not done.
type Refusal struct {
	Why string // what is wrong
	Do  string // the remedy
}

// Error returns the cause and the remedy.
func (r *Refusal) Error() string { return r.Why + ": " + r.Do }

// Retry makes chosen messages due now, gives dead ones another life, and moves
// them when another channel is named. It returns how many; a *Refusal says what
// is wrong with the choice.
func (d *Dispatcher) Retry(ctx context.Context, r Retry) (moved int, err error) {
	if len(r.IDs)+len(r.Buffered) == 0 && r.Channel == "" && r.State == "" && r.Type == "" && !r.All {
		return 0, &Refusal{"nothing is chosen", "name messages, a channel, a state or an event type, or say that all are meant"}
	}
	failed := d.call(ctx, func() { moved, err = d.retry(ctx, &r) })
	if failed != nil {
		return 0, failed
	}
	return moved, err
}

// retry runs on the loop, between two transactions.
func (d *Dispatcher) retry(ctx context.Context, r *Retry) (int, error) {
	if err := d.checkTarget(r.To); err != nil {
		return 0, err
	}
	if r.To == "" && len(r.Buffered) > 0 {
		return 0, &Refusal{"it waits for the end of quiet hours or for a digest", "it is told then; to have it elsewhere, name the channel to move it to"}
	}
	moved := 0
	if len(r.IDs) > 0 || len(r.Buffered) == 0 {
		n, err := d.store.Requeue(ctx, engine.Selection{IDs: r.IDs, Channel: r.Channel, State: r.State, Type: r.Type}, r.To, time.Now())
		if err != nil {
			return 0, err
		}
		moved = n
	}
	n, err := d.rebuffer(ctx, r)
	if err != nil {
		return moved, err
	}
	if moved += n; moved == 0 {
		return 0, &Refusal{"nothing that waits or was given up is like that", "tocsin outbox lists what there is"}
	}
	for _, w := range d.loop.workers {
		w.asked.Store(true)
		w.nudge(true)
	}
	return moved, nil
}

func (d *Dispatcher) checkTarget(channel string) error {
	if channel == "" {
		return nil
	}
	if _, ok := d.plan.Lines[channel]; !ok {
		return &Refusal{fmt.Sprintf("there is no channel %q, or it is switched off", channel), "tocsin channels lists them"}
	}
	return nil
}

// rebuffer moves what waits in buffers.
func (d *Dispatcher) rebuffer(ctx context.Context, r *Retry) (moved int, err error) {
	if r.To == "" || len(r.IDs) > 0 && len(r.Buffered) == 0 || r.State != "" {
		return 0, nil
	}
	for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
		which := engine.Selection{Channel: r.Channel, Type: r.Type}
		for _, b := range r.Buffered {
			if b.Buffer == buffer {
				which.IDs = append(which.IDs, b.ID)
			}
		}
		if len(r.Buffered) > 0 && len(which.IDs) == 0 {
			continue
		}
		n, now, err := d.store.Rebuffer(ctx, buffer, which, r.To)
		if err != nil {
			return moved, err
		}
		moved += n
		d.state.Rebuffered(buffer, now)
		d.edited = true // when they are told is worked out anew
	}
	if moved > 0 && !d.judging {
		d.forget() // what it was just told of buffers is the judge's to know
		return moved, d.store.Commit(ctx, &engine.Batch{Posted: []engine.Posted{{Moved: true}}})
	}
	return moved, nil
}

// maxResend is how many messages may be sent again at once.
const maxResend = 1000

// Resend sends messages of the history again, as they are now due to nobody: to
// the channels that they went over, or to another. They say that they are sent
// again.
func (d *Dispatcher) Resend(ctx context.Context, rows []event.Delivery, to string) (queued int, err error) {
	switch {
	case len(rows) == 0:
		return 0, &Refusal{"nothing in the history is like that", "tocsin history lists what there is"}
	case len(rows) > maxResend:
		return 0, &Refusal{fmt.Sprintf("these are %d messages, at most %d are sent again at once", len(rows), maxResend), "choose fewer, for instance by time"}
	}
	err = d.change(ctx, func(c *cycle) error {
		for i := range rows {
			if err := c.checkTarget(firstOf(to, rows[i].Channel)); err != nil {
				return err
			}
		}
		for i := range rows {
			c.resend(&rows[i], firstOf(to, rows[i].Channel))
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(rows), nil
}

func (c *cycle) resend(row *event.Delivery, channel string) {
	body, host := row.Parts()
	zone := c.plan.Policy.Zone
	if zone == nil {
		zone = time.UTC
	}
	m := event.Message{
		EventID: row.EventID, Type: row.Type, Severity: row.Severity, Title: row.Title, Body: body, Host: host, Time: row.SentAt,
		Details: []event.Detail{{Label: "Sent again", Value: "by hand; first sent " + row.SentAt.In(zone).Format("2 Jan 15:04 MST")}},
	}
	c.queue(channel, m, "resend", 0)
	p := &c.batch.Queued[len(c.batch.Queued)-1]
	p.Message.ID += ".again-" + newID()
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
