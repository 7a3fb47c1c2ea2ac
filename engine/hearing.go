package engine

import (
	"time"

	"tocsin/engine/event"
)

// hearing is one event on its way through the stages.
type hearing struct {
	*Policy
	st    *State
	now   time.Time
	at    time.Time // that silences and inhibitions are compared with
	out   *Effects
	e     *event.Event
	t     *Type
	fp    event.Fingerprint // of dedup and cooldown; a rule may choose its fields
	key   event.Fingerprint // of what is open: over the catalogue's fields
	open  *openEvent        // nil: nothing resolves e
	ends  resolution
	rules ruling
}

// arrive takes an event through all stages.
func (p *Policy) arrive(st *State, now time.Time, in *event.Incoming, out *Effects) {
	e, notes := p.Admit(in, now)
	t := p.TypeOf(e.Type)
	fp := event.FingerprintOf(e, t.Fingerprint)
	for i := range notes {
		notes[i].Fingerprint = fp // a flood of them is one row
	}
	out.Decisions = append(out.Decisions, notes...)
	at := e.Time
	if at.After(now) {
		at = now // the sender's clock is ahead
	}
	h := &hearing{Policy: p, st: st, now: now, at: at, out: out, e: e, t: t, fp: fp, key: fp}
	h.admitted()
	h.resolve()
	if !h.off() && !h.applyRules() {
		h.noteCauses()
		h.reopen()
		h.proceed()
	}
	h.releaseInhibited()
}

// admitted tells how the event was taken.
func (h *hearing) admitted() {
	if h.out.Explain {
		h.decide(Decision{Stage: StageAdmit, Outcome: Passed, Reason: ReasonAdmitted, Place: h.t.Place, Severity: h.e.Severity, Detail: h.e.Group})
	}
}

// proceed takes the event from the silences on. An event that a silence held
// back comes here again when it ends.
func (h *hearing) proceed() {
	if h.silenced() || h.inhibited() {
		return
	}
	if h.open != nil {
		h.st.unhold(h.open)
	}
	if h.repeated() {
		if !h.rules.Once {
			h.st.count(h.e, h.t)
		}
		return
	}
	to := h.route()
	if len(to) == 0 {
		return
	}
	h.take()
	h.heard(to)
	if h.burst(names(to)) {
		h.tell(to)
	}
}

// off reports whether the switches stop the event for every channel, and notes
// why.
func (h *hearing) off() bool {
	v := h.enabled(h.e, h.t)
	d := Decision{Stage: StageEnabled, Outcome: Suppressed, Reason: v.Reason, Place: v.Place}
	if v.Toggle == Off {
		h.decide(d)
		return true
	}
	if h.out.Explain {
		d.Outcome, d.Reason = Passed, ReasonOn
		h.decide(d)
	}
	return false
}

// tell hands the event by itself to the channels that take it.
func (h *hearing) tell(to []*Channel) {
	n := event.Notification{Event: h.e, Key: h.key.String(), Resolved: h.ends.any}
	if h.ends.any {
		n.Key = h.ends.key.String()
	}
	for _, ch := range to {
		handing{
			Policy: h.Policy, st: h.st, now: h.now, out: h.out, fp: h.fp, ch: ch, n: n, place: h.rules.placeOf(ch),
			toggle: h.switches(h.e, h.t, ch), live: h.t.Live || h.ends.any,
		}.hand()
	}
}

// decide notes a decision about the event.
func (h *hearing) decide(d Decision) {
	d.Fingerprint = h.fp
	h.out.decide(h.now, h.e, d)
}

func names(channels []*Channel) []string {
	list := make([]string, len(channels))
	for i, ch := range channels {
		list[i] = ch.Name
	}
	return list
}
