package dispatch

import (
	"context"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Explain tells what would become of an event at a moment, with everything that
// is remembered now. It changes nothing. A policy of nil is the running one.
func (d *Dispatcher) Explain(ctx context.Context, policy *engine.Policy, at time.Time, in event.Incoming) (x event.Explanation, err error) {
	if in.ID == "" {
		in.ID = newID()
	}
	err = d.call(ctx, func() {
		p := policy
		if p == nil {
			p = d.plan.Policy
		}
		x = p.Explain(d.state, at, &in)
	})
	return x, err
}
