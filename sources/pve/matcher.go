package pve

import (
	"slices"
	"strings"

	"tocsin/engine/event"
)

// Matcher makes events of notifications by rules. The first one that fits counts.
type Matcher struct {
	rules map[string][]*Rule // by the type of the notification
	rest  []*Rule            // of a type that no rule names
	names map[string]event.FieldType
}

// NewMatcher returns a matcher for rules, which it does not change. They are asked in
// their order, those that are to be first before the others.
func NewMatcher(rules []*Rule) *Matcher {
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b *Rule) int { return rank(a) - rank(b) })
	m := &Matcher{rules: map[string][]*Rule{}, names: Names()}
	for _, r := range rules {
		for _, typ := range r.Notifications {
			m.rules[typ] = nil
		}
	}
	for _, r := range rules {
		if len(r.Notifications) > 0 {
			for _, typ := range r.Notifications {
				m.rules[typ] = append(m.rules[typ], r)
			}
			continue
		}
		for typ := range m.rules {
			m.rules[typ] = append(m.rules[typ], r)
		}
		m.rest = append(m.rest, r)
	}
	return m
}

func rank(r *Rule) int {
	if r.First {
		return 0
	}
	return 1
}

// Decoded is the event that a notification becomes, and how.
type Decoded struct {
	Event  event.Incoming
	Rule   *Rule // nil: none fits, and it is told as custom
	Faults []Fault
}

// Fault is a condition or template that failed over a notification. The one counts as
// false, the other as nothing.
type Fault struct {
	Rule *Rule
	Part string // when, or data NAME
	Err  error
}

// Decode reads the body of a notification and returns its event. The error is a
// *BadBody.
//
// The host of the event is the one that the notification names, without its
// domain; for fencing that is the node that failed. Its severity is that of
// the notification and counts only upwards from the catalogue's, unless the rule says
// otherwise. Its data are everything that is known of the notification, the sender's own
// fields among it, and what the rule adds.
func (m *Matcher) Decode(body []byte) (Decoded, error) {
	p, err := Read(body)
	if err != nil {
		return Decoded{}, err
	}
	return m.Match(p), nil
}

// Match makes the event of a notification. It takes over what was read of it.
func (m *Matcher) Match(p *Post) Decoded {
	typ := p.Type
	if typ == "" {
		typ = NoType
	}
	list, named := m.rules[typ]
	if !named {
		list = m.rest
	}
	var d Decoded
	for _, r := range list {
		fits, err := m.fits(r, p)
		if err != nil {
			d.Faults = append(d.Faults, Fault{r, "when", err})
		}
		if fits {
			d.Rule = r
			break
		}
	}
	d.Event = p.in
	d.Event.Source, d.Event.Host, d.Event.Severity, d.Event.AtLeast = "webhook", p.host, p.severity, true
	if _, known := event.ParseSeverity(p.severity); !known && p.severity != "" {
		d.Event.Severity = unknownSeverity // the word itself stays in the data
	}
	d.Faults = append(d.Faults, d.Rule.fill(p, &d.Event)...)
	return d
}

// fits reports whether a rule's condition holds.
func (m *Matcher) fits(r *Rule, p *Post) (bool, error) {
	if r.When == nil {
		return true, nil
	}
	values := make(map[string]any, len(r.Reads))
	for _, name := range r.Reads {
		if v := m.value(r, p, strings.TrimPrefix(name, "post.")); v != nil {
			values[name] = v
		}
	}
	ok, err := r.When(values)
	return ok && err == nil, err
}

// fill makes the event what the rule says. Without a rule nothing is lost: it is told
// in its own words.
func (r *Rule) fill(p *Post, e *event.Incoming) (faults []Fault) {
	e.Data = p.facts
	if r == nil {
		e.Type = "custom"
		p.facts.put("title", p.title)
		return nil
	}
	e.Type = r.Event
	switch {
	case r.Severity == Posted:
		e.AtLeast = false
		if e.Severity == "" {
			e.Severity = unknownSeverity
		}
	case r.Severity != "":
		e.Severity, e.AtLeast = r.Severity, false
	}
	var root map[string]any
	if len(r.Data) > 0 {
		root = map[string]any{"post": p.view(), "time": p.in.Time}
	}
	if _, declared := r.Fields["title"]; declared {
		p.facts.put("title", p.title)
	}
	for _, d := range r.Data {
		out, err := d.Text(root)
		switch {
		case err != nil:
			faults = append(faults, Fault{r, "data " + d.Name, err})
		case out == "":
			delete(e.Data, d.Name)
		default:
			e.Data[d.Name], _ = event.Coerce(out, d.Type)
		}
	}
	return faults
}
