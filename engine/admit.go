package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// maxText is how long a text in an event's data may be, in bytes. Only the
// field "message", which is the text of a mail or a report, is kept whole.
const maxText = 16 << 10

// maxHost is how long the name of a host or cluster may be, as in DNS.
const maxHost = 253

// Admit fills in what in leaves open and gives its data the types that the
// catalogue declares. Every event is admitted: an unknown type is drawn with
// the generic entry, a value that does not convert stays text. The decisions
// say where that happened.
func (p *Policy) Admit(in *event.Incoming, now time.Time) (*event.Event, []Decision) {
	t := p.TypeOf(in.Type)
	e := &event.Event{
		ID: in.ID, Type: in.Type, Group: t.Group, Source: in.Source, Time: in.Time, Guest: in.Guest, Via: in.Via, Except: in.Except,
		Host:     event.Clip(event.Clean(in.Host), maxHost),
		Severity: admitSeverity(in, t),
	}
	if len(in.Via) == 0 || e.Host == "" { // else it is another's, whatever it is called
		e.Host = p.displayName(e.Host)
	}
	e.Cluster = firstOf(event.Clip(event.Clean(in.Cluster), maxHost), p.Cluster, e.Host)
	if e.Time.IsZero() {
		e.Time = now.Round(0)
	}
	var notes []Decision
	if _, known := p.Types[in.Type]; !known {
		notes = append(notes, Decision{Stage: StageAdmit, Outcome: Changed, Reason: ReasonUnknown, Place: t.Place})
	}
	data := in.Data
	if _, known := p.Types[in.Type]; !known {
		data = withText(data, in)
	}
	e.Data, notes = admitData(data, t, notes)
	for i := range notes {
		notes[i].Time, notes[i].EventID, notes[i].Type = now, e.ID, e.Type
	}
	return e, notes
}

// withText adds what a forwarded event said elsewhere to its data, where that has
// no such fields.
func withText(data map[string]any, in *event.Incoming) map[string]any {
	if in.Title == "" && in.Message == "" {
		return data
	}
	with := map[string]any{"title": in.Title, "message": in.Message}
	maps.Copy(with, data)
	return with
}

// displayName is the name that a host has in messages. This host has one,
// whether an event calls it by its short name, by its full one or not at all.
func (p *Policy) displayName(host string) string {
	short, _, _ := strings.Cut(host, ".")
	own, _, _ := strings.Cut(p.System, ".")
	if host == "" || short == own {
		return p.Host
	}
	return host
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// SeverityOf returns the severity with which an event is admitted.
func (p *Policy) SeverityOf(in *event.Incoming) event.Severity {
	return admitSeverity(in, p.TypeOf(in.Type))
}

// admitSeverity takes the severity as given, else the catalogue's. A word that
// nobody knows says as little as "unknown" and counts as that.
func admitSeverity(in *event.Incoming, t *Type) event.Severity {
	if in.Severity == "" {
		return t.Severity
	}
	s, ok := event.ParseSeverity(in.Severity)
	if !ok {
		s = event.Warning
	}
	if in.AtLeast {
		return max(s, t.Severity)
	}
	return s
}

func admitData(in map[string]any, t *Type, notes []Decision) (map[string]any, []Decision) {
	if len(in) == 0 {
		return nil, notes
	}
	a := admission{t: t, out: make(map[string]any, len(in))}
	var odd []string // keys that are no names yet: they yield to those that are
	for key, v := range in {
		if fieldName(key) == key {
			a.take(key, v)
		} else {
			odd = append(odd, key)
		}
	}
	slices.Sort(odd)
	for _, key := range odd {
		if name := fieldName(key); a.out[name] == nil {
			a.take(name, in[key])
		}
	}
	slices.SortFunc(a.notes, func(a, b Decision) int { return strings.Compare(a.Detail, b.Detail) })
	return a.out, append(notes, a.notes...)
}

// admission is the data of one event on its way in.
type admission struct {
	t     *Type
	out   map[string]any
	notes []Decision
}

func (a *admission) take(name string, v any) {
	v = admitValue(v, name)
	if want, ok := a.t.Fields[name]; ok && v != nil {
		converted, ok := event.Coerce(v, want)
		if !ok {
			a.notes = append(a.notes, Decision{
				Stage: StageAdmit, Outcome: Changed, Reason: ReasonUnconverted, Place: a.t.Place,
				Detail: fmt.Sprintf("field %s does not read as %s and stays as it is", name, want),
			})
		}
		v = converted
	}
	a.out[name] = v
}

// retype gives the data of an event that was kept as JSON its types again.
func (p *Policy) retype(e *event.Event) { coerceAll(e.Data, p.TypeOf(e.Type)) }

func coerceAll(data map[string]any, t *Type) {
	for name, kind := range t.Fields {
		if v, ok := data[name]; ok {
			data[name], _ = event.Coerce(v, kind)
		}
	}
}

// fieldName puts a key of an event's data into the form that conditions and
// templates can name: lower case, with "_" for everything else.
func fieldName(key string) string {
	valid := func(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	if strings.IndexFunc(key, func(r rune) bool { return !valid(r) }) < 0 {
		return key
	}
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if !valid(r) {
			return '_'
		}
		return r
	}, key)
}

// admitValue makes every text in a value safe to show and bounds it.
func admitValue(v any, name string) any {
	switch v := v.(type) {
	case string:
		v = event.Clean(v)
		if name != "message" {
			v = event.Clip(v, maxText)
		}
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = admitValue(s, "")
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = admitValue(item, "")
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[event.Clean(k)] = admitValue(item, "")
		}
		return m
	}
	return v
}
