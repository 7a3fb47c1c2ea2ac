package ruletest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// story is one test under way.
type story struct {
	config *rules.Config
	test   *rules.Test
	world  *World
	ears   map[string]*ear // of the channels that something is expected of
	sent   int
	result Result
}

// run walks along one line of time: what is due first, then events, then
// expectations.
func (s *story) run() {
	queue := newQueue(s.test.Sends)
	expects := slices.Clone(s.test.Expects)
	slices.SortStableFunc(expects, func(a, b rules.Expect) int { return cmp.Compare(a.At, b.At) })
	for i := range expects {
		e := &expects[i]
		for queue.before(e.At) {
			at, send := queue.next()
			s.world.Until(s.test.Start.Add(at))
			in := send.Incoming
			s.sent++
			in.ID = fmt.Sprintf("event-%d", s.sent)
			s.world.Arrive(in)
		}
		s.world.Until(s.test.Start.Add(e.At))
		s.look(e)
	}
}

func (s *story) hear(channel string, m event.Message) {
	if e := s.ears[channel]; e != nil {
		e.hear(s.world.Now, m)
	}
}

// decided follows a decision for the channel that it is about, or for all.
func (s *story) decided(d *engine.Decision) {
	if d.Channel != "" {
		if e := s.ears[d.Channel]; e != nil {
			e.trail.add(d)
		}
		return
	}
	for _, e := range s.ears {
		e.trail.add(d)
	}
}

// look holds what a channel told since its last expectation against this one.
func (s *story) look(e *rules.Expect) {
	heard := s.ears[e.Channel]
	s.ears[e.Channel] = &ear{}
	f := Failure{Place: e.Place, Channel: e.Channel, At: s.world.Now, Told: heard.told, Total: len(heard.types)}
	if !e.AnyTypes {
		f.Want = slices.Concat([]string{}, e.Types) // not nil: nothing is something to expect
		if !slices.Equal(heard.types, e.Types) {
			f.Why = fmt.Sprintf("channel %s: expected %s; told %s", e.Channel, listed(e.Types), listed(heard.types))
			f.Types = diff(e.Types, heard.types)
		}
	}
	if f.Why == "" { // else the last message is not the one that was meant
		f.Why, f.Last = heard.lacks(e)
	}
	if f.Why == "" {
		return
	}
	if ch := s.config.Channels[e.Channel]; ch != nil && !ch.Enabled && len(heard.types) == 0 {
		f.Why += fmt.Sprintf("; it is switched off (%s)", ch.Place)
	}
	f.Led = heard.trail.words()
	s.result.Failures = append(s.result.Failures, f)
}

// lacks says which of the texts expected is not in the last message.
func (h *ear) lacks(e *rules.Expect) (why, last string) {
	for _, want := range e.Contains {
		if len(h.types) == 0 {
			return fmt.Sprintf("channel %s: expected a message that contains %q; told nothing", e.Channel, want), ""
		}
		if last := h.last.Plain(); !strings.Contains(last, want) {
			return fmt.Sprintf("channel %s: the last message does not contain %q", e.Channel, want), last
		}
	}
	return "", ""
}

// maxListed is how many types a sentence names.
const maxListed = 4

// listed puts types into a sentence.
func listed(types []string) string {
	switch n := len(types); {
	case n == 0:
		return "nothing"
	case n <= maxListed:
		return strings.Join(types, ", ")
	default:
		return fmt.Sprintf("%d messages", n)
	}
}
