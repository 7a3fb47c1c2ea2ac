package health

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Source is what raises the events of health checks, as events tell it.
const Source = "health"

// The events that checks raise of which no block names the type.
const (
	NewError        = "new_error"       // of a source that names none
	Escalated       = "error_escalated" // when what NewError told gets worse
	Resolved        = "error_resolved"
	unknownEvent    = "unknown_persistent"
	changedEvent    = "state_change"
	degradedEvent   = "health_degraded"
	persistentEvent = "health_persistent"
)

// Bounds of what a finding carries, as it is kept with each event.
const (
	maxText = 500 // bytes
	maxList = 50  // elements
)

// data makes the data of a finding: what its event declares of the item, and what
// the block adds.
func (j *judging) data(bound *Bound, level Level) map[string]any {
	known := j.fields()
	maps.Copy(known, map[string]any{
		"value": j.subject.value, "category": j.rule.Category, "severity": bound.Severity,
		"entity": entity(j.rule.Name, j.subject.key), "error_key": errorKey(j.rule.Name, j.subject.key),
	})
	if bound.Threshold != nil {
		known["threshold"] = *bound.Threshold
	}
	if j.rule.Event == NewError {
		known["reason"] = j.about()
	}
	out := map[string]any{"category": j.rule.Category} // always: rules ask for it
	for name, v := range known {
		typ, declared := j.rule.Fields[name]
		if v, ok := event.Coerce(v, typ); declared && ok {
			put(out, name, v)
		}
	}
	j.added(out, level)
	return out
}

// fields are those of the item, or of what the value is read of.
func (j *judging) fields() map[string]any {
	out := map[string]any{}
	for _, fact := range j.rule.Own {
		item, _ := j.seen.host[fact].(map[string]any)
		maps.Copy(out, item)
	}
	maps.Copy(out, j.subject.item)
	return out
}

// added adds what the block says. An empty text takes a field away.
func (j *judging) added(to map[string]any, level Level) {
	item := j.subject.item
	if item == nil {
		item = map[string]any{}
	}
	view := map[string]any{"item": item, "value": j.subject.value, "host": j.seen.host, "level": level.Word(), "time": j.now}
	for _, d := range j.rule.Data {
		text, err := d.Text(view)
		switch {
		case err != nil:
			j.fault("data "+d.Name, err)
		case text == "":
			delete(to, d.Name)
		default:
			v, _ := event.Coerce(text, d.Type)
			put(to, d.Name, v)
		}
	}
}

// about says in words what a finding is about and what it measured.
func (j *judging) about() string {
	name := j.rule.Name
	if j.subject.key != "" {
		name += " " + j.subject.key
	}
	return clip(name + ": " + words(j.subject.value))
}

// words is a value as people say it.
func words(v any) string {
	switch v := v.(type) {
	case float64:
		return event.Text(math.Round(v*10) / 10)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return event.Text(v)
}

// ending says how a finding ended.
type ending struct {
	value any  // that it ended with; nil: none
	gone  bool // its subject is no longer there
}

// end tells that a finding is over, if there is one.
func (b *Board) end(now time.Time, source, key string, s *state, how ending) {
	f := s.Finding
	if f == nil {
		return
	}
	s.Finding, b.changed = nil, true
	if f.Resolved == "" {
		return
	}
	data := maps.Clone(f.Data)
	if data == nil {
		data = map[string]any{}
	}
	maps.Copy(data, map[string]any{
		"category": f.Category, "entity": entity(source, key), "error_key": errorKey(source, key),
		"ends": f.Event, "original_severity": f.Severity, "duration": event.Duration(max(now.Sub(f.Began), 0)),
	})
	delete(data, "value")
	if how.value != nil {
		put(data, "value", how.value)
	}
	if how.gone {
		data["note"] = "What it was about is no longer there, or no longer watched."
	}
	b.tell(now, f.Resolved, "", data)
}

// errorKey names a finding: the same in what tells of it and in what ends it.
func errorKey(source, key string) string {
	if key == "" {
		return source
	}
	return source + "/" + key
}

// entity is what a finding is about, in a word.
func entity(source, key string) string {
	if key == "" {
		return source
	}
	return key
}

// guestOf returns the number of the guest that data is about.
func guestOf(data map[string]any) any {
	for _, name := range []string{"vmid", "lxc_id"} {
		if v := data[name]; v != nil {
			return v
		}
	}
	return nil
}

// put sets a field to what is not too large to be kept, and can be written as JSON.
func put(to map[string]any, name string, v any) {
	switch v := v.(type) {
	case nil:
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			to[name] = v
		}
	case time.Time:
		if year := v.Year(); year >= 0 && year <= 9999 {
			to[name] = v
		}
	case bool, event.Bytes, event.Duration:
		to[name] = v
	case []any:
		list := make([]any, 0, min(len(v), maxList))
		for _, item := range v[:min(len(v), maxList)] {
			list = append(list, clip(event.Text(item)))
		}
		to[name] = list
	default:
		to[name] = clip(event.Text(v))
	}
}

func clip(text string) string { return event.Clip(strings.TrimSpace(text), maxText) }

// lines is a list of lines of which the last says how many more there are.
func lines(list []string, most int) []any {
	var out []any
	for _, line := range list[:min(len(list), most)] {
		out = append(out, line)
	}
	if more := len(list) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return out
}
