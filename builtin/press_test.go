package builtin_test

import (
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/templates"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// press returns the texts of the pack, compiled.
func press(t *testing.T) *templates.Set {
	t.Helper()
	return house(t).Templates
}

// filled returns one notification of each event and burst, by name, in which
// every field that there is has the same value.
func filled(set *templates.Set, blocks []*block, value any) map[string]*event.Notification {
	out := map[string]*event.Notification{}
	for _, b := range blocks {
		switch b.kind {
		case "event":
			out[b.name] = &event.Notification{Event: filledEvent(set.Entries[b.name], value)}
		case "burst":
			first := filledEvent(set.Entries[b.list("events")[0]], value)
			n := &event.Notification{Event: filledEvent(set.Entries[b.name], value), Burst: &event.Burst{
				Count: 47, First: noon.Add(-time.Minute), Last: noon, Window: event.Duration(time.Minute),
				Samples: []*event.Event{first, first}, Distinct: map[string][]string{},
			}}
			n.Event.Data = first.Data // what all events of a flood share
			for field := range first.Data {
				n.Burst.Distinct[field] = []string{event.Text(value), event.Text(value)}
			}
			out[b.name] = n
		}
	}
	return out
}

func filledEvent(entry *templates.Entry, value any) *event.Event {
	e := &event.Event{ID: "01", Type: entry.Type, Group: entry.Group, Host: "pve1", Cluster: "home", Time: noon, Data: map[string]any{}}
	for field := range entry.Fields {
		e.Data[field] = value
	}
	return e
}
