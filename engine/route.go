package engine

import (
	"time"

	"tocsin/engine/event"
)

// route returns the channels that take e: those whose switches are on and whose
// condition holds. Each of the others leaves a decision, and so does an event
// that none takes.
func (p *Policy) route(now time.Time, e *event.Event, t *Type, fp event.Fingerprint, out *Effects) []*Channel {
	var to []*Channel
	for _, ch := range p.Channels {
		if d, refused := p.refuses(ch, e, t); refused {
			d.Channel, d.Stage, d.Outcome, d.Fingerprint = ch.Name, StageChannel, Suppressed, fp
			out.decide(now, e, d)
			continue
		}
		to = append(to, ch)
	}
	if len(to) == 0 {
		out.decide(now, e, Decision{Stage: StageChannel, Outcome: Suppressed, Reason: ReasonNoChannel, Fingerprint: fp})
	}
	return to
}

func (p *Policy) refuses(ch *Channel, e *event.Event, t *Type) (Decision, bool) {
	if e.Except == ch.Name {
		return Decision{Reason: ReasonExcept, Place: ch.Place}, true
	}
	if v := p.switches(e, t, ch); v.Toggle == Off {
		return Decision{Reason: v.Reason, Place: v.Place}, true
	}
	if ch.When == nil {
		return Decision{}, false
	}
	ok, err := ch.When.Match(e)
	if err != nil {
		return Decision{Reason: ReasonFault, Place: ch.WhenPlace, Detail: err.Error()}, true
	}
	return Decision{Reason: ReasonCondition, Place: ch.WhenPlace}, !ok
}
