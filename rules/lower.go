package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/templates"
)

// conditions returns the cache with the compiler for this configuration: one
// that knows its events, groups, fields and locals.
func (l *loading) conditions() *cache {
	if l.compiled {
		return l.cache
	}
	l.compiled = true
	schema := condition.Schema{
		Types:  slices.Sorted(maps.Keys(l.names.types)),
		Groups: slices.Sorted(maps.Keys(l.names.groups)),
		Bursts: slices.Sorted(maps.Keys(l.names.bursts)),
		Fields: make(map[string]event.FieldType, len(l.fields)),
		Zone:   l.config.Settings.Tocsin.Zone,
	}
	for name, f := range l.fields {
		schema.Fields[name] = f.typ
	}
	schema.Locals, schema.Hidden = l.locals.plain()
	digest := digestOf(schema)
	if l.cache.compiler == nil || l.cache.digest != digest {
		l.cache.compiler, l.cache.digest = condition.NewCompiler(schema), digest
	}
	return l.cache
}

// digestOf returns what conditions depend on in one word: with the same digest a
// condition compiled before is still right.
func digestOf(schema condition.Schema) [sha256.Size]byte {
	zone := schema.Zone.String()
	schema.Zone = nil
	text, err := json.Marshal([]any{schema, zone})
	if err != nil {
		panic(fmt.Sprintf("rules: %v", err)) // texts, numbers, lists and maps always marshal
	}
	return sha256.Sum256(text)
}

// lowerGeneric sets what stands for types that nobody declares.
func (l *loading) lowerGeneric() {
	p, set := l.config.Policy, l.config.Templates
	p.Generic, set.Generic = p.Types[genericType], set.Entries[genericType]
	if p.Generic == nil {
		p.Generic = &engine.Type{Name: genericType, Group: "other", Enabled: true}
		set.Generic = &templates.Entry{Type: genericType, Group: "other"}
	}
}

// listEvents lists the catalogue, group by group.
func (l *loading) listEvents() {
	order := map[string]int{}
	for i, g := range l.config.Catalogue.Groups {
		order[g.Name] = i
	}
	for _, e := range l.events {
		t, out := e.typ, e.listed
		out.Name, out.Group, out.Severity, out.Outcome = t.Name, t.Group, t.Severity, t.Outcome
		out.Enabled, out.Live, out.Place = t.Enabled, t.Live, place(e.block.head)
		out.Fields, out.Fingerprint, out.Resolves = t.Fields, t.Fingerprint, t.Resolves
		if t.Burst != nil {
			out.Burst = t.Burst.Name
		}
		l.config.Catalogue.Events = append(l.config.Catalogue.Events, out)
	}
	slices.SortStableFunc(l.config.Catalogue.Events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(order[a.Group], order[b.Group]), strings.Compare(a.Group, b.Group))
	})
}
