package engine

import (
	"slices"
	"strings"

	"tocsin/engine/event"
)

// index finds, among many conditions, those that could match an event: each is
// filed under keys of which one holds for whatever it matches. So the cost of an
// event grows with what could match it and not with what there is.
type index struct {
	attributes []attributeIndex
	rest       []int32 // conditions that pin nothing down: tried for every event
}

// attributeIndex files conditions under the values of one attribute.
type attributeIndex struct {
	name     string
	values   map[any][]int32
	prefixes map[string][]int32
	lengths  []int // of the prefixes, each once
}

// newIndex files conditions, each under the cheaper of the alternatives that
// covers gives for it. nil covers everything.
func newIndex(covers [][][]Key) *index {
	uses := map[Key]int{}
	for _, alternatives := range covers {
		for _, keys := range alternatives {
			for _, k := range keys {
				uses[k]++
			}
		}
	}
	x := &index{}
	for i, alternatives := range covers {
		keys, ok := cheapest(alternatives, uses)
		if !ok {
			x.rest = append(x.rest, int32(i))
		}
		for _, k := range keys {
			x.file(k, int32(i))
		}
	}
	return x
}

// cheapest returns the keys that the fewest other conditions share, as often as
// events have them.
func cheapest(alternatives [][]Key, uses map[Key]int) (best []Key, ok bool) {
	least := 0.0
	for _, keys := range alternatives {
		if keys == nil {
			continue
		}
		cost := 0.0
		for _, k := range keys {
			cost += float64(uses[k]) * frequency(k)
		}
		if !ok || cost < least {
			best, least, ok = keys, cost, true
		}
	}
	return best, ok
}

// frequency estimates which part of all events has a key.
func frequency(k Key) float64 {
	switch {
	case k.Prefix:
		return 0.1
	case k.Attr == "severity":
		return 0.4
	case k.Attr == "group":
		return 0.1
	}
	return 0.02
}

func (x *index) file(k Key, i int32) {
	at := slices.IndexFunc(x.attributes, func(a attributeIndex) bool { return a.name == k.Attr })
	if at < 0 {
		at = len(x.attributes)
		x.attributes = append(x.attributes, attributeIndex{name: k.Attr, values: map[any][]int32{}, prefixes: map[string][]int32{}})
	}
	a := &x.attributes[at]
	if !k.Prefix {
		a.values[k.Value] = appendOnce(a.values[k.Value], i)
		return
	}
	prefix, _ := k.Value.(string)
	a.prefixes[prefix] = appendOnce(a.prefixes[prefix], i)
	if !slices.Contains(a.lengths, len(prefix)) {
		a.lengths = append(a.lengths, len(prefix))
	}
}

// appendOnce adds i to a list of ascending positions.
func appendOnce(list []int32, i int32) []int32 {
	if len(list) > 0 && list[len(list)-1] == i {
		return list
	}
	return append(list, i)
}

// find appends to out the positions of the conditions that could match e, in
// ascending order.
func (x *index) find(e *event.Event, out []int32) []int32 {
	out = append(out, x.rest...)
	lists := min(len(x.rest), 1)
	for i := range x.attributes {
		a := &x.attributes[i]
		v := attribute(e, a.name)
		if v == nil {
			continue
		}
		if list := a.values[v]; len(list) > 0 {
			out = append(out, list...)
			lists++
		}
		text, ok := v.(string)
		for _, n := range a.lengths {
			if !ok || n > len(text) {
				continue
			}
			if list := a.prefixes[text[:n]]; len(list) > 0 {
				out = append(out, list...)
				lists++
			}
		}
	}
	if lists > 1 {
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out
}

// attribute returns what a key of that name is compared with: a string, a
// float64 or a bool, or nil when e has nothing of the kind.
func attribute(e *event.Event, name string) any {
	switch name {
	case "type":
		return e.Type
	case "group":
		return e.Group
	case "severity":
		return e.Severity.String()
	case "source":
		return e.Source
	case "host":
		return e.Host
	case "cluster":
		return e.Cluster
	}
	if field, ok := strings.CutPrefix(name, "data."); ok {
		switch v := e.Data[field].(type) {
		case string, float64, bool:
			return v
		case event.Bytes:
			return float64(v)
		}
		return nil
	}
	return guestAttribute(e.Guest, name)
}

func guestAttribute(g *event.Guest, name string) any {
	if g == nil {
		return nil
	}
	v := ""
	switch name {
	case "guest.id":
		v = g.ID
	case "guest.name":
		v = g.Name
	case "guest.node":
		v = g.Node
	case "guest.pool":
		v = g.Pool
	}
	if v == "" {
		return nil
	}
	return v
}
