package ruletest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// Result is what came of one test.
type Result struct {
	Name     string
	Place    string // file:line of the block
	Failures []Failure
	Virtual  time.Duration // of the story
}

// Passed reports whether everything was as expected.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// Failure is an expectation that did not come true.
type Failure struct {
	Place   string // file:line of the expect block
	Channel string
	At      time.Time // when it was looked at
	Why     string    // one sentence
	Types   []Line    // the types expected and told, where they differ
	Last    string    // the last message, when a text was not found in it
	Told    []Message // by the channel, since its last expect
	Led     []string  // decisions that led there, in words, the first ones
}

// Message is a message that a channel told.
type Message struct {
	At       time.Time
	Type     string
	Severity event.Severity
	Title    string
	text     string
}

// Run tells a test's story and looks at its expectations.
func Run(c *rules.Config, t *rules.Test) Result {
	policy := *c.Policy
	policy.Enabled = true // a configuration can be tested before it is switched on
	policy.Channels = slices.Concat(policy.Channels, t.Channels)
	policy.Index()
	s := &story{
		test: t, world: NewWorld(&policy, c.Templates, t.Start), told: map[string][]Message{},
		result: Result{Name: t.Name, Place: t.Place},
	}
	s.world.Told, s.world.Decided = s.note, s.decided
	s.run()
	s.result.Virtual = s.world.Now.Sub(t.Start)
	return s.result
}

// story is one test under way.
type story struct {
	test   *rules.Test
	world  *World
	told   map[string][]Message // by channel, since its last expect
	led    []decision           // since the last expect
	sent   int
	result Result
}

func (s *story) note(channel string, m event.Message) {
	s.told[channel] = append(s.told[channel], Message{s.world.Now, m.Type, m.Severity, m.Title, m.Plain()})
}

// run walks along one line of time: what is due first, then events, then
// expectations.
func (s *story) run() {
	queue := newQueue(s.test.Sends)
	expects := slices.Clone(s.test.Expects)
	slices.SortStableFunc(expects, func(a, b rules.Expect) int { return int(a.At - b.At) })
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

// look holds what a channel told against an expectation.
func (s *story) look(e *rules.Expect) {
	told := s.told[e.Channel]
	s.told[e.Channel] = nil
	f := Failure{Place: e.Place, Channel: e.Channel, At: s.world.Now, Told: told}
	types := make([]string, len(told))
	for i, m := range told {
		types[i] = m.Type
	}
	if !e.AnyTypes && !slices.Equal(types, e.Types) {
		f.Why = fmt.Sprintf("channel %s was expected to tell %s, and told %s", e.Channel, count(e.Types), count(types))
		f.Types = diff(e.Types, types)
	}
	for _, want := range e.Contains {
		if f.Why != "" {
			break
		}
		if len(told) == 0 {
			f.Why = fmt.Sprintf("channel %s was expected to tell %q, and told nothing", e.Channel, want)
		} else if last := told[len(told)-1]; !strings.Contains(last.text, want) {
			f.Why, f.Last = fmt.Sprintf("the last message of channel %s does not contain %q", e.Channel, want), last.text
		}
	}
	if f.Why != "" {
		f.Led = s.words(e.Channel)
		s.result.Failures = append(s.result.Failures, f)
	}
	s.led = s.led[:0]
}

func count(types []string) string {
	switch len(types) {
	case 0:
		return "nothing"
	case 1:
		return types[0]
	}
	return fmt.Sprintf("%d messages", len(types))
}

// decision is one decision, with how often in a row it was made.
type decision struct {
	at     time.Time
	typ    string
	record event.Decision
	count  int
}

// Bounds of what a failure shows.
const (
	maxLed  = 15
	maxKept = 2000 // decisions remembered between two expectations
)

func (s *story) decided(d *engine.Decision) {
	r := d.Record()
	if n := len(s.led); n > 0 {
		last := &s.led[n-1]
		if last.record.Code == r.Code && last.typ == r.Type && last.record.Channel == r.Channel && last.record.Place == r.Place {
			last.count++
			return
		}
	}
	if len(s.led) < maxKept {
		s.led = append(s.led, decision{s.world.Now, r.Type, r, 1})
	}
}

// words puts the decisions that concern a channel into lines.
func (s *story) words(channel string) []string {
	var lines []string
	for _, d := range s.led {
		if d.record.Channel != "" && d.record.Channel != channel {
			continue
		}
		if len(lines) == maxLed {
			lines = append(lines, "…")
			break
		}
		line := fmt.Sprintf("%s %s: %s", d.at.Format("Mon 15:04:05"), d.typ, d.record.Reason)
		if d.count > 1 {
			line += fmt.Sprintf(" ×%d", d.count)
		}
		if d.record.Place != "" {
			line += " (" + d.record.Place + ")"
		}
		lines = append(lines, line)
	}
	return lines
}
