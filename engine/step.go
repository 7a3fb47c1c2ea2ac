package engine

import (
	"time"

	"tocsin/engine/event"
)

// Input is something that the judge has to decide about: an event that Arrived,
// a deadline that Elapsed, a delivery that Settled, or a policy that was Edited.
type Input interface{ input() }

// Arrived is an event from a source.
type Arrived struct{ Event *event.Incoming }

// Elapsed says that the moment which State.Next named has come.
type Elapsed struct{}

// Settled is the result of one attempt to deliver over a channel.
type Settled struct {
	Channel string
	Err     *event.SendError // nil: delivered
}

// Edited says that from here on another policy judges, or that the wall clock
// was set: what waits is timed anew.
type Edited struct{}

func (Arrived) input() {}
func (Elapsed) input() {}
func (Settled) input() {}
func (Edited) input()  {}

// Step decides what in means at now and adds what follows to out. It changes
// only st. The wall clock of now stamps what is kept and tells the time of the
// day; its monotonic reading measures the intervals.
func (p *Policy) Step(st *State, now time.Time, in Input, out *Effects) {
	if _, edited := in.(Edited); edited {
		p.retime(st, now, false)
		p.recheckSilenced(st, now, out)
	}
	p.elapse(st, now, out)
	switch in := in.(type) {
	case Arrived:
		p.arrive(st, now, in.Event, out)
	case Settled:
		p.settle(st, now, in, out)
	}
}

// elapse does what is due.
func (p *Policy) elapse(st *State, now time.Time, out *Effects) {
	for len(st.due) > 0 && st.due[0].at <= st.instant(now) {
		d := st.pop()
		if at, ok := d.of.when(); ok && at == d.at { // else it ended or moved meanwhile
			d.of.elapse(p, st, now, out)
		}
	}
}
