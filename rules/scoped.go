package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tocsin/engine"
	"tocsin/engine/event"
)

// scopedBlock is a block that maps scoped keys to values, kept for the
// warnings about keys that others overrule.
type scopedBlock struct {
	block   *block
	keys    []*scopedKey // in the order of the file
	index   map[string]*scopedKey
	channel *engine.Channel // whose keys they are; nil: the master's
}

// scopedKey is one key of it.
type scopedKey struct {
	name     string
	scope    engine.Scope
	severity event.Severity // of SeverityScope
	argument *argument
	toggle   engine.Toggle // in a block of toggles
}

// decodeScoped decodes a block of scoped keys with a decoder for its values.
func decodeScoped[T any](l *loading, b *block, value func(*reader, *argument) (T, bool)) (engine.Scoped[T], *scopedBlock) {
	var out engine.Scoped[T]
	kept := &scopedBlock{block: b, index: map[string]*scopedKey{}}
	r := l.read(b)
	for _, name := range slices.Sorted(maps.Keys(b.arguments)) {
		a := r.argument(name)
		key, ok := r.scopedKey(name, b.arguments[name])
		if a == nil || !ok {
			continue
		}
		v, ok := value(r, a)
		if !ok {
			continue
		}
		setScoped(&out, &key, engine.Setting[T]{Value: v, Place: place(a.nameRange)})
		if t, isToggle := any(v).(engine.Toggle); isToggle {
			key.toggle = t
		}
		kept.keys = append(kept.keys, &key)
		kept.index[name] = &key
	}
	r.done()
	slices.SortStableFunc(kept.keys, func(a, b *scopedKey) int {
		return cmp.Compare(a.argument.nameRange.Start.Byte, b.argument.nameRange.Start.Byte)
	})
	return out, kept
}

// setScoped puts a value under its key.
func setScoped[T any](s *engine.Scoped[T], key *scopedKey, v engine.Setting[T]) {
	switch key.scope {
	case engine.TypeScope:
		if s.Types == nil {
			s.Types = map[string]engine.Setting[T]{}
		}
		s.Types[key.name] = v
	case engine.GroupScope:
		if s.Groups == nil {
			s.Groups = map[string]engine.Setting[T]{}
		}
		s.Groups[key.name] = v
	case engine.SeverityScope:
		s.Severities[key.severity] = &v
	}
}

// scopedKey tells what a key is, and reports one that is nothing.
func (r *reader) scopedKey(name string, a *argument) (scopedKey, bool) {
	key := scopedKey{name: name, scope: r.names.scopeOf(name), argument: a}
	key.severity, _ = severityKey(name)
	if key.scope != engine.NoScope {
		return key, true
	}
	if r.names.bursts[name] != nil {
		r.burstWord(name, a.nameRange)
		return key, false
	}
	f := finding{
		code: CodeUnknownName, at: a.nameRange, in: r.block.in(), summary: fmt.Sprintf("unknown key %q", name),
		detail: "A key is an event type, a group, or critical, warning or info.",
	}
	r.fail(f.suggest(name, slices.Values(r.names.keys())))
	return key, false
}
