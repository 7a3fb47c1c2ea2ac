package engine

import (
	"path"
	"strings"

	"tocsin/engine/event"
)

// Match reports whether the selector selects e.
func (s *Selector) Match(e *event.Event) bool {
	if s.all() || s.Types[e.Type] || s.Groups[e.Group] {
		return true
	}
	for _, glob := range s.Globs {
		if ok, _ := path.Match(glob, e.Type); ok { // globs were checked on loading
			return true
		}
	}
	return false
}

func (s *Selector) all() bool { return len(s.Types)+len(s.Groups)+len(s.Globs) == 0 }

// keys returns what the selector pins down, or nil.
func (s *Selector) keys() []Key {
	if s.all() {
		return nil
	}
	var keys []Key
	for name := range s.Types {
		keys = append(keys, Key{Attr: "type", Value: name})
	}
	for name := range s.Groups {
		keys = append(keys, Key{Attr: "group", Value: name})
	}
	for _, glob := range s.Globs {
		prefix := glob
		if end := strings.IndexAny(glob, `*?[\`); end >= 0 {
			prefix = glob[:end]
		}
		keys = append(keys, Key{Attr: "type", Value: prefix, Prefix: true})
	}
	return keys
}

// matches reports whether the condition holds for e.
func (c *Condition) matches(e *event.Event) (bool, error) {
	if !c.Events.Match(e) {
		return false, nil
	}
	if c.When == nil {
		return true, nil
	}
	return c.When.Match(e)
}

// covers returns the sets of keys of which each has one for every match.
func (c *Condition) covers() [][]Key { return [][]Key{c.Keys, c.Events.keys()} }

// table is a list of things with conditions, with an index over them.
type table[T any] struct {
	items []T
	index *index // nil: each is tried
}

func newTable[T any](items []T, covers func(T) [][]Key) table[T] {
	if len(items) == 0 {
		return table[T]{}
	}
	all := make([][][]Key, len(items))
	for i, item := range items {
		all[i] = covers(item)
	}
	return table[T]{items, newIndex(all)}
}

// find appends to out the positions of the items that could match e.
func (t *table[T]) find(e *event.Event, out []int32) []int32 {
	if t.index != nil {
		return t.index.find(e, out)
	}
	for i := range t.items {
		out = append(out, int32(i))
	}
	return out
}

// tables are the conditions of a policy, made ready to be looked up.
type tables struct {
	acting     table[*Rule] // rules that change, route or stop
	reminding  table[*Rule] // rules with after
	silences   table[*Silence]
	causes     table[*Inhibition]
	effects    table[*Inhibition]
	resolvable map[string]bool // types that another one resolves
	channels   map[string]*Channel
}

// Index makes the policy ready: rules, silences and inhibitions that it was
// given count from here on. It is called once, before the policy is in use.
func (p *Policy) Index() {
	t := &p.tables
	var acting, reminding []*Rule
	for _, r := range p.Rules {
		if r.After > 0 {
			reminding = append(reminding, r)
		} else {
			acting = append(acting, r)
		}
	}
	rule := func(r *Rule) [][]Key { return r.covers() }
	t.acting, t.reminding = newTable(acting, rule), newTable(reminding, rule)
	t.silences = newTable(p.Silences, func(s *Silence) [][]Key { return s.covers() })
	t.causes = newTable(p.Inhibitions, func(i *Inhibition) [][]Key { return i.Cause.covers() })
	t.effects = newTable(p.Inhibitions, func(i *Inhibition) [][]Key { return [][]Key{i.EffectKeys} })
	t.resolvable = map[string]bool{}
	for _, typ := range p.Types {
		for _, name := range typ.Resolves {
			t.resolvable[name] = true
		}
	}
	t.channels = make(map[string]*Channel, len(p.Channels))
	for _, ch := range p.Channels {
		t.channels[ch.Name] = ch
	}
}

// Unindexed reports the rules that are tried for every event, as nothing that
// they ask for can be looked up.
func (p *Policy) Unindexed() []*Rule {
	var list []*Rule
	for _, t := range []*table[*Rule]{&p.tables.acting, &p.tables.reminding} {
		if t.index == nil {
			continue
		}
		for _, i := range t.index.rest {
			list = append(list, t.items[i])
		}
	}
	return list
}
