package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Bounds of what is open.
const (
	openFor  = 7 * 24 * time.Hour // after that nothing is expected to resolve an event
	maxOpen  = 20_000             // over it the oldest of a few is forgotten
	maxTaken = 16                 // stamps remembered of one open event
)

// openEvent is an event whose type another one resolves, until that one comes.
type openEvent struct {
	openFigures
	key    event.Fingerprint
	event  *event.Event // the latest that was let through the rules
	at     instant      // when the first was accepted
	next   instant      // when it must be looked at
	dirty  bool         // stands in State.reopened
	copied int          // batch of the last copy for an undo
}

// openFigures are the part of an open event that is kept over a restart beside
// the event itself. Slices in it are replaced, not changed.
type openFigures struct {
	Since     time.Time           `json:"since"`
	Rules     ruling              `json:"rules"`
	Print     event.Fingerprint   `json:"print"`           // of dedup and cooldown
	Taken     []event.Fingerprint `json:"taken,omitempty"` // stamps that its resolution clears
	Heard     []string            `json:"heard,omitempty"` // channels that were told, or will be
	Held      *holding            `json:"held,omitempty"`  // what keeps it from being told
	Reminders []reminder          `json:"reminders,omitempty"`
}

// holding says what holds an open event back.
type holding struct {
	Inhibition string    `json:"inhibition,omitempty"` // empty: a silence
	Until      time.Time `json:"until"`                // zero: no end is known
}

// reminder is a rule that tells an open event again.
type reminder struct {
	Rule string    `json:"rule"`
	Due  time.Time `json:"due"`
}

// reopen remembers the event as open, if its type is one that is resolved. A
// repeat of what is open already only renews what is known of it.
func (h *hearing) reopen() {
	if !h.resolvable[h.e.Type] {
		return
	}
	o, ok := h.st.open[h.key]
	if !ok {
		o = &openEvent{key: h.key, event: h.e, at: h.st.instant(h.now), openFigures: openFigures{Since: h.now}}
		o.Reminders = h.reminders()
		h.st.addOpen(o)
	}
	h.open = o
	if ok && o.Held == nil && h.e.Severity <= o.event.Severity {
		return // nothing new: a repeat costs nothing
	}
	h.st.changeOpen(o)
	if ok && h.e.Severity > o.event.Severity {
		o.remindToo(h.reminders())
	}
	o.event, o.Rules, o.Print = h.e, h.rules, h.fp
	h.st.scheduleOpen(o, h.now)
}

// remindToo adds reminders whose rules did not match before.
func (o *openEvent) remindToo(list []reminder) {
	for _, r := range list {
		if !slices.ContainsFunc(o.Reminders, func(old reminder) bool { return old.Rule == r.Rule }) {
			o.Reminders = append(slices.Clip(o.Reminders), r)
		}
	}
}

// reminders lists the rules that will tell the event again while it is open.
func (h *hearing) reminders() []reminder {
	t := &h.reminding
	if len(t.items) == 0 {
		return nil
	}
	found := t.find(h.e, h.st.room[:0])
	h.st.room = found[:0]
	var list []reminder
	for _, i := range found {
		rule := t.items[i]
		if !h.holds(&rule.Condition, StageOpen, rule.Name, rule.Place) {
			continue
		}
		due := h.now.Add(rule.After)
		list = append(list, reminder{rule.Name, due})
		if h.out.Explain {
			h.decide(Decision{Stage: StageOpen, Outcome: Passed, Reason: ReasonReminder, Place: rule.Place, Name: rule.Name, Limit: rule.After, Until: due})
		}
	}
	return list
}

// heard notes the channels that the event goes to, for what resolves it.
func (h *hearing) heard(to []*Channel) {
	o := h.open
	if o == nil {
		return
	}
	h.st.changeOpen(o)
	o.hear(to)
	if !slices.Contains(o.Taken, h.fp) && len(o.Taken) < maxTaken {
		o.Taken = append(slices.Clip(o.Taken), h.fp)
	}
}

// hear notes channels that are told of the event.
func (o *openEvent) hear(to []*Channel) {
	for _, ch := range to {
		if !slices.Contains(o.Heard, ch.Name) {
			o.Heard = append(slices.Clip(o.Heard), ch.Name)
		}
	}
}

// holdBack keeps an open event until what holds it back ends.
func (h *hearing) holdBack(inhibition string, until time.Time) {
	o := h.open
	if o == nil {
		return
	}
	h.st.changeOpen(o)
	if o.event.ID != h.e.ID { // the one that was held is told at the end
		o.event, o.Rules, o.Print = h.e, h.rules, h.fp
	}
	o.Held = &holding{inhibition, until}
	h.st.holdOpen(o)
	h.st.scheduleOpen(o, h.now)
}

