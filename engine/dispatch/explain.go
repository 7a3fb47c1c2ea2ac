package dispatch

import (
	"context"
	"errors"
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
	var failed error
	err = d.call(ctx, func() {
		p := policy
		if p == nil {
			p = d.plan.Policy
		}
		state := d.state
		if !d.judging {
			if state, failed = d.remembered(ctx, p); failed != nil {
				return
			}
		}
		x = p.Explain(state, at, &in)
	})
	return x, errors.Join(err, failed)
}

// remembered is what the node that judges has kept.
func (d *Dispatcher) remembered(ctx context.Context, p *engine.Policy) (*engine.State, error) {
	now := time.Now()
	saved, err := d.shared.Load(ctx, now)
	if err != nil {
		return nil, err
	}
	return engine.NewState(p, saved, now)
}
