package engine

import (
	"time"

	"tocsin/engine/event"
)

// Input is something that the judge has to decide about: an event that Arrived,
// a deadline that Elapsed, or a delivery that Settled.
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

func (Arrived) input() {}
func (Elapsed) input() {}
func (Settled) input() {}

// Step decides what in means at now and adds what follows to out. It changes
// only st. The wall clock of now stamps what is kept; its monotonic reading
// measures the intervals.
func (p *Policy) Step(st *State, now time.Time, in Input, out *Effects) {
	p.elapse(st, now, out)
	switch in := in.(type) {
	case Arrived:
		p.arrive(st, now, in.Event, out)
	case Settled:
		p.settle(st, in, out)
	}
}

func (p *Policy) arrive(st *State, now time.Time, in *event.Incoming, out *Effects) {
	e, notes := p.Admit(in, now)
	t := p.TypeOf(e.Type)
	fp := event.FingerprintOf(e, t.Fingerprint)
	for i := range notes {
		notes[i].Fingerprint = fp // a flood of them is one row
	}
	out.Decisions = append(out.Decisions, notes...)
	p.resolve(st, e, t, out)
	if p.off(now, e, t, fp, out) {
		return
	}
	if p.repeated(st, now, e, fp, out) {
		st.count(e, t)
		return
	}
	to := p.route(now, e, t, fp, out)
	if len(to) == 0 {
		return
	}
	p.take(st, now, e, fp, out)
	if p.burst(st, now, e, t, names(to), out) {
		p.tell(now, e, to, out)
	}
}

// off reports whether the switches stop e for every channel, and notes why.
func (p *Policy) off(now time.Time, e *event.Event, t *Type, fp event.Fingerprint, out *Effects) bool {
	v := p.enabled(e, t)
	if v.Toggle != Off {
		return false
	}
	out.decide(now, e, Decision{Stage: StageEnabled, Outcome: Suppressed, Reason: v.Reason, Place: v.Place, Fingerprint: fp})
	return true
}

// tell sends e by itself over the channels that take it.
func (p *Policy) tell(now time.Time, e *event.Event, to []*Channel, out *Effects) {
	for _, ch := range to {
		out.Sends = append(out.Sends, Send{Channel: ch.Name, Notification: event.Notification{Event: e}, Place: ch.Place})
	}
}

func names(channels []*Channel) []string {
	list := make([]string, len(channels))
	for i, ch := range channels {
		list[i] = ch.Name
	}
	return list
}
