package journal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// Matcher finds the rules that an entry fits. It is for one goroutine.
type Matcher struct {
	rules       []*Rule
	identifiers map[string]*bucket
	units       map[string]*bucket
	entry       *entry
	found       []int32
}

// bucket holds the rules for one program or unit.
type bucket struct {
	literals *automaton // of those whose patterns need one
	always   []int32    // the others: they are tried for each entry
}

// Match is an event that an entry makes.
type Match struct {
	Rule   *Rule
	Event  event.Incoming
	Faults []Fault
}

// Fault is a condition or template that failed over an entry. The one counts as
// false, the other as nothing.
type Fault struct {
	Rule *Rule
	Part string // when, host, or data NAME
	Err  error
}

// NewMatcher returns a matcher for rules, which it does not change.
func NewMatcher(rules []*Rule) *Matcher {
	m := &Matcher{
		rules: rules, identifiers: map[string]*bucket{}, units: map[string]*bucket{},
		entry: &entry{others: map[string][]byte{}, wanted: map[string]bool{}},
	}
	for _, a := range attributes() {
		m.entry.wanted[a.field] = true
	}
	byName := func(names func(*Rule) []string, into map[string]*bucket) {
		lists := map[string][]int32{}
		for i, r := range rules {
			for _, name := range names(r) {
				lists[name] = append(lists[name], int32(i))
			}
		}
		for name, list := range lists {
			into[name] = m.newBucket(list)
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

func (m *Matcher) newBucket(list []int32) *bucket {
	b := new(bucket)
	var literals []string
	var owners []int32
	for _, i := range list {
		var set []string
		if p := m.rules[i].Pattern; p != nil {
			set = p.literals
		}
		if set == nil {
			b.always = append(b.always, i)
			continue
		}
		for _, text := range set {
			literals, owners = append(literals, text), append(owners, i)
		}
	}
	if len(literals) > 0 {
		b.literals = newAutomaton(literals, owners)
	}
	return b
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
func (m *Matcher) Match(line []byte) (matches []Match, faults []Fault, err error) {
	e := m.entry
	if err := e.read(line); err != nil {
		return nil, nil, fmt.Errorf("read an entry: %w", err)
	}
	for _, i := range m.candidates() {
		r := m.rules[i]
		match, ok, fault := m.try(r)
		if fault != nil {
			faults = append(faults, Fault{r, "when", fault})
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
	look := func(b *bucket) {
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
		m.found = append(m.found, b.always...)
		if b.literals != nil {
			m.found = b.literals.find(m.found, e.text)
		}
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
	if len(m.found) > 1 {
		slices.Sort(m.found)
		m.found = slices.Compact(m.found)
	}
	return m.found
}

// try holds an entry against one rule: first what costs least.
func (m *Matcher) try(r *Rule) (match Match, ok bool, fault error) {
	e := m.entry
	if !m.isFor(r) {
		return match, false, nil
	}
	groups := map[string]any{}
	if r.Pattern != nil {
		text := e.shown()
		at := r.Pattern.re.FindStringSubmatchIndex(text)
		if at == nil {
			return match, false, nil
		}
		for i, name := range r.Pattern.re.SubexpNames() {
			if name != "" && at[2*i] >= 0 {
				groups[name] = typed(text[at[2*i]:at[2*i+1]], r.Types[name])
			}
		}
	}
	if r.When != nil {
		holds, err := r.When(m.values(groups))
		if err != nil || !holds {
			return match, false, err
		}
	}
	return m.event(r, groups), true, nil
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

// typed returns a group's text as what its field takes; what does not read as
// that stays text.
func typed(value string, t event.FieldType) any {
	if t == "" {
		return value
	}
	v, _ := event.Coerce(value, t)
	return v
}

// values are what a condition reads, by full names.
func (m *Matcher) values(groups map[string]any) map[string]any {
	values := make(map[string]any, len(groups)+16)
	for name, v := range groups {
		values["match."+name] = v
	}
	for name, v := range m.entry.all() {
		values["entry."+name] = v
	}
	return values
}

// event makes the event.
func (m *Matcher) event(r *Rule, groups map[string]any) Match {
	e := m.entry
	match := Match{Rule: r, Event: event.Incoming{
		Type: r.Event, Severity: r.Severity, Source: "journal", Time: e.at(), Data: make(map[string]any, len(groups)+len(r.Data)),
	}}
	for name, v := range groups {
		if name[0] != Helper {
			match.Event.Data[name] = v
		}
	}
	if len(r.Data) == 0 && r.Host == nil {
		return match
	}
	view := map[string]any{"match": groups, "entry": e.all(), "time": e.at()}
	render := func(part string, t Template) (string, bool) {
		out, err := t(view)
		if err != nil {
			match.Faults = append(match.Faults, Fault{r, part, err})
		}
		return out, err == nil
	}
	if r.Host != nil {
		match.Event.Host, _ = render("host", r.Host)
	}
	for _, d := range r.Data {
		switch out, ok := render("data "+d.Name, d.Text); {
		case !ok:
		case out == "":
			delete(match.Event.Data, d.Name)
		default:
			match.Event.Data[d.Name] = typed(out, d.Type)
		}
	}
	return match
}
