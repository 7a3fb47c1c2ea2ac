package probe

import (
	"maps"
	"strings"
	"time"

	"tocsin/engine/event"
)

// raise makes the event of an item that the condition holds for. It also returns all
// data: some may be for the event that ends the state alone.
func (j *judging) raise(seen map[string]any) (*event.Incoming, map[string]any) {
	e := &event.Incoming{Type: j.Event, Severity: j.Severity, Source: "probe", Time: j.now, Data: map[string]any{}}
	all := map[string]any{}
	for field, typ := range j.Fields {
		if v, ok := seen[field]; ok && !hidden(field) {
			all[field], _ = event.Coerce(clean(v), typ)
		}
	}
	root := j.root(seen)
	if j.Host != nil {
		host, err := j.Host(maps.Clone(root))
		if err != nil {
			j.fault("host", err)
		}
		e.Host = host
	}
	for _, d := range j.Data {
		switch out, err := d.Text(maps.Clone(root)); {
		case err != nil:
			j.fault("data "+d.Name, err)
		case out == "":
			delete(all, d.Name)
		default:
			all[d.Name] = datum(out, d.Type)
		}
	}
	for field, v := range all {
		if _, declared := j.Fields[field]; declared {
			e.Data[field] = v
		}
	}
	return e, all
}

// datum is what a template made as its field takes it: of a list, each line is a
// value.
func datum(text string, t event.FieldType) any {
	if t != event.Sequence {
		return typed(text, t)
	}
	list := []any{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// resolve makes the event of a state that ended: it has the data of the one that
// told its beginning, which is how both are known to be about the same.
func (j *judging) resolve(m *Memory) *event.Incoming {
	if j.Resolved == "" {
		return nil
	}
	e := &event.Incoming{Type: j.Resolved, Source: "probe", Host: m.Host, Time: j.now, Data: map[string]any{}}
	if j.ResolvedFields["duration"] == event.Span {
		e.Data["duration"] = event.Duration(max(j.now.Sub(time.Unix(m.Since, 0)), 0))
	}
	if j.ResolvedFields["ends"] == event.String {
		e.Data["ends"] = j.Event
	}
	if j.ResolvedFields["original_severity"] == event.String && j.Severity != "" {
		e.Data["original_severity"] = j.Severity
	}
	for field, v := range m.Data {
		if typ, declared := j.ResolvedFields[field]; declared {
			e.Data[field] = typed(v, typ)
		}
	}
	return e
}

// hidden reports whether a member of an item stands behind a name that every item
// has.
func hidden(name string) bool { _, common := Common()[name]; return common }

// clean makes the texts of a value from outside fit to show.
func clean(v any) any {
	switch v := v.(type) {
	case string:
		return event.Clean(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clean(item)
		}
		return out
	}
	return v
}
