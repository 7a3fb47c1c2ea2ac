package dispatch

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"tocsin/engine/event"
)

// ErrFault is returned when tocsin's own code panicked over what it was asked
// for. Asking again would panic again.
var ErrFault = errors.New("tocsin's own code stopped in the middle: this is a fault in tocsin, please report what its log says")

// restartPause is how long a part that panicked waits before it begins anew.
const restartPause = time.Second

// guard runs f and records its panic. It reports whether f ended without one.
func (d *Dispatcher) guard(part string, f func()) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			d.logPanic(part, r)
			d.panicked(part)
			ok = false
		}
	}()
	f()
	return true
}

// logPanic is called by a deferred function, which still has the stack.
func (d *Dispatcher) logPanic(part string, r any) {
	d.log.Error("tocsin's own code panicked", "part", part, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
}

// live runs the loop until Close. One that panicked outside of a cycle begins
// anew; while closing it does not, as what it did not keep is in the outbox.
func (d *Dispatcher) live() {
	defer close(d.done)
	for !d.guard("loop", d.run) && !d.ending() {
		time.Sleep(restartPause)
	}
}

// live runs the worker until it is to end. One that panicked begins anew: what it
// knew beside the outbox it learns again.
func (w *worker) live() {
	defer close(w.ended)
	for !w.guard("worker", w.run) {
		w.log.Warn("the worker begins anew", "channel", w.channel)
		w.rests()
		w.queue = newQueue()
		select {
		case <-w.quit:
			return
		case <-time.After(restartPause):
		}
	}
}

// cycle takes items through judge, renderer and store, and answers them. When
// something on this way panics, each item goes it alone, so that only the one
// that is the cause is lost.
func (d *Dispatcher) cycle(items []item) {
	if panicked, kept := d.try(items); panicked {
		d.panicked("loop")
		if !kept {
			d.separate(items)
		}
	}
	for _, i := range items {
		if c, ok := i.(*call); ok {
			d.answer(c)
		}
	}
}

// try makes one pass. When it panics everything is as before, unless it was kept
// by then.
func (d *Dispatcher) try(items []item) (panicked, kept bool) {
	c := &cycle{Dispatcher: d, now: time.Now()}
	defer func() {
		if r := recover(); r != nil {
			d.logPanic("loop", r)
			panicked, kept = true, c.kept
			c.salvage(items)
		}
	}()
	c.run(items)
	return false, true
}

// salvage ends a cycle that panicked: it answers for what is on the disk, and
// takes back what is not.
func (c *cycle) salvage(items []item) {
	if c.kept {
		for _, a := range c.arrivals {
			a.reply(Outcome{Accepted: a.accepted})
		}
		c.letGo()
		return
	}
	c.takeBack()
	for _, i := range items {
		if a, ok := i.(*arrival); ok {
			c.claims.giveBack(a.Claim)
		}
	}
	c.Dispatcher.edited = c.Dispatcher.edited || c.edited
}

// separate takes each item of a cycle that panicked by itself. An attempt to
// deliver that the judge cannot stand is kept unjudged, or its message would go
// out again; an event is refused.
func (d *Dispatcher) separate(items []item) {
	attempts := d.waiting
	var arrivals []*arrival
	var changes []*change
	var others []*posted
	for _, i := range items {
		switch i := i.(type) {
		case *settled:
			attempts = append(attempts, i)
		case *arrival:
			arrivals = append(arrivals, i)
		case *change:
			changes = append(changes, i)
		case *posted:
			others = append(others, i)
		}
	}
	d.waiting = nil
	all := len(attempts) + len(arrivals) + len(changes) + len(others)
	alone := all == 1 // then it is known which
	for _, s := range attempts {
		if alone || d.fails(s) {
			d.keepUnjudged(s)
		}
	}
	for _, a := range arrivals {
		if alone || d.fails(a) {
			d.refuse(a)
		}
	}
	for _, c := range changes {
		if alone || d.fails(c) {
			c.reply(ErrFault)
		}
	}
	for _, p := range others {
		if alone || d.fails(p) {
			d.setAside(p)
		}
	}
	if all == 0 { // something that is due, and stays so
		d.retryAt = time.Now().Add(restartPause)
	}
}

// fails takes one item through a cycle and reports whether that panicked and left
// nothing.
func (d *Dispatcher) fails(i item) bool {
	panicked, kept := d.try([]item{i})
	return panicked && !kept
}

func (d *Dispatcher) keepUnjudged(s *settled) {
	d.log.Error("a delivery is noted without being judged", "channel", s.settlement.Parcel.Channel, "event_type", s.settlement.Parcel.Message.Type)
	s.unjudged = true
	if d.fails(s) {
		d.waiting = append(d.waiting, s)
		d.retryAt = time.Now().Add(retryCommit)
	}
}

func (d *Dispatcher) refuse(a *arrival) {
	if !a.claim() {
		return // its sender took it back
	}
	d.log.Error("an event that tocsin's code cannot stand is refused", "event_type", event.Clip(a.Event.Type, 64), "event", a.Event.ID)
	a.reply(Outcome{Err: ErrFault})
}

// answer runs a call between two transactions.
func (d *Dispatcher) answer(c *call) {
	defer close(c.done)
	if !d.guard("loop", c.run) {
		c.fault = true
		d.state.Rollback() // of an explanation, which is a step that is taken back
	}
}
