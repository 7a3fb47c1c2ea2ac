package ruletest

import (
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/templates"
)

// World is a judge with everything that it needs, on virtual time.
type World struct {
	Policy *engine.Policy // indexed
	Set    *templates.Set
	Now    time.Time
	// Told receives every message that is delivered, and Decided every decision,
	// which it may keep by value. Either may be nil.
	Told    func(channel string, m event.Message)
	Decided func(d *engine.Decision)

	state   *engine.State
	effects engine.Effects
	buffers map[bufferKey]*buffer
	raised  int
}

// NewWorld returns a world in which nothing has happened yet at now.
func NewWorld(p *engine.Policy, set *templates.Set, now time.Time) *World {
	st, err := engine.NewState(p, engine.Saved{}, now)
	if err != nil {
		panic(fmt.Sprintf("ruletest: %v", err)) // an empty memory always reads
	}
	return &World{Policy: p, Set: set, Now: now, state: st, buffers: map[bufferKey]*buffer{}}
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

// step judges one input and does what follows, at once. That a delivery
// succeeded is not told to the judge: only after failures would it be news.
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
	for i := range w.effects.Decisions {
		w.decided(&w.effects.Decisions[i])
	}
	for i := range w.effects.Sends {
		w.tell(w.effects.Sends[i].Channel, w.render(&w.effects.Sends[i].Notification))
	}
	w.keep()
}

// keep puts what is held into its buffers and tells those whose moment has come.
func (w *World) keep() {
	kept := 0
	hold := func(until int) {
		for ; kept < until; kept++ {
			h := &w.effects.Holds[kept]
			w.bufferOf(bufferKey{h.Channel, h.Buffer}).add(w.render(&h.Notification))
		}
	}
	for i := range w.effects.Gathers {
		hold(w.effects.Gathers[i].Holds)
		w.gather(&w.effects.Gathers[i])
	}
	hold(len(w.effects.Holds))
}

func (w *World) bufferOf(key bufferKey) *buffer {
	b, ok := w.buffers[key]
	if !ok {
		b = &buffer{}
		w.buffers[key] = b
	}
	return b
}

// gather tells what is in a buffer and empties it.
func (w *World) gather(g *engine.Gather) {
	key := bufferKey{g.Channel, g.Buffer}
	b, ok := w.buffers[key]
	if !ok {
		return
	}
	delete(w.buffers, key)
	group := templates.Group{
		ID: g.ID, Buffer: g.Buffer, Channel: g.Channel, Host: w.Policy.Host, Now: w.Now, Late: g.Late, Early: g.Early,
	}
	b.fill(&group)
	for _, part := range w.Set.Group(group) {
		w.tell(g.Channel, part.Message)
	}
}

// render makes the message. A template that fails leaves a decision, as in
// production.
func (w *World) render(n *event.Notification) event.Message {
	m, faults := w.Set.Render(n)
	for _, f := range faults {
		w.decided(&engine.Decision{
			Time: w.Now, EventID: m.EventID, Type: m.Type, Stage: engine.StageRender, Outcome: engine.Changed,
			Reason: engine.ReasonTemplate, Detail: f.Part + ": " + f.Reason,
		})
	}
	return m
}

func (w *World) tell(channel string, m event.Message) {
	if w.Told != nil {
		w.Told(channel, m)
	}
}

func (w *World) decided(d *engine.Decision) {
	if w.Decided != nil {
		w.Decided(d)
	}
}
