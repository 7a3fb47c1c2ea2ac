package journal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/sources/pattern"
)

// Matcher finds the rules that an entry fits. It is for one goroutine.
type Matcher struct {
	rules       []*Rule
	identifiers map[string]*pattern.Set
	units       map[string]*pattern.Set
	entry       *entry
	found       []int32
}

// NewMatcher returns a matcher for rules, which it does not change.
func NewMatcher(rules []*Rule) *Matcher {
	m := &Matcher{
		rules: rules, identifiers: map[string]*pattern.Set{}, units: map[string]*pattern.Set{},
		entry: &entry{others: map[string][]byte{}, wanted: map[string]bool{}},
	}
	for _, a := range attributes() {
		m.entry.wanted[a.field] = true
	}
	byName := func(names func(*Rule) []string, into map[string]*pattern.Set) {
		lists := map[string][]int32{}
		for i, r := range rules {
			for _, name := range names(r) {
				lists[name] = append(lists[name], int32(i))
			}
		}
		for name, list := range lists {
			into[name] = pattern.NewSet(list, func(i int32) *pattern.Pattern { return rules[i].Pattern })
		}
	}
	byName(func(r *Rule) []string { return r.Identifiers }, m.identifiers)
	byName(func(r *Rule) []string {
		if len(r.Identifiers) > 0 {
			return nil
		}
		return r.Units
	}, m.units)
	for _, r := range rules {
		for _, name := range r.Fields {
			m.entry.wanted[name] = true
			m.entry.asked = append(m.entry.asked, name)
		}
	}
	slices.Sort(m.entry.asked)
	m.entry.asked = slices.Compact(m.entry.asked)
	return m
}

// Fields lists the fields of the journal that the matcher reads: what an entry
// has besides need not be written.
func (m *Matcher) Fields() []string {
	names := slices.Sorted(maps.Keys(m.entry.wanted))
	return slices.DeleteFunc(names, func(name string) bool { return name == "" || strings.HasPrefix(name, "__") }) // these always come
}

// Match returns the events that a line of journalctl's JSON makes, in the order of
// the rules, and the cursor of its entry. An error says that it is no entry.
// Faults of conditions come with no event.
func (m *Matcher) Match(line []byte) (matches []pattern.Match, faults []pattern.Fault, err error) {
	e := m.entry
	if err := e.read(line); err != nil {
		return nil, nil, fmt.Errorf("read an entry: %w", err)
	}
	for _, i := range m.candidates() {
		r := m.rules[i]
		match, ok, fault := m.try(r)
		if fault != nil {
			faults = append(faults, pattern.Fault{Rule: &r.Rule, Part: "when", Err: fault})
		}
		if ok {
			matches = append(matches, match)
			faults = append(faults, match.Faults...)
		}
	}
	return matches, faults, nil
}

// Cursor returns the cursor of the line that was matched last.
func (m *Matcher) Cursor() string { return string(simple(m.entry.raw[rawCursor])) }

// candidates returns the rules that could fit, in their order, each once.
func (m *Matcher) candidates() []int32 {
	e := m.entry
	m.found = m.found[:0]
	looked := false
	look := func(b *pattern.Set) {
		if b == nil || looked && len(e.text) == 0 {
			return
		}
		if !looked {
			looked = true
			if e.own() || len(e.body()) == 0 {
				e.text = e.text[:0]
				return
			}
		}
		m.found = b.Find(m.found, e.text)
	}
	if e.raw[rawIdentifier] != nil {
		look(m.identifiers[string(simple(e.raw[rawIdentifier]))])
	} else if string(simple(e.raw[rawTransport])) == "kernel" {
		look(m.identifiers["kernel"])
	}
	if len(m.units) > 0 {
		unit := simple(e.raw[rawUnit])
		look(m.units[string(unit)])
		if all := template(unit); all != "" && all != string(unit) {
			look(m.units[all])
		}
	}
	m.found = pattern.Order(m.found)
	return m.found
}

// try holds an entry against one rule: first what costs least.
func (m *Matcher) try(r *Rule) (match pattern.Match, ok bool, fault error) {
	if !m.isFor(r) {
		return match, false, nil
	}
	e := m.entry
	return r.Try(&pattern.Subject{
		Source: "journal", Root: "entry", Text: e.shown(), Values: e.all,
		Time: func(map[string]any) (time.Time, error) { return e.at(), nil },
	})
}

// isFor reports whether an entry was written by whom a rule is for.
func (m *Matcher) isFor(r *Rule) bool {
	e := m.entry
	if len(r.Transports) > 0 && !slices.Contains(r.Transports, string(simple(e.raw[rawTransport]))) {
		return false
	}
	if len(r.Users) > 0 && !e.writtenBy(r.Users) {
		return false
	}
	if len(r.Units) > 0 {
		unit := simple(e.raw[rawUnit])
		if !slices.Contains(r.Units, string(unit)) && !slices.Contains(r.Units, template(unit)) {
			return false
		}
	}
	return e.priority() <= r.Urgency
}
