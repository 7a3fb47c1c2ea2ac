package condition

import (
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"

	"tocsin/engine/event"
)

// Schema is what a condition may name.
type Schema struct {
	Types  []string                   // event types of the catalogue
	Groups []string                   // groups of the catalogue
	Bursts []string                   // types of summaries, which no condition sees
	Fields map[string]event.FieldType // data fields that any event declares
	Locals map[string]any             // values of local.NAME: string, bool, float64, []any, map[string]any
	Hidden map[string]bool            // locals that hold a secret: known, and refused
	Zone   *time.Location             // of hour() and weekday()
}

// Subject is what stands behind the names channel.name and channel.kind. The
// zero Subject has no channel at hand.
type Subject struct {
	ChannelName string
	ChannelKind string
	Cause       bool  // cause.NAME is the event that inhibits this one
	Names       Names // in place of those of an event
}

// name is one name that a condition reads from the event.
type name struct {
	key     string // flat key of the environment: event.data.vmid
	typ     types.Type
	field   event.FieldType // of a data field that is declared
	missing bool            // an event may lack it
	cause   bool            // it is read from the cause
	of      func(*event.Event) any
}

// names lists what an event always has, by the word behind "event.".
func names() map[string]name {
	text := func(of func(*event.Event) string) name {
		return name{typ: types.String, field: event.String, of: func(e *event.Event) any { return of(e) }}
	}
	return map[string]name{
		"type":     text(func(e *event.Event) string { return e.Type }),
		"severity": text(func(e *event.Event) string { return e.Severity.String() }),
		"group":    text(func(e *event.Event) string { return e.Group }),
		"source":   text(func(e *event.Event) string { return e.Source }),
		"host":     text(func(e *event.Event) string { return e.Host }),
		"cluster":  text(func(e *event.Event) string { return e.Cluster }),
		"id":       text(func(e *event.Event) string { return e.ID }),
		"time":     {typ: types.TypeOf(time.Time{}), field: event.Instant, of: func(e *event.Event) any { return e.Time }},
	}
}

// rank stands in for event.severity where it is compared with a literal:
// severities are ordered, their words are not.
func rank() name {
	return name{typ: types.Int, of: func(e *event.Event) any { return int(e.Severity) }}
}

// guestNames lists what an event about a guest has, by the word behind
// "event.guest.".
func guestNames() map[string]name {
	text := func(of func(*event.Guest) string) name {
		return name{typ: types.String, field: event.String, missing: true, of: func(e *event.Event) any {
			if e.Guest == nil || of(e.Guest) == "" {
				return nil
			}
			return of(e.Guest)
		}}
	}
	return map[string]name{
		"id":   text(func(g *event.Guest) string { return g.ID }),
		"name": text(func(g *event.Guest) string { return g.Name }),
		"node": text(func(g *event.Guest) string { return g.Node }),
		"pool": text(func(g *event.Guest) string { return g.Pool }),
		"tags": {typ: types.Array(types.String), field: event.Sequence, missing: true, of: func(e *event.Event) any {
			if e.Guest == nil {
				return nil
			}
			return e.Guest.Tags
		}},
	}
}

// guest is event.guest as a whole, which can only be asked whether it is there.
func guest() name {
	return name{typ: types.Any, missing: true, of: func(e *event.Event) any {
		if e.Guest == nil {
			return nil
		}
		return true
	}}
}

// data is event.data as a whole, which can only be searched for a field.
func data() name {
	return name{typ: types.TypeOf(map[string]any{}), of: func(e *event.Event) any {
		if e.Data == nil {
			return map[string]any{}
		}
		return e.Data
	}}
}

// dataName returns the name of one data field; t is empty when nothing
// declares it.
func dataName(field string, t event.FieldType) name {
	return name{typ: exprType(t), field: t, missing: true, of: func(e *event.Event) any { return plain(e.Data[field]) }}
}

// plain turns the values of data into those that expr can compare.
func plain(v any) any {
	switch v := v.(type) {
	case event.Bytes:
		return float64(v)
	case event.Duration:
		return time.Duration(v)
	}
	return v
}

// exprType returns the type that plain gives to a value of type t.
func exprType(t event.FieldType) types.Type {
	switch t {
	case event.String:
		return types.String
	case event.Number, event.Size:
		return types.Float64
	case event.Bool:
		return types.Bool
	case event.Span:
		return types.TypeOf(time.Duration(0))
	case event.Instant:
		return types.TypeOf(time.Time{})
	case event.Sequence:
		return types.Array(types.Any)
	}
	return types.Any
}

// keys returns the keys of a map and more words as candidates for a near name.
func keys[V any](m map[string]V, more ...string) iter.Seq[string] {
	return slices.Values(append(slices.Collect(maps.Keys(m)), more...))
}
