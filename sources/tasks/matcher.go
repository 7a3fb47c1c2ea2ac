package tasks

import (
	"tocsin/engine/event"
)

// Matcher finds the rules that a task fits.
type Matcher struct{ rules map[string][]*Rule }

// NewMatcher returns a matcher for rules, which it does not change.
func NewMatcher(rules []*Rule) *Matcher {
	m := &Matcher{map[string][]*Rule{}}
	for _, r := range rules {
		for _, worker := range r.Workers {
			m.rules[worker] = append(m.rules[worker], r)
		}
	}
	return m
}

// Wants reports whether an outcome of a worker makes an event, whatever the
// conditions say.
func (m *Matcher) Wants(worker string, o Outcome) bool {
	for _, r := range m.rules[worker] {
		if r.Emits[o] != nil {
			return true
		}
	}
	return false
}

// Match is an event that a task makes.
type Match struct {
	Rule  *Rule
	Event event.Incoming
}

// Fault is a condition or template that failed over a task. The one counts as
// false, the other as nothing.
type Fault struct {
	Rule *Rule
	Part string // when, or data NAME
	Err  error
}

// Match returns the events that a task makes as it is now, in the order of the
// rules. The guest is the one that it works on, or nil.
func (m *Matcher) Match(t *Task, l *Log, guest *event.Guest) (matches []Match, faults []Fault) {
	if !m.Wants(t.Type, t.Outcome()) {
		return nil, nil
	}
	seen := view(t, l)
	for _, r := range m.rules[t.Type] {
		emit := r.Emits[t.Outcome()]
		if emit == nil {
			continue
		}
		if r.When != nil {
			ok, err := r.When(values(seen))
			if err != nil {
				faults = append(faults, Fault{r, "when", err})
			}
			if err != nil || !ok {
				continue
			}
		}
		e, failed := emit.make(t, seen, guest)
		for _, f := range failed {
			faults = append(faults, Fault{r, f.Part, f.Err})
		}
		matches = append(matches, Match{r, e})
	}
	return matches, faults
}

// values are what a condition reads, by full names.
func values(seen map[string]any) map[string]any {
	out := make(map[string]any, len(seen))
	for name, v := range seen {
		out["task."+name] = v
	}
	return out
}

// make makes the event.
func (m *Emission) make(t *Task, seen map[string]any, guest *event.Guest) (e event.Incoming, faults []Fault) {
	at := t.End
	if at.IsZero() {
		at = t.Start
	}
	e = event.Incoming{Type: m.Event, Severity: m.Severity, Source: "tasks", Time: at, Guest: guest, Data: map[string]any{}}
	for field, name := range filled() {
		if typ, declared := m.Fields[field]; declared && seen[name] != nil {
			e.Data[field], _ = event.Coerce(seen[name], typ)
		}
	}
	root := map[string]any{"task": seen, "time": at}
	for _, d := range m.Data {
		out, err := d.Text(root)
		switch {
		case err != nil:
			faults = append(faults, Fault{Part: "data " + d.Name, Err: err})
		case out == "":
			delete(e.Data, d.Name)
		default:
			e.Data[d.Name], _ = event.Coerce(out, d.Type)
		}
	}
	return e, faults
}
