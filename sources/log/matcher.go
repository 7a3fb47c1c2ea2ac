package log

import (
	"time"

	"tocsin/engine/event"
	"tocsin/sources/pattern"
)

// Matcher finds the rules over one file that a line fits. It is for one goroutine.
type Matcher struct {
	path  string
	rules []*Rule
	set   *pattern.Set
	found []int32
}

// NewMatcher returns a matcher for the rules over a file, which it does not change.
func NewMatcher(path string, rules []*Rule) *Matcher {
	m := &Matcher{path: path}
	var list []int32
	for _, r := range rules {
		if r.Path == path {
			list, m.rules = append(list, int32(len(m.rules))), append(m.rules, r)
		}
	}
	m.set = pattern.NewSet(list, func(i int32) *pattern.Pattern { return m.rules[i].Pattern })
	return m
}

// Match returns the events that a line makes which was read at that time, in the
// order of the rules. Faults of conditions come with no event.
func (m *Matcher) Match(line []byte, read time.Time) (matches []pattern.Match, faults []pattern.Fault) {
	m.found = pattern.Order(m.set.Find(m.found[:0], line))
	if len(m.found) == 0 {
		return nil, nil
	}
	text := event.Clean(string(pattern.Bare(line)))
	for _, i := range m.found {
		r := m.rules[i]
		match, ok, fault := r.Try(&pattern.Subject{
			Source: "log", Root: "line", Text: text,
			Values: func() map[string]any { return map[string]any{"text": text, "path": m.path} },
			Time:   func(groups map[string]any) (time.Time, error) { return r.stamped(groups, read) },
		})
		if fault != nil {
			faults = append(faults, pattern.Fault{Rule: &r.Rule, Part: "when", Err: fault})
		}
		if ok {
			matches, faults = append(matches, match), append(faults, match.Faults...)
		}
	}
	return matches, faults
}
