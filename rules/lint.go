package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine"
)

// lint warns about what is allowed and most likely not meant.
func (l *loading) lint() {
	l.lintEnabled()
	l.lintChannels()
	l.lintResolvers()
	if l.cooldown != nil {
		l.lintOverruled(l.cooldown)
	}
	l.lintToggles()
	l.lintRules()
	l.lintReach()
}

// sortEvents files the catalogue by group and by severity, and notes which types
// others resolve.
func (l *loading) sortEvents() {
	l.byGroup, l.resolved = map[string][]*engine.Type{}, map[string]bool{}
	for _, e := range l.events {
		for _, name := range e.typ.Resolves {
			l.resolved[name] = true
		}
		l.byGroup[e.typ.Group] = append(l.byGroup[e.typ.Group], e.typ)
		l.bySeverity[e.typ.Severity] = append(l.bySeverity[e.typ.Severity], e.typ)
	}
}

// lintEnabled warns that nothing is dispatched.
func (l *loading) lintEnabled() {
	if l.config.Settings.Tocsin.Enabled || l.unclear {
		return
	}
	f := finding{
		code: CodeDisabled, summary: "nothing is dispatched",
		detail: "tocsin is off, as on a fresh install: it takes events and tells nobody. Write tocsin { enabled = true }.",
	}
	f.at = hcl.Range{Filename: l.config.Settings.Tocsin.Edits, Start: hcl.InitialPos, End: hcl.InitialPos}
	for _, file := range l.files {
		if file.pack {
			continue
		}
		if f.at.Filename == l.config.Settings.Tocsin.Edits {
			f.at = file.spot(0)
		}
		for _, b := range file.blocks {
			if b.kind == tocsinKind {
				f.at, f.in = b.head, b.in()
				if a := b.arguments["enabled"]; a != nil {
					f.at = a.valueRange()
				}
			}
		}
	}
	l.warn(f)
}

// lintChannels warns about a channel that takes everything where others do
// not.
func (l *loading) lintChannels() {
	selective := slices.ContainsFunc(l.config.Policy.Channels, func(c *engine.Channel) bool { return c.When != nil })
	if !selective {
		return
	}
	for _, b := range l.channels {
		c := l.config.Channels[b.name()]
		if a := b.arguments["when"]; a != nil && !isNull(a.expr) || !c.Enabled {
			continue
		}
		l.warn(finding{
			code: CodeTakesAll, at: b.head, in: b.in(), summary: fmt.Sprintf("channel %q takes everything", b.name()),
			detail: `Other channels have a when, this one has none. Write one, or when = "true" to say that it is meant.`,
		})
	}
}

// lintResolvers warns about an event that can never end what it says it ends:
// it lacks fields by which the other is known.
func (l *loading) lintResolvers() {
	for _, e := range l.events {
		for _, w := range e.resolves {
			other := l.config.Policy.Types[w.text]
			if other == nil {
				continue
			}
			var lacks []string
			for _, field := range other.Fingerprint {
				if _, has := e.typ.Fields[field]; !has && field != "host" {
					lacks = append(lacks, field)
				}
			}
			if len(lacks) > 0 {
				l.warn(finding{
					code: CodeResolver, at: w.at, in: e.block.in(), summary: fmt.Sprintf("%s can never be resolved by %s", w.text, e.typ.Name),
					detail: fmt.Sprintf("Both are known by the fields %s of %s, which %s does not declare: %s.", strings.Join(other.Fingerprint, ", "), w.text, e.typ.Name, strings.Join(lacks, ", ")),
				})
			}
		}
	}
}
