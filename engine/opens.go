package engine

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tocsin/engine/event"
)

// addOpen remembers an event as open.
func (st *State) addOpen(o *openEvent) {
	if len(st.open) >= maxOpen {
		st.forgetOpen()
	}
	st.open[o.key] = o
	o.copied = st.batch + 1 // its undo is to forget it
	st.touchOpen(o)
	st.note(func(st *State) {
		delete(st.open, o.key)
		delete(st.silenced, o.key)
		st.reopened = slices.DeleteFunc(st.reopened, func(other *openEvent) bool { return other == o })
	})
}

// forgetOpen makes room: of a few, the oldest that waits for nothing goes, and
// stays in the store until it is too old.
func (st *State) forgetOpen() {
	var oldest *openEvent
	seen := 0
	for _, o := range st.open {
		if seen++; seen > 16 {
			break
		}
		if oldest == nil || (o.Held == nil) == (oldest.Held == nil) && o.at < oldest.at || o.Held == nil && oldest.Held != nil {
			oldest = o
		}
	}
	st.dropOpen(oldest)
}

func (st *State) dropOpen(o *openEvent) {
	st.changeOpen(o)
	delete(st.open, o.key)
	delete(st.silenced, o.key)
}

// endOpen forgets an event that is open no more.
func (st *State) endOpen(o *openEvent, out *Effects) {
	st.dropOpen(o)
	out.Ended = append(out.Ended, o.key.String())
}

// changeOpen is called before every change of an open event: it copies it for
// an undo, once a batch, and lists it for the next Flush.
func (st *State) changeOpen(o *openEvent) {
	st.touchOpen(o)
	if o.copied == st.batch+1 {
		return
	}
	o.copied = st.batch + 1
	old := *o
	st.note(func(st *State) {
		dirty := o.dirty
		*o = old
		o.dirty = dirty
		st.open[o.key] = o
		if o.Held != nil {
			st.silenced[o.key] = o
		} else {
			delete(st.silenced, o.key)
		}
		st.push(o.next, o)
	})
}

func (st *State) touchOpen(o *openEvent) {
	if !o.dirty {
		o.dirty = true
		st.reopened = append(st.reopened, o)
	}
}

// holdOpen notes that something holds an open event back; unhold, that nothing
// does any more.
func (st *State) holdOpen(o *openEvent) { st.silenced[o.key] = o }

func (st *State) unhold(o *openEvent) {
	if o.Held == nil {
		return
	}
	st.changeOpen(o)
	o.Held = nil
	delete(st.silenced, o.key)
}

// scheduleOpen works out when an open event must be looked at.
func (st *State) scheduleOpen(o *openEvent, now time.Time) {
	if st.open[o.key] != o {
		return
	}
	at := st.instant(now)
	next := o.at + openFor
	if o.Held != nil && !o.Held.Until.IsZero() {
		next = min(next, at+min(o.Held.Until.Sub(now), openFor)) // a far end must not overflow
	}
	for _, r := range o.Reminders {
		next = min(next, at+min(r.Due.Sub(now), openFor))
	}
	if next != o.next {
		o.next = next
		st.push(next, o)
	}
}

// flushOpen adds to out every open event that changed since the last Flush.
func (st *State) flushOpen(out *Effects) error {
	for _, o := range st.reopened {
		o.dirty = false
		if st.open[o.key] != o {
			continue
		}
		saved, err := o.save()
		if err != nil {
			return err
		}
		out.Opened = append(out.Opened, saved)
	}
	flushed := st.reopened
	st.reopened = nil
	st.note(func(st *State) {
		for _, o := range flushed {
			st.touchOpen(o)
		}
	})
	return nil
}

// restoreOpen remembers what was open before a restart.
func (st *State) restoreOpen(p *Policy, saved Open, now time.Time) error {
	o := &openEvent{event: saved.Event}
	if err := json.Unmarshal(saved.State, &o.openFigures); err != nil {
		return fmt.Errorf("read open event %q: %w", saved.Key, err)
	}
	key, err := parsePrint(saved.Key)
	if err != nil {
		return fmt.Errorf("read open event %q: %w", saved.Key, err)
	}
	o.key = key
	// A clock that is wrong at start must not make it forget at once.
	age := min(max(now.Sub(o.Since), 0), openFor-time.Hour)
	if len(st.open) >= maxOpen {
		return nil
	}
	o.clampReminders(p, now)
	p.retype(o.event)
	o.at = -age
	o.next = -1 << 62 // so that it is scheduled
	st.open[o.key] = o
	if o.Held != nil {
		o.Held = &holding{o.Held.Inhibition, now} // the configuration may be another: it is looked at again
		st.silenced[o.key] = o
	}
	st.scheduleOpen(o, now)
	return nil
}

// clampReminders makes no reminder wait longer than its rule says, whatever the
// clock did since.
func (o *openEvent) clampReminders(p *Policy, now time.Time) {
	for i := range o.Reminders {
		r := &o.Reminders[i]
		n := slices.IndexFunc(p.reminding.items, func(rule *Rule) bool { return rule.Name == r.Rule })
		if n < 0 {
			continue
		}
		if latest := now.Add(max(p.reminding.items[n].After, p.reminding.items[n].Every)); r.Due.After(latest) {
			r.Due = latest
		}
	}
}

// restoreOpens remembers everything that was open, and what it inhibits.
func (st *State) restoreOpens(p *Policy, saved Saved, now time.Time) error {
	for _, o := range saved.Open[max(len(saved.Open)-maxOpen, 0):] { // the newest
		if err := st.restoreOpen(p, o, now); err != nil {
			return err
		}
	}
	return st.restoreCauses(p, saved.Causes, now)
}

// parsePrint reads a fingerprint that was kept as text.
func parsePrint(text string) (event.Fingerprint, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(event.Fingerprint{}) {
		return event.Fingerprint{}, fmt.Errorf("%q is no fingerprint", text)
	}
	return event.Fingerprint(b), nil
}
