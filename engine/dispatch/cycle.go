package dispatch

import (
	"context"
	"errors"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// run makes the pass. Calls are left: they come after it.
func (c *cycle) run(items []item) {
	err := c.pass(items)
	for err != nil && c.again(err) {
		err = c.pass(items)
	}
	c.finish(err)
}

// pass takes everything through the judge and into the store.
func (c *cycle) pass(items []item) error {
	d, now := c.Dispatcher, c.now
	d.effects.Reset()
	clear(d.batch.Queued) // its room is used again, but nothing in it is kept alive
	d.batch = engine.Batch{Queued: d.batch.Queued[:0]}
	if c.edited = d.edited; c.edited && c.judging {
		d.plan.Policy.Step(d.state, now, engine.Edited{}, &d.effects)
	}
	d.edited = false
	if len(items) == 0 && c.judging {
		d.plan.Policy.Step(d.state, now, engine.Elapsed{}, &d.effects)
	}
	for _, s := range d.waiting {
		c.settle(s)
	}
	for _, i := range items {
		c.take(i)
	}
	if c.judging {
		c.raise()
	}
	return c.commit()
}

// cycle is one pass of the loop.
type cycle struct {
	*Dispatcher
	now      time.Time
	arrivals []arrived
	settled  []*settled
	changes  []*change
	urgent   map[string]bool // channels with new parcels; true: a CRITICAL one
	edited   bool            // the judge was told of another plan or clock
	posted   []*posted       // events that other nodes accepted
	tries    int             // that were in vain because of other nodes
	kept     bool            // there was nothing to keep, or it is on the disk
}

// arrived is an arrival with the part of the effects that it caused.
type arrived struct {
	*arrival
	accepted         Accepted
	sends, decisions [2]int // from, to
}

func (c *cycle) take(i item) {
	switch i := i.(type) {
	case *arrival:
		if i.claim() {
			c.arrive(i)
		} else {
			i.row.end()
		}
	case *started:
		c.underWay.add(i.parcel, c.now)
	case *settled:
		c.settle(i)
	case *posted:
		if c.judging { // else it waits for the node that does
			c.takePosted(i)
		}
	case *change:
		i.err = i.apply(c)
		c.changes = append(c.changes, i)
	}
}

func (c *cycle) arrive(a *arrival) {
	if a.replied { // in a pass before this
		return
	}
	if a.row.isEnded() {
		a.reply(Outcome{Err: errBehind})
		return
	}
	if err := c.full(a.Event); err != nil {
		a.row.end()
		a.reply(Outcome{Err: err})
		return
	}
	id, taken, err := c.claims.take(a.Claim, c.now)
	if err != nil {
		a.reply(Outcome{Err: err})
		return
	}
	c.position(a.Position)
	r := arrived{arrival: a, accepted: Accepted{ID: a.Event.ID}}
	if taken { // answered with the others: the event that has the key may be one of them
		r.accepted = Accepted{ID: id, Repeat: true}
		c.arrivals = append(c.arrivals, r)
		return
	}
	r.sends[0], r.decisions[0] = len(c.effects.Sends), len(c.effects.Decisions)
	if c.judging {
		c.plan.Policy.Step(c.state, c.now, engine.Arrived{Event: a.Event}, &c.effects)
	} else {
		c.post(a)
		r.accepted.Posted = true
	}
	r.sends[1], r.decisions[1] = len(c.effects.Sends), len(c.effects.Decisions)
	c.arrivals = append(c.arrivals, r)
	if a.Claim.Key != "" {
		c.batch.Claims = append(c.batch.Claims, a.Claim)
	}
}

func (c *cycle) settle(s *settled) {
	p := &s.settlement.Parcel
	c.underWay.drop(p.ID)
	c.settled = append(c.settled, s)
	switch {
	case s.unjudged:
	case c.judging:
		c.plan.Policy.Step(c.state, c.now, engine.Settled{Channel: p.Channel, Err: s.err}, &c.effects)
	default:
		c.batch.Posted = append(c.batch.Posted, engine.Posted{Attempt: &engine.Attempt{Channel: p.Channel, Err: s.err, Delivery: s.settlement.Delivery}})
	}
	switch p.State {
	case event.Dead:
		c.effects.Decisions = append(c.effects.Decisions, engine.Decision{
			Time: c.now, EventID: p.Message.EventID, Type: p.Message.Type, Channel: p.Channel, Stage: engine.StageDeliver,
			Outcome: engine.GaveUp, Reason: engine.ReasonDelivery, Detail: p.Error,
		})
		c.passOnDead(p)
	case event.Sent:
		if p.CopyID != "" {
			s.settlement.Covered = c.covered(p)
		}
	}
	c.batch.Settled = append(c.batch.Settled, s.settlement)
}

// raise takes tocsin's own notices as events of their own.
func (c *cycle) raise() {
	c.raiseFull()
	for i := 0; i < len(c.effects.Raised); i++ {
		in := c.effects.Raised[i]
		in.ID = newID()
		c.plan.Policy.Step(c.state, c.now, engine.Arrived{Event: &in}, &c.effects)
	}
}

// commit keeps everything of the cycle in one transaction, if there is anything
// to keep.
func (c *cycle) commit() error {
	c.render()
	c.gatherBuffers()
	b, fx := &c.batch, &c.effects
	b.Stamps, b.Cleared, b.Held, b.Released, b.Closed = fx.Stamps, fx.Cleared, fx.Held, fx.Released, fx.Closed
	b.Ended, b.Causes, b.Uncaused, b.Digested, b.Health = fx.Ended, fx.Causes, fx.Uncaused, fx.Digested, fx.Health
	if !c.somethingToKeep() {
		c.kept = true
		c.state.Commit()
		return nil
	}
	if err := c.state.Flush(fx); err != nil {
		c.state.Rollback()
		return err
	}
	b.Buckets, b.Opened = fx.Buckets, fx.Opened
	b.Decisions, b.Arrived = c.fold.take(c.now)
	b.Sending = c.underWay.take()
	b.Judged = c.judging && c.shared != nil
	c.fences()
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	if err := c.writer.Commit(ctx, b); err != nil {
		c.takeBack()
		return err
	}
	c.kept = true
	c.state.Commit()
	c.lost()
	c.count()
	if was, over := c.trouble.end(); over {
		c.log.Info("events are kept again", "refused", was.refused, "took", c.now.Sub(was.since))
	}
	return nil
}

// takeBack leaves everything as before the cycle, whose transaction is not kept.
func (c *cycle) takeBack() {
	c.state.Rollback()
	c.fold.giveBack(c.batch.Decisions, c.batch.Arrived)
	for _, parcel := range c.batch.Sending {
		c.underWay.add(parcel, c.now)
	}
}

func (c *cycle) somethingToKeep() bool {
	b := &c.batch
	if at, pending := c.fold.due(); pending && !at.After(c.now) {
		return true
	}
	if at, pending := c.underWay.due(); pending && !at.After(c.now) {
		return true
	}
	if len(b.Posted)+len(b.Taken)+len(b.Refused) > 0 {
		return true
	}
	judged := len(b.Stamps) + len(b.Cleared) + len(b.Held) + len(b.Released) + len(b.Closed) +
		len(b.Ended) + len(b.Causes) + len(b.Uncaused) + len(b.Digested) + len(b.Health)
	moved := len(b.Queued) + len(b.Settled) + len(b.Merged) + len(b.Copied) + len(b.Waiting) + len(b.Told)
	return judged+moved+len(b.Claims)+len(b.Positions) > 0 || c.state.Unsaved()
}

// finish answers everybody and wakes the workers that have something to do.
func (c *cycle) finish(err error) {
	if err != nil {
		c.fail(err)
		return
	}
	c.foldDecisions()
	for _, a := range c.arrivals {
		a.accepted.Channels, a.accepted.Decisions = c.account(a)
		if !a.accepted.Repeat {
			c.report.Heard(a.Event)
			if c.judging {
				c.fold.record(a.Event, a.weight, c.now)
			}
			if a.Results != nil {
				c.watchers[a.Event.ID] = &watch{a.Results}
			}
		}
		a.reply(Outcome{Accepted: a.accepted})
	}
	for _, p := range c.posted {
		c.fold.record(p.Event, p.weight, c.now)
	}
	for _, s := range c.settled {
		c.announce(s)
		c.report.Settled(s.settlement.Delivery)
	}
	c.letGo()
}

// letGo lets the workers go on, and whoever wanted a change.
func (c *cycle) letGo() {
	c.retryAt, c.waiting = time.Time{}, nil
	for _, s := range c.settled {
		s.letGo()
	}
	for _, i := range c.changes {
		i.reply(i.err)
	}
	for channel, urgent := range c.urgent {
		if w, ok := c.loop.workers[channel]; ok {
			w.nudge(urgent)
		}
	}
}

// fail takes everything of the cycle back. Arrivals and changes are refused;
// attempts that were made are kept for the next transaction.
func (c *cycle) fail(err error) {
	if c.trouble.begin(c.now, len(c.arrivals)) {
		c.log.Error("events cannot be kept", "err", err, "refused", c.trouble.refused)
	}
	for _, a := range c.arrivals {
		if !a.accepted.Repeat {
			c.claims.giveBack(a.Claim)
		}
		a.row.end()
		a.reply(Outcome{Err: errors.Join(errNotKept, err)})
	}
	for _, i := range c.changes {
		i.reply(errors.Join(i.err, errNotKept, err))
	}
	c.waiting = c.settled
	c.Dispatcher.edited = c.Dispatcher.edited || c.edited
	c.retryAt = c.now.Add(retryCommit)
}

// errNotKept marks an error of the store, so that callers can tell it from
// their own mistakes.
var errNotKept = errors.New("the event could not be kept")

// IsNotKept reports whether Submit failed because the store could not keep the
// event.
func IsNotKept(err error) bool { return errors.Is(err, errNotKept) }

// account tells an arrival what became of its event.
func (c *cycle) account(a arrived) ([]string, []event.Decision) {
	var channels []string
	for _, s := range c.effects.Sends[a.sends[0]:a.sends[1]] {
		if s.Notification.Event.ID == a.Event.ID { // not of a window that ended at the same moment
			channels = append(channels, s.Channel)
		}
	}
	var decisions []event.Decision
	for _, d := range c.effects.Decisions[a.decisions[0]:a.decisions[1]] {
		if d.EventID == a.Event.ID {
			decisions = append(decisions, d.Record())
		}
	}
	return channels, decisions
}
