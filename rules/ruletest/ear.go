package ruletest

import (
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Bounds of what a failure shows, and of what is remembered for it.
const (
	maxTold  = 20  // messages
	maxLed   = 15  // decisions that are shown
	maxTrail = 500 // different decisions between two expectations
)

// ear is what was heard of one channel since its last expectation. A flood costs
// it a word a message.
type ear struct {
	types []string
	told  []Message     // the first ones
	last  event.Message // to look for texts in
	trail trail
}

func (h *ear) hear(now time.Time, m event.Message) {
	h.types = append(h.types, m.Type)
	if len(h.told) < maxTold {
		h.told = append(h.told, Message{now, m.Type, m.Severity, m.Title})
	}
	h.last = m
}

// trail is a row of decisions. The same one, made again and again, is one step
// with a count.
type trail struct {
	steps []step
	index map[stepKey]int
	more  int // steps that found no room
}

type step struct {
	decision engine.Decision // the first
	count    int
	last     time.Time
}

type stepKey struct {
	typ, place string
	stage      engine.Stage
	reason     engine.Reason
}

func (t *trail) add(d *engine.Decision) {
	key := stepKey{d.Type, d.Place, d.Stage, d.Reason}
	if i, ok := t.index[key]; ok {
		t.steps[i].count++
		t.steps[i].last = d.Time
		return
	}
	if len(t.steps) >= maxTrail {
		t.more++
		return
	}
	if t.index == nil {
		t.index = map[stepKey]int{}
	}
	t.index[key] = len(t.steps)
	t.steps = append(t.steps, step{*d, 1, d.Time})
}

// words puts the trail into lines: when, what, the stage, the reason with the
// values compared, how often, and the place of the block that decided.
func (t *trail) words() []string {
	shown := t.steps[:min(len(t.steps), maxLed)]
	lines := make([]string, 0, len(shown)+1)
	for i := range shown {
		lines = append(lines, shown[i].words())
	}
	if left := len(t.steps) - len(shown) + t.more; left > 0 {
		lines = append(lines, fmt.Sprintf("… %d more", left))
	}
	return lines
}

func (s *step) words() string {
	d := &s.decision
	line := fmt.Sprintf("%s %s, %s: %s", stamp(d.Time), d.Type, d.Stage, d.Words())
	if s.count > 1 {
		line += fmt.Sprintf(" ×%d until %s", s.count, stamp(s.last))
	}
	if d.Place != "" {
		line += " (" + d.Place + ")"
	}
	return line
}

// stamp is a moment of a story, short.
func stamp(t time.Time) string { return t.Format("Mon 15:04:05") }
