package health

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"tocsin/engine/event"
)

// Answer is what reading a fact came to.
type Answer struct {
	Items []map[string]any // one for a fact that is no list; none: the host has no such thing
	Err   error            // says which fact it is
}

const (
	maxItems = 500 // subjects of a rule
	maxKey   = 200 // bytes
)

// subject is one thing that a rule judges, as it was read.
type subject struct {
	key   string // empty: the host
	item  map[string]any
	value any // nil: it could not be told

	values map[string]any // for conditions, by full names
}

// reading is what a rule sees of the host at a moment.
type reading struct {
	subjects []subject
	host     map[string]any // fields by the name of the fact, for templates
	faults   []Fault
}

// read puts together what a rule looks at. An error means that something of it could
// not be read, and so nothing can be said.
func (r *Rule) read(facts map[string]Answer) (*reading, error) {
	out := &reading{host: map[string]any{}}
	base := map[string]any{}
	absent := false
	for _, name := range r.Facts {
		a := facts[name]
		if a.Err != nil {
			return nil, a.Err
		}
		if len(a.Items) == 0 {
			absent = true
			continue
		}
		out.host[name] = a.Items[0]
		for field, v := range a.Items[0] {
			base["host."+name+"."+field] = v
		}
	}
	if r.Each == "" {
		if !absent {
			out.subjects = []subject{{values: base}}
		}
		return out, nil
	}
	list := facts[r.Each]
	if list.Err != nil {
		return nil, list.Err
	}
	out.items(r, list.Items, base)
	return out, nil
}

// items makes subjects of the items of a list.
func (out *reading) items(r *Rule, items []map[string]any, base map[string]any) {
	seen := map[string]bool{}
	for _, item := range items {
		key := keyOf(item[r.Key])
		switch {
		case key == "", seen[key]:
			out.faults = append(out.faults, Fault{r, "each", fmt.Errorf("an item of host.%s has no %s of its own: %q", r.Each, r.Key, key)})
			continue
		case len(seen) >= maxItems:
			out.faults = append(out.faults, Fault{r, "each", fmt.Errorf("host.%s has %d items, of which the first %d are watched: leave some out by exclude", r.Each, len(items), maxItems)})
			return
		case r.excluded(key):
			continue
		}
		seen[key] = true
		values := make(map[string]any, len(base)+len(item)+1)
		for name, v := range base {
			values[name] = v
		}
		for field, v := range item {
			values["item."+field] = v
		}
		out.subjects = append(out.subjects, subject{key: key, item: item, values: values})
	}
}

func (r *Rule) excluded(key string) bool {
	for _, fits := range r.Exclude {
		if fits(key) {
			return true
		}
	}
	return false
}

// keyOf is a key as text. A long one is cut and stays its own.
func keyOf(v any) string {
	key := event.OneLine(event.Clean(event.Text(v)))
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return event.Clip(key, maxKey-20) + " " + hex.EncodeToString(sum[:8])
}

// Fault is a part of a rule that failed over a reading.
type Fault struct {
	Rule *Rule
	Part string // each, value, when, clear, warning, critical, or data NAME
	Err  error
}
