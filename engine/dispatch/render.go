package dispatch

import (
	"github.com/oklog/ulid/v2"

	"tocsin/engine"
	"tocsin/engine/event"
)

// render turns every send of the cycle into a parcel. A notification that goes
// over several channels is rendered once.
func (c *cycle) render() {
	var last *event.Event
	var message event.Message
	for i := range c.effects.Sends {
		s := &c.effects.Sends[i]
		if s.Notification.Event != last {
			last = s.Notification.Event
			message = c.message(s)
		}
		m := message
		m.ID = m.EventID + "." + s.Channel
		c.batch.Queued = append(c.batch.Queued, event.Parcel{
			Channel: s.Channel, Message: m, Source: last.Source, State: event.Queued, Accepted: c.now, Due: c.now,
		})
		if c.urgent == nil {
			c.urgent = map[string]bool{}
		}
		c.urgent[s.Channel] = c.urgent[s.Channel] || m.Severity == event.Critical
	}
}

func (c *cycle) message(s *engine.Send) event.Message {
	m, faults := c.plan.Render(&s.Notification)
	for _, fault := range faults {
		c.effects.Decisions = append(c.effects.Decisions, engine.Decision{
			Time: c.now, EventID: m.EventID, Type: m.Type, Stage: engine.StageRender, Outcome: engine.Changed,
			Reason: engine.ReasonTemplate, Detail: fault,
		})
	}
	return m
}

func newID() string { return ulid.Make().String() }
