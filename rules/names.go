package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/diag"
)

// nameSpace holds what the catalogue defines, by name. Types, groups,
// severities and bursts share one space of names, so that a key says by itself
// what it is.
type nameSpace struct {
	types, groups, bursts map[string]*block
}

// gatherNames notes the names of the catalogue before any block is decoded, so
// that blocks can refer to each other in any order.
func (l *loading) gatherNames(blocks []*block) {
	l.names = nameSpace{types: map[string]*block{}, groups: map[string]*block{}, bursts: map[string]*block{}}
	taken := map[string]*block{}
	for _, b := range blocks {
		var space map[string]*block
		switch b.kind {
		case groupKind:
			space = l.names.groups
		case eventKind:
			space = l.names.types
		case burstKind:
			space = l.names.bursts
		}
		if space == nil || len(b.labels) != 1 {
			continue
		}
		if l.collides(b, taken[b.name()]) {
			continue
		}
		space[b.name()], taken[b.name()] = b, b
	}
}

// collides reports a name that means something else already.
func (l *loading) collides(b, old *block) bool {
	f := finding{code: CodeCollision, at: b.nameRange(), in: b.in(), detail: "Toggles, cooldowns and conditions could not tell the two apart. Give it another name."}
	if _, ok := severityKey(b.name()); ok {
		f.summary = fmt.Sprintf("%q is a severity", b.name())
		l.fail(f)
		return true
	}
	if old == nil || old.kind == b.kind {
		return false
	}
	f.summary = fmt.Sprintf("%q is the name of %s %s too", b.name(), article(old.kind), old.kind)
	f.related = []diag.Related{{Range: old.head, Label: "the other one"}}
	l.fail(f)
	return true
}

// article returns the article of a kind of block.
func article(word string) string {
	if word == eventKind {
		return "an"
	}
	return "a"
}

// severityKey reads a severity as keys have it: critical, warning, info.
func severityKey(key string) (event.Severity, bool) {
	for _, s := range event.Severities() {
		if strings.ToLower(s.String()) == key {
			return s, true
		}
	}
	return 0, false
}

// scopeOf tells what a key is.
func (n *nameSpace) scopeOf(key string) engine.Scope {
	if n.types[key] != nil {
		return engine.TypeScope
	}
	if n.groups[key] != nil {
		return engine.GroupScope
	}
	if _, ok := severityKey(key); ok {
		return engine.SeverityScope
	}
	return engine.NoScope
}

// keys lists everything that a scoped key can be.
func (n *nameSpace) keys() []string {
	out := slices.AppendSeq(slices.Collect(maps.Keys(n.types)), maps.Keys(n.groups))
	for _, s := range event.Severities() {
		out = append(out, strings.ToLower(s.String()))
	}
	return out
}

// typeWord checks a word that must be an event type.
func (r *reader) typeWord(w word) bool {
	if r.names.types[w.text] != nil {
		return true
	}
	if r.names.bursts[w.text] != nil {
		r.burstWord(w.text, w.at)
		return false
	}
	f := finding{
		code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown event %q", w.text),
		detail: "No event block has that name.",
	}
	r.fail(f.suggest(w.text, maps.Keys(r.names.types)))
	return false
}

// burstWord reports a burst where an event is expected.
func (r *reader) burstWord(name string, at hcl.Range) {
	r.fail(finding{
		code: CodeBurstKey, at: at, in: r.block.in(), summary: fmt.Sprintf("%s is a burst", name),
		detail: "A burst takes the toggles, routes and cooldowns of its events. Name these events instead.",
	})
}