// elapse tells what was held back, reminds, and forgets what is too old.
func (o *openEvent) elapse(p *Policy, st *State, now time.Time, out *Effects) {
	if st.open[o.key] != o {
		return
	}
	if st.instant(now) >= o.at+openFor {
		if o.Held != nil {
			out.decide(now, o.event, Decision{Stage: StageOpen, Outcome: Suppressed, Reason: ReasonExpired, Fingerprint: o.key, Limit: openFor})
		}
		st.endOpen(o, out)
		return
	}
	st.changeOpen(o)
	if o.Held != nil && !o.Held.Until.IsZero() && !now.Before(o.Held.Until) {
		p.recheck(st, now, o, out)
	}
	for i := 0; i < len(o.Reminders); {
		if o.Reminders[i].Due.After(now) {
			i++
			continue
		}
		due, again := p.remind(st, now, o, o.Reminders[i], out)
		next := slices.Clone(o.Reminders)
		if next[i].Due = due; !again {
			next = slices.Delete(next, i, i+1)
		} else {
			i++
		}
		o.Reminders = next
	}
	st.scheduleOpen(o, now)
}

// recheck takes an event that was held back through the stages again, from the
// silences on, as of now.
func (p *Policy) recheck(st *State, now time.Time, o *openEvent, out *Effects) {
	st.unhold(o)
	e := *o.event
	h := &hearing{
		Policy: p, st: st, now: now, at: now, out: out, e: &e, t: p.TypeOf(e.Type), fp: o.Print, key: o.key, open: o, rules: o.Rules,
	}
	if !h.off() {
		h.proceed()
	}
}

// remind tells an event that is still open, unless it is silenced, and returns
// when to look again.
func (p *Policy) remind(st *State, now time.Time, o *openEvent, r reminder, out *Effects) (due time.Time, again bool) {
	i := slices.IndexFunc(p.reminding.items, func(rule *Rule) bool { return rule.Name == r.Rule })
	if i < 0 {
		return due, false // the rule is gone
	}
	rule := p.reminding.items[i]
	due, again = now.Add(rule.Every), rule.Every > 0
	e := *o.event
	h := &hearing{Policy: p, st: st, now: now, at: now, out: out, e: &e, t: p.TypeOf(e.Type), fp: o.Print, key: o.key}
	if h.off() {
		return due, again
	}
	if h.silenced() || h.inhibited() {
		return due, again
	}
	to := rule.Channels
	if len(to) == 0 {
		to = o.Heard
	}
	for _, name := range to {
		h.rules.Named = append(h.rules.Named, naming{name, rule.Name, rule.Place})
	}
	n := event.Notification{Event: &e, Key: o.key.String(), Open: st.instant(now) - o.at}
	h.decide(Decision{Stage: StageOpen, Outcome: Passed, Reason: ReasonReminded, Place: rule.Place, Name: rule.Name, Got: n.Open, Limit: rule.After})
	told := h.named()
	o.hear(told)
	for _, ch := range told {
		handing{
			Policy: p, st: st, now: now, out: out, fp: h.fp, ch: ch, n: n, place: rule.Place,
			toggle: h.switches(&e, h.t, ch), live: true,
		}.hand()
	}
	return due, again
}

// recheckSilenced looks again at everything that a silence or inhibition holds
// back: the policy may know it no more.
func (p *Policy) recheckSilenced(st *State, now time.Time, out *Effects) {
	p.recheckHeld(st, now, out, func(*holding) bool { return true })
}

// recheckInhibited looks again at what an inhibition holds back.
func (p *Policy) recheckInhibited(st *State, now time.Time, inhibition string, out *Effects) {
	p.recheckHeld(st, now, out, func(h *holding) bool { return h.Inhibition == inhibition })
}

func (p *Policy) recheckHeld(st *State, now time.Time, out *Effects, which func(*holding) bool) {
	var list []*openEvent
	for _, o := range st.silenced {
		if o.Held != nil && which(o.Held) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *openEvent) int { return a.event.Time.Compare(b.event.Time) })
	for _, o := range list {
		st.changeOpen(o)
		p.recheck(st, now, o, out)
		st.scheduleOpen(o, now)
	}
}

func (o *openEvent) when() (instant, bool) { return o.next, true }

func (o *openEvent) save() (Open, error) {
	state, err := json.Marshal(&o.openFigures)
	if err != nil {
		return Open{}, fmt.Errorf("write open event %s: %w", o.event.ID, err)
	}
	return Open{Key: o.key.String(), Event: o.event, Since: o.Since, State: state}, nil
}
