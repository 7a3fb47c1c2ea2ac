package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// cause is an event that inhibits others.
type cause struct {
	Cause
	fp  event.Fingerprint // of what is open
	end instant
}

// The most causes that one inhibition remembers; over it the oldest goes.
const maxCauses = 200

// noteCauses remembers the event for the inhibitions whose cause it is. It
// counts also when it is silenced or cooling down.
func (h *hearing) noteCauses() {
	t := &h.causes
	if len(t.items) == 0 {
		return
	}
	found := t.find(h.e, h.st.room[:0])
	h.st.room = found[:0]
	for _, i := range found {
		inh := t.items[i]
		until := h.e.Time.Add(inh.Within)
		if !until.After(h.now) || !h.holds(&inh.Cause, StageInhibit, inh.Name, inh.Place) {
			continue
		}
		h.st.addCause(&cause{
			Cause: Cause{Key: inh.Name + "\x00" + h.key.String(), Inhibition: inh.Name, Event: h.e, Until: until},
			fp:    h.key, end: h.st.instant(h.now) + until.Sub(h.now),
		}, inh.Within, h.out)
	}
}

// addCause remembers a cause in place of an earlier one of the same key, unless
// it would last hardly longer.
func (st *State) addCause(c *cause, within time.Duration, out *Effects) {
	old := st.inhibitors[c.Inhibition]
	for _, o := range old {
		if o.Key == c.Key && c.end-o.end < within/10 {
			return
		}
	}
	list := slices.DeleteFunc(slices.Clone(old), func(o *cause) bool { return o.Key == c.Key })
	if len(list) >= maxCauses {
		out.Uncaused = append(out.Uncaused, list[0].Key)
		list = list[1:]
	}
	st.setCauses(c.Inhibition, old, append(list, c))
	out.Causes = append(out.Causes, c.Cause)
	st.push(c.end, c)
}

func (st *State) setCauses(inhibition string, old, list []*cause) {
	set := func(list []*cause) {
		st.inhibitors[inhibition] = list
		if len(list) == 0 {
			delete(st.inhibitors, inhibition)
		}
	}
	set(list)
	st.note(func(st *State) {
		set(old)
		for _, c := range old {
			st.push(c.end, c)
		}
	})
}

// restoreCauses remembers the causes from before a restart.
func (st *State) restoreCauses(p *Policy, saved []Cause, now time.Time) error {
	for _, s := range saved {
		p.retype(s.Event)
		_, print, _ := strings.Cut(s.Key, "\x00")
		fp, err := parsePrint(print)
		if err != nil {
			return fmt.Errorf("read cause %q: %w", s.Key, err)
		}
		for _, inh := range p.Inhibitions { // no longer than it was meant to, whatever the clock did since
			if latest := now.Add(inh.Within); inh.Name == s.Inhibition && s.Until.After(latest) {
				s.Until = latest
			}
		}
		c := &cause{Cause: s, fp: fp, end: s.Until.Sub(now)}
		st.inhibitors[s.Inhibition] = append(st.inhibitors[s.Inhibition], c)
		st.push(c.end, c)
	}
	return nil
}

func (c *cause) when() (instant, bool) { return c.end, true }

// elapse forgets a cause whose time is over.
func (c *cause) elapse(p *Policy, st *State, now time.Time, out *Effects) {
	if !slices.Contains(st.inhibitors[c.Inhibition], c) {
		return
	}
	st.dropCauses(out, func(other *cause) bool { return other == c })
	p.recheckInhibited(st, now, c.Inhibition, out)
}

// dropCauses forgets causes and returns their inhibitions.
func (st *State) dropCauses(out *Effects, which func(*cause) bool) (inhibitions []string) {
	for name, list := range st.inhibitors {
		if !slices.ContainsFunc(list, which) {
			continue
		}
		var left []*cause
		for _, c := range list {
			if which(c) {
				out.Uncaused = append(out.Uncaused, c.Key)
				out.Causes = slices.DeleteFunc(out.Causes, func(other Cause) bool { return other.Key == c.Key }) // of an earlier step of the batch
			} else {
				left = append(left, c)
			}
		}
		st.setCauses(name, list, left)
		inhibitions = append(inhibitions, name)
	}
	slices.Sort(inhibitions)
	return inhibitions
}

// inhibited reports whether a cause keeps the event from being told.
func (h *hearing) inhibited() bool {
	t := &h.effects
	if len(t.items) == 0 {
		return false
	}
	if len(h.st.inhibitors) > 0 {
		found := t.find(h.e, h.st.room[:0])
		h.st.room = found[:0]
		for _, i := range found {
			if c := h.causeOf(t.items[i]); c != nil {
				h.decide(Decision{
					Stage: StageInhibit, Outcome: Suppressed, Reason: ReasonInhibited, Place: t.items[i].Place, Name: t.items[i].Name,
					Until: c.Until, Detail: c.Event.Type + " on " + c.Event.Host,
				})
				h.holdBack(t.items[i].Name, c.Until)
				return true
			}
		}
	}
	if h.out.Explain {
		h.decide(Decision{Stage: StageInhibit, Outcome: Passed, Reason: ReasonNoCause, Count: len(t.items)})
	}
	return false
}

// causeOf returns the cause by which an inhibition keeps the event back.
func (h *hearing) causeOf(inh *Inhibition) *cause {
	for _, c := range h.st.inhibitors[inh.Name] {
		if c.fp == h.key || !h.at.Before(c.Until) || h.at.Before(c.Event.Time.Add(-inh.Within)) {
			continue
		}
		ok, err := inh.Effect.MatchCause(h.e, c.Event)
		if err != nil {
			h.decide(Decision{Stage: StageInhibit, Outcome: Passed, Reason: ReasonFault, Place: inh.EffectPlace, Detail: err.Error(), Name: inh.Name})
			continue
		}
		if ok {
			return c
		}
	}
	return nil
}
