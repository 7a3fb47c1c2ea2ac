package dispatch

import (
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/engine"
	"tocsin/engine/event"
)

// render turns every send of the cycle into a parcel, and every hold into a row
// that waits. A notification that goes over several channels is rendered once.
func (c *cycle) render() {
	r := renderer{cycle: c}
	for i := range c.effects.Sends {
		s := &c.effects.Sends[i]
		c.queue(s.Channel, r.message(&s.Notification), s.Notification.Event.Source, s.Notification.Open)
	}
	for i := range c.effects.Holds {
		h := &c.effects.Holds[i]
		c.batch.Waiting = append(c.batch.Waiting, event.Waiting{
			Channel: h.Channel, Buffer: h.Buffer, Message: r.message(&h.Notification), Source: h.Notification.Event.Source,
			Since: c.now, Until: h.Until,
		})
	}
}

// queue puts a message into the outbox of a channel. A reminder, of what has been
// open for some time, is another message than the first: one id means the same
// message again.
func (c *cycle) queue(channel string, m event.Message, source string, open time.Duration) {
	m.ID = m.EventID + "." + channel
	if open > 0 {
		m.ID += "." + strconv.FormatInt(int64(open/time.Second), 10)
	}
	c.batch.Queued = append(c.batch.Queued, event.Parcel{
		Channel: channel, Message: m, Source: source, State: event.Queued, Accepted: c.now, Due: c.now,
	})
	if c.urgent == nil {
		c.urgent = map[string]bool{}
	}
	c.urgent[channel] = c.urgent[channel] || m.Severity == event.Critical
}

// renderer remembers the last notification, as those of one event follow each
// other.
type renderer struct {
	*cycle
	last event.Notification
	made event.Message
}

func (r *renderer) message(n *event.Notification) event.Message {
	if n.Event != r.last.Event || n.Open != r.last.Open || n.Resolved != r.last.Resolved {
		r.last, r.made = *n, r.rendered(n)
	}
	return r.made
}

func (c *cycle) rendered(n *event.Notification) event.Message {
	m, faults := c.plan.Render(n)
	m.Event, m.Key, m.Resolved = n.Event, n.Key, n.Resolved
	for _, fault := range faults {
		c.effects.Decisions = append(c.effects.Decisions, engine.Decision{
			Time: c.now, EventID: m.EventID, Type: m.Type, Stage: engine.StageRender, Outcome: engine.Changed,
			Reason: engine.ReasonTemplate, Detail: fault,
		})
	}
	return m
}

func newID() string { return ulid.Make().String() }
