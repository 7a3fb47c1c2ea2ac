package ruletest

import (
	"slices"
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
	Want    []string  // the types expected; nil: the block says nothing about them
	Types   []Line    // the types expected and told, where they differ
	Last    string    // the last message, when a text was not found in it
	Told    []Message // by the channel since its last expect, the first ones
	Total   int       // messages told since then
	Led     []string  // decisions that led there, in words, the first ones
}

// Message is a message that a channel told.
type Message struct {
	At       time.Time
	Type     string
	Severity event.Severity
	Title    string
}

// Run tells a test's story and looks at its expectations. It is the same each
// time: nothing in it depends on the clock or on chance.
func Run(c *rules.Config, t *rules.Test) Result {
	policy := *c.Policy
	policy.Enabled = true // a configuration can be tested before it is switched on
	policy.Channels = slices.Concat(policy.Channels, t.Channels)
	policy.Index()
	return tell(c, t, &policy)
}

func tell(c *rules.Config, t *rules.Test, policy *engine.Policy) Result {
	s := &story{
		config: c, test: t, world: NewWorld(policy, c.Templates, t.Start), ears: make(map[string]*ear, len(t.Expects)),
		result: Result{Name: t.Name, Place: t.Place},
	}
	for i := range t.Expects {
		s.ears[t.Expects[i].Channel] = &ear{}
	}
	s.world.Told, s.world.Decided = s.hear, s.decided
	s.run()
	s.result.Virtual = s.world.Now.Sub(t.Start)
	return s.result
}
