package rules

import (
	"fmt"

	"tocsin/engine"
	"tocsin/rules/diag"
)

// lintToggles looks at the master switches and at those of channels.
func (l *loading) lintToggles() {
	for _, s := range l.toggles {
		l.lintOverruled(s)
		l.lintOffTypes(s)
		if s.block.owner != "" {
			l.lintFinal(s)
		}
	}
}

// covered returns the types that a key is about.
func (l *loading) covered(key *scopedKey) []*engine.Type {
	switch key.scope {
	case engine.TypeScope:
		if t := l.config.Policy.Types[key.name]; t != nil {
			return []*engine.Type{t}
		}
	case engine.GroupScope:
		return l.byGroup[key.name]
	case engine.SeverityScope:
		return l.bySeverity[key.severity]
	}
	return nil
}

// moreSpecific returns the key of the same block that holds for a type in
// place of a wider one, or nil.
func (s *scopedBlock) moreSpecific(key *scopedKey, t *engine.Type) *scopedKey {
	for _, name := range []string{t.Name, t.Group} {
		if other := s.index[name]; other != nil && other.scope > key.scope {
			return other
		}
	}
	return nil
}

// lintOverruled warns about a key of the user that a more specific key of the
// built-in pack overrules: its author does not see that one. Keys that one
// author wrote side by side are exceptions on purpose, unless nothing is left
// of the wider one.
func (l *loading) lintOverruled(s *scopedBlock) {
	for _, key := range s.keys {
		if key.argument.file.pack || key.scope == engine.TypeScope {
			continue
		}
		types := l.covered(key)
		left := len(types)
		var unseen *scopedKey
		for _, t := range types {
			other := s.moreSpecific(key, t)
			if other == nil {
				continue
			}
			left--
			if other.argument.file.pack && (unseen == nil || other.name < unseen.name) {
				unseen = other
			}
		}
		switch {
		case unseen != nil:
			l.warnKey(s, key, unseen, CodeOverruled, fmt.Sprintf("%s is overruled by %s", key.name, unseen.name), fmt.Sprintf(
				"For its events the more specific key %s at %s holds. Set that one too, or take it away: %[1]s = null.", unseen.name, place(unseen.argument.nameRange)))
		case len(types) == 0:
			l.warnKey(s, key, nil, CodeNoEffect, key.name+" changes nothing", "There is no event that the key is about.")
		case left == 0:
			l.warnKey(s, key, nil, CodeNoEffect, key.name+" changes nothing", "Every event that it is about has a more specific key.")
		}
	}
}

// lintOffTypes warns about a wide key that turns on only what the catalogue
// has off: it never does, only a type's own key can.
func (l *loading) lintOffTypes(s *scopedBlock) {
	for _, key := range s.keys {
		if key.argument.file.pack || key.scope == engine.TypeScope || key.toggle == engine.Off {
			continue
		}
		on, off := false, ""
		for _, t := range l.covered(key) {
			on = on || t.Enabled
			if off == "" || t.Name < off {
				off = t.Name
			}
		}
		if !on && off != "" {
			l.warnKey(s, key, nil, CodeNoEffect, key.name+" turns nothing on", fmt.Sprintf(
				"All its events are off in the catalogue, and only the key of an event itself turns it on: %s = true.", off))
		}
	}
}

// lintFinal warns about a key of a channel for what the master has off, which
// is final.
func (l *loading) lintFinal(s *scopedBlock) {
	for _, key := range s.keys {
		if key.toggle == engine.Off {
			continue
		}
		var final engine.Setting[engine.Toggle]
		types := l.covered(key)
		off := 0
		for _, t := range types {
			if master, _ := l.config.Policy.Toggles.Lookup(t.Name, t.Group, t.Severity); master.Value == engine.Off {
				off, final = off+1, master
			}
		}
		if off > 0 && off == len(types) {
			l.warnKey(s, key, nil, CodeNoEffect, key.name+" changes nothing", fmt.Sprintf(
				"The master switch at %s is false, and that is final.", final.Place))
		}
	}
}

// warnKey warns about a key; other is the one that holds in its place, or nil.
func (l *loading) warnKey(s *scopedBlock, key, other *scopedKey, code, summary, detail string) {
	f := finding{code: code, at: key.argument.nameRange, in: s.block.in(), summary: summary, detail: detail}
	if other != nil {
		f.related = []diag.Related{{Range: other.argument.nameRange, Label: "this one holds"}}
	}
	l.warn(f)
}
