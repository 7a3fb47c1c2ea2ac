package templates

import (
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Names lists what stands at the root of a view; for a burst, also what only
// bursts have.
func Names(burst bool) []string {
	names := []string{"type", "severity", "group", "source", "host", "cluster", "time", "id", "guest", "data", "local", "key", "resolved", "open"}
	if burst {
		names = append(names, "count", "window", "first", "last", "samples", "distinct")
	}
	return names
}

// GuestNames lists what .guest holds.
func GuestNames() []string { return []string{"id", "name", "node", "pool", "tags"} }

// View returns what templates see of a notification: maps of plain values, in
// which no method and no secret can be reached. Data values have the types that
// their entry declares, also after an event was kept as JSON meanwhile. What
// the event lacks is absent, and reads as empty text.
func (s *Set) View(n *event.Notification) map[string]any {
	view := s.viewOf(n.Event)
	view["local"], view["key"], view["resolved"], view["open"] = s.Local, n.Key, n.Resolved, nil
	if n.Open > 0 {
		view["open"] = event.Duration(n.Open)
	}
	if b := n.Burst; b != nil {
		samples := make([]any, len(b.Samples))
		for i, e := range b.Samples {
			samples[i] = s.viewOf(e)
		}
		distinct := make(map[string]any, len(b.Distinct))
		for field, values := range b.Distinct {
			distinct[field] = listOf(values)
		}
		view["count"], view["window"] = b.Count, b.Window
		view["first"], view["last"] = s.inZone(b.First), s.inZone(b.Last)
		view["samples"], view["distinct"] = samples, distinct
	}
	return view
}

// viewOf returns the names that every event has, a burst's samples included.
func (s *Set) viewOf(e *event.Event) map[string]any {
	return map[string]any{
		"type": e.Type, "severity": e.Severity, "group": e.Group, "source": e.Source,
		"host": e.Host, "cluster": e.Cluster, "time": s.inZone(e.Time), "id": e.ID,
		"guest": guestView(e.Guest), "data": typedData(e.Data, s.entry(e.Type).Fields),
	}
}

// inZone returns t in the configured zone, or nothing for no time.
func (s *Set) inZone(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case s.Zone == nil:
		return t.UTC()
	}
	return t.In(s.Zone)
}

// guestView returns what .guest holds, or nothing.
func guestView(g *event.Guest) any {
	if g == nil {
		return nil
	}
	return map[string]any{"id": g.ID, "name": g.Name, "node": g.Node, "pool": g.Pool, "tags": listOf(g.Tags)}
}

// typedData returns data with the values that fields declares; a value that
// does not read as its type stays. Data itself is not changed.
func typedData(data map[string]any, fields map[string]event.FieldType) map[string]any {
	own := false
	for name, v := range data {
		t, declared := fields[name]
		if !declared || v == nil || hasType(v, t) {
			continue
		}
		coerced, ok := event.Coerce(v, t)
		if !ok {
			continue
		}
		if !own {
			data, own = maps.Clone(data), true
		}
		data[name] = coerced
	}
	return data
}

// hasType reports whether v already is what t stands for, which saves a
// conversion in nearly every case.
func hasType(v any, t event.FieldType) bool {
	switch v.(type) {
	case string:
		return t == event.String
	case float64:
		return t == event.Number
	case bool:
		return t == event.Bool
	case event.Bytes:
		return t == event.Size
	case event.Duration:
		return t == event.Span
	case time.Time:
		return t == event.Instant
	case []any:
		return t == event.Sequence
	}
	return false
}

// bare returns data as lines "name: value", for an event that no template can
// tell.
func (r *run) bare(data map[string]any) string {
	lines := make([]any, 0, len(data))
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if text := r.text(data[name]); text != "" {
			lines = append(lines, name+": "+text)
		}
	}
	return r.joined(lines, "\n")
}

// ViewOf completes a view that is not of an event: it gets .local, and the moment
// under its "time", if there is one, the configured zone. It changes view.
func (s *Set) ViewOf(view map[string]any) map[string]any {
	view["local"] = s.Local
	if at, ok := view["time"].(time.Time); ok {
		view["time"] = s.inZone(at)
	}
	return view
}
