package dispatch

import (
	"context"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Shared is a store that several nodes use at the same time. One of them judges;
// all send, each over the channels that it has a lease of.
type Shared interface {
	// Lease takes the right to send over a channel, if nobody has it and something
	// waits there. Without a fence, wait is how long another node still has the
	// right; 0: nothing waits.
	Lease(ctx context.Context, channel string) (fence int64, wait time.Duration, err error)
	// Renew keeps all leases of this node, and returns their fences by channel.
	Renew(ctx context.Context) (map[string]int64, error)
	Release(ctx context.Context, channel string, fence int64) error
	LeaseTime() time.Duration
	// Posted returns what waits for the node that judges.
	Posted(ctx context.Context, limit int) ([]engine.Posted, error)
	// Load returns all that a judge remembers, Glance only how channels are doing
	// and what waits in buffers.
	Load(ctx context.Context, now time.Time) (engine.Saved, error)
	Glance(ctx context.Context) (engine.Saved, error)
}

// loadLimit bounds how long the judge's memory may be read for.
const loadLimit = 15 * time.Second

// Judge makes this node the one that judges, with what the store remembers. The
// store must have given it that role.
func (d *Dispatcher) Judge(ctx context.Context) error {
	var failed error
	if err := d.call(ctx, func() { failed = d.takeOver() }); err != nil {
		return err
	}
	return failed
}

func (d *Dispatcher) takeOver() error {
	ctx, cancel := context.WithTimeout(context.Background(), loadLimit)
	defer cancel()
	now := time.Now()
	saved, err := d.shared.Load(ctx, now)
	if err != nil {
		return fmt.Errorf("read what is remembered: %w", err)
	}
	state, err := engine.NewState(d.plan.Policy, saved, now)
	if err != nil {
		return fmt.Errorf("restore state: %w", err)
	}
	d.state, d.claims, d.judging, d.edited = state, newClaims(saved.Claims), true, true
	d.volume.counted = time.Time{}
	d.Heard()
	return nil
}

// Resign ends the role of this node: what it remembers is worth nothing once
// another judges.
func (d *Dispatcher) Resign(ctx context.Context) error { return d.call(ctx, d.resign) }

func (d *Dispatcher) resign() {
	if d.shared == nil || !d.judging {
		return
	}
	d.judging = false
	d.forget()
	d.log.Warn("this node judges no longer: what it accepts is kept for the one that does")
}

// forget leaves the memory of a node that does not judge: nothing.
func (d *Dispatcher) forget() {
	d.state, _ = engine.NewState(d.plan.Policy, engine.Saved{}, time.Now()) // of nothing there is nothing that it may not read
}

// Heard says that there may be something for the node that judges.
func (d *Dispatcher) Heard() {
	select {
	case d.posts <- struct{}{}:
	default: // it looks already
	}
}

// Why workers are woken by what another node did.
type Why int

// The reasons.
const (
	Queued Why = iota // there may be something to send
	Freed             // there may be leases to take
	Asked             // somebody wants what waits to be tried
)

// Wake makes every worker look for something to do, because of another node.
func (d *Dispatcher) Wake(ctx context.Context, why Why) {
	_ = d.call(ctx, func() { // closed: nobody is to be woken
		for _, w := range d.loop.workers {
			switch why {
			case Asked:
				w.asked.Store(true)
			case Freed:
				w.freed.Store(true)
			}
			w.nudge(true)
		}
	})
}

// posted is something that another node had for the judge.
type posted struct {
	engine.Posted
	weight int
}

func (*posted) item() {}

// takePosted takes what other nodes posted through the judge, some at a time.
func (d *Dispatcher) takePosted() {
	if !d.judging || d.retryAt.After(time.Now()) {
		return // whoever judges is told as well; what could not be kept just now is read again
	}
	ctx, cancel := readSoon()
	defer cancel()
	list, err := d.shared.Posted(ctx, batchSize)
	if err != nil {
		d.log.Warn("what other nodes have for this one cannot be read yet", "err", err)
		return
	}
	items := make([]item, 0, len(list))
	weight := 0
	for i := range list {
		p := &posted{Posted: list[i]}
		if p.Event != nil {
			p.weight = engine.Weight(p.Event.Data)
		}
		if p.Moved {
			if err := d.recountBuffers(ctx); err != nil {
				d.log.Warn("what another node moved is not counted yet", "err", err)
				return
			}
		}
		items = append(items, p)
		if weight += p.weight; weight >= batchBytes {
			break
		}
	}
	if len(items) == 0 {
		return
	}
	d.cycle(items)
	if d.retryAt.IsZero() {
		d.Heard() // there may be more
	}
}

// recountBuffers counts anew what waits in buffers.
func (d *Dispatcher) recountBuffers(ctx context.Context) error {
	now, err := d.shared.Glance(ctx)
	if err != nil {
		return err
	}
	for _, buffer := range buffers() {
		d.state.Rebuffered(buffer, now.Pending)
	}
	d.edited = true // when they are told is worked out anew
	return nil
}

// takePosted judges one of them. It was accepted before, so it is not refused,
// however full the outbox is.
func (c *cycle) takePosted(p *posted) {
	switch {
	case p.Event != nil:
		if p.Claim.Key != "" {
			c.claims.learn(p.Claim)
		}
		c.plan.Policy.Step(c.state, c.now, engine.Arrived{Event: p.Event}, &c.effects)
		c.posted = append(c.posted, p)
	case p.Attempt != nil:
		c.plan.Policy.Step(c.state, c.now, engine.Settled{Channel: p.Attempt.Channel, Err: p.Attempt.Err}, &c.effects)
	case !p.Moved:
		c.refusePosted(p.ID, "it cannot be read: a node of another version may have written it")
		return
	}
	c.batch.Taken = append(c.batch.Taken, p.ID)
}

func (c *cycle) refusePosted(id int64, why string) {
	if c.batch.Refused == nil {
		c.batch.Refused = map[int64]string{}
	}
	c.batch.Refused[id] = why
	c.log.Error("what another node posted cannot be judged: it stays in the inbox", "inbox_id", id, "err", why)
}

// setAside keeps something that tocsin's code cannot stand from being judged again
// and again.
func (d *Dispatcher) setAside(p *posted) {
	c := &cycle{Dispatcher: d, now: time.Now()}
	d.batch, d.effects = engine.Batch{}, engine.Effects{}
	c.refusePosted(p.ID, ErrFault.Error())
	if p.Event != nil { // its sender was told that it is kept: whoever asks is to be told what became of it
		c.batch.Decisions = append(c.batch.Decisions, event.Decision{
			Time: c.now, EventID: p.Event.ID, Type: p.Event.Type, Stage: string(engine.StageAdmit), Outcome: string(engine.GaveUp),
			Code: "fault", Reason: ErrFault.Error(), Count: 1,
		})
	}
	c.finish(c.commit())
}

// post keeps an event for the node that judges.
func (c *cycle) post(a *arrival) {
	c.batch.Posted = append(c.batch.Posted, engine.Posted{Event: a.Event, Claim: a.Claim})
}

// again makes a pass anew after what a commit said of other nodes. It reports
// false for an error that has nothing to do with them.
func (c *cycle) again(err error) bool {
	if c.shared == nil || c.tries >= mostTries {
		return false
	}
	taken, isClaimed := asClaimed(err)
	switch {
	case isClaimed:
		for _, a := range c.arrivals {
			if !a.accepted.Repeat {
				c.claims.giveBack(a.Claim)
			}
		}
		for _, claim := range taken.Claims {
			c.claims.learn(claim)
		}
	case isDeposed(err):
		c.resign()
	default:
		return false
	}
	c.tries++
	c.Dispatcher.edited = c.Dispatcher.edited || c.edited
	c.arrivals, c.settled, c.changes, c.posted, c.urgent = nil, nil, nil, nil, nil
	return true
}

// mostTries bounds how often a pass is made anew because of other nodes.
const mostTries = 4
