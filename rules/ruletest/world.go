package ruletest

import (
	"fmt"
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/templates"
)

// World is a judge with everything that it needs, on virtual time.
type World struct {
	Policy *engine.Policy
	Set    *templates.Set
	Now    time.Time
	// Told receives every message that is delivered, and Decided every decision.
	// Either may be nil.
	Told    func(channel string, m event.Message)
	Decided func(d *engine.Decision)

	state   *engine.State
	effects engine.Effects
	buffers map[engine.Emptied][]event.Message
	raised  int
}

// NewWorld returns a world in which nothing has happened yet at now.
func NewWorld(p *engine.Policy, set *templates.Set, now time.Time) *World {
	st, err := engine.NewState(p, engine.Saved{}, now)
	if err != nil {
		panic(fmt.Sprintf("ruletest: %v", err)) // an empty memory always reads
	}
	return &World{Policy: p, Set: set, Now: now, state: st, buffers: map[engine.Emptied][]event.Message{}}
}

// Until lets time pass and does everything that is due on the way.
func (w *World) Until(t time.Time) {
	for {
		next, ok := w.state.Next()
		if !ok || next.After(t) {
			break
		}
		w.Now = latest(w.Now, next)
		w.step(engine.Elapsed{})
	}
	w.Now = latest(w.Now, t)
}

// Arrive takes an event. It happens now unless it says when.
func (w *World) Arrive(in event.Incoming) {
	if in.Time.IsZero() {
		in.Time = w.Now
	}
	w.step(engine.Arrived{Event: &in})
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// step judges one input and does what follows, at once.
func (w *World) step(in engine.Input) {
	w.effects.Reset()
	w.Policy.Step(w.state, w.Now, in, &w.effects)
	for i := 0; i < len(w.effects.Raised); i++ {
		notice := w.effects.Raised[i]
		w.raised++
		notice.ID = fmt.Sprintf("notice-%d", w.raised)
		w.Policy.Step(w.state, w.Now, engine.Arrived{Event: &notice}, &w.effects)
	}
	w.state.Commit()
	if w.Decided != nil {
		for i := range w.effects.Decisions {
			w.Decided(&w.effects.Decisions[i])
		}
	}
	for i := range w.effects.Sends {
		w.tell(w.effects.Sends[i].Channel, w.render(&w.effects.Sends[i].Notification))
	}
	w.keep()
}

// keep puts what is held into its buffers and tells those whose moment has come.
func (w *World) keep() {
	held := 0
	hold := func(until int) {
		for ; held < until; held++ {
			h := &w.effects.Holds[held]
			key := engine.Emptied{Channel: h.Channel, Buffer: h.Buffer}
			w.buffers[key] = append(w.buffers[key], w.render(&h.Notification))
		}
	}
	for _, g := range w.effects.Gathers {
		hold(g.Holds)
		key := engine.Emptied{Channel: g.Channel, Buffer: g.Buffer}
		rows := w.buffers[key]
		delete(w.buffers, key)
		slices.SortStableFunc(rows, func(a, b event.Message) int { return a.Time.Compare(b.Time) })
		highest := event.Info
		for i := range rows {
			highest = max(highest, rows[i].Severity)
		}
		w.tell(g.Channel, w.Set.Group(templates.Group{
			ID: g.ID, Buffer: g.Buffer, Channel: g.Channel, Rows: rows, Total: len(rows), Highest: highest,
			Host: w.Policy.Host, Now: w.Now, Late: g.Late, Early: g.Early,
		}))
	}
	hold(len(w.effects.Holds))
}

func (w *World) render(n *event.Notification) event.Message {
	m, _ := w.Set.Render(n)
	return m
}

func (w *World) tell(channel string, m event.Message) {
	if w.Told != nil {
		w.Told(channel, m)
	}
}
