package pattern

import (
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// Rule is what every source block over lines says: what a line looks like, and the
// event that it makes of one.
type Rule struct {
	Name  string
	Place string `json:"-"` // file:line

	Pattern *Pattern                                  `json:"-"` // nil: any line
	When    func(values map[string]any) (bool, error) `json:"-"` // nil: always

	Event    string
	Severity string                     // empty: the catalogue's
	Host     sources.Template           `json:"-"` // nil: this host
	Data     []sources.Datum            `json:"-"`
	Types    map[string]event.FieldType // of the pattern's groups that are data
}

// Helper is the first letter of groups whose text is not data: they are there for
// conditions and templates.
const Helper = '_'

// Match is an event that a line makes.
type Match struct {
	Rule   *Rule
	Event  event.Incoming
	Faults []Fault
}

// Fault is a condition or template that failed over a line. The one counts as
// false, the other as nothing.
type Fault struct {
	Rule *Rule
	Part string // when, time, host, or data NAME
	Err  error
}

// Subject is a line as a rule looks at it.
type Subject struct {
	Source string                // kind of the source
	Root   string                // of its values: entry
	Text   string                // that a pattern fits, fit to be shown
	Values func() map[string]any // what conditions and templates may ask for behind the root
	// Time is when it was written, as far as what the pattern cut out may tell. An
	// error is a fault over a time that is good enough.
	Time func(groups map[string]any) (time.Time, error)
}

// Try holds a line against the rule. A fault says that the condition failed, which
// makes no event.
func (r *Rule) Try(s *Subject) (match Match, ok bool, fault error) {
	groups, ok := r.groups(s.Text)
	if !ok {
		return match, false, nil
	}
	if r.When != nil {
		holds, err := r.When(values(s, groups))
		if err != nil || !holds {
			return match, false, err
		}
	}
	return r.event(s, groups), true, nil
}

// groups returns what the pattern cuts out of a text.
func (r *Rule) groups(text string) (groups map[string]any, ok bool) {
	groups = map[string]any{}
	if r.Pattern == nil {
		return groups, true
	}
	at := r.Pattern.re.FindStringSubmatchIndex(text)
	if at == nil {
		return nil, false
	}
	for i, name := range r.Pattern.re.SubexpNames() {
		if name != "" && at[2*i] >= 0 {
			groups[name] = typed(text[at[2*i]:at[2*i+1]], r.Types[name])
		}
	}
	return groups, true
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
func values(s *Subject, groups map[string]any) map[string]any {
	values := make(map[string]any, len(groups)+16)
	for name, v := range groups {
		values["match."+name] = v
	}
	for name, v := range s.Values() {
		values[s.Root+"."+name] = v
	}
	return values
}

// event makes the event.
func (r *Rule) event(s *Subject, groups map[string]any) Match {
	at, err := s.Time(groups)
	match := Match{Rule: r, Event: event.Incoming{
		Type: r.Event, Severity: r.Severity, Source: s.Source, Time: at, Data: make(map[string]any, len(groups)+len(r.Data)),
	}}
	if err != nil {
		match.Faults = append(match.Faults, Fault{r, "time", err})
	}
	for name, v := range groups {
		if name[0] != Helper {
			match.Event.Data[name] = v
		}
	}
	if len(r.Data) == 0 && r.Host == nil {
		return match
	}
	view := map[string]any{"match": groups, s.Root: s.Values(), "time": at}
	render := func(part string, t sources.Template) (string, bool) {
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
