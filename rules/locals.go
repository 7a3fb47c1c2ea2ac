package rules

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tocsin/rules/diag"
)

// localsKind is the kind of the one block that may be there many times.
const localsKind = "locals"

// locals holds the values of all locals blocks.
type locals struct {
	arguments map[string]*argument
	values    map[string]cty.Value // of those that are worked out
}

// newLocals returns locals before any block is read.
func newLocals() *locals {
	return &locals{arguments: map[string]*argument{}, values: map[string]cty.Value{}}
}

// known reports whether a block defines a local.
func (v *locals) known(name string) bool { _, ok := v.arguments[name]; return ok }

// names returns every local, as candidates for a near name.
func (v *locals) names() iter.Seq[string] { return maps.Keys(v.arguments) }

// argument returns where a local is defined.
func (v *locals) argument(name string) *argument { return v.arguments[name] }

// hidden reports whether a local holds a secret.
func (v *locals) hidden(name string) bool {
	value, ok := v.values[name]
	return ok && isSecret(value)
}

// object returns the locals that an expression reads as the object that is
// called local.
func (v *locals) object(reads []hcl.Traversal) cty.Value {
	values := make(map[string]cty.Value, len(reads))
	for _, t := range reads {
		if name, ok := localName(t); ok {
			values[name] = v.values[name]
		}
	}
	return cty.ObjectVal(values)
}

// loadLocals gathers the locals of all blocks and works them out, each after
// those that it needs.
//
//	locals {
//	  site  = "farm"
//	  hosts = ["${local.site}-1", "${local.site}-2"]
//	}
func (l *loading) loadLocals(blocks []*block) {
	for _, b := range blocks {
		if b.kind == localsKind {
			l.gatherLocals(b)
		}
	}
	state := map[string]visit{}
	for _, name := range slices.Sorted(maps.Keys(l.locals.arguments)) {
		l.workOut(name, state, nil)
	}
}

// gatherLocals takes one block. A local of the user goes over one of the pack.
func (l *loading) gatherLocals(b *block) {
	if len(b.labels) > 0 {
		l.wrongLabels(b, nil)
	}
	for _, a := range b.arguments {
		old, twice := l.locals.arguments[a.name]
		if twice && old.file.pack == a.file.pack {
			l.twice("local."+a.name, b.in(), a.nameRange, old.nameRange)
			continue
		}
		l.locals.arguments[a.name] = a
	}
	for _, inner := range b.blocks {
		l.fail(finding{code: CodeUnknownBlock, at: inner.head, in: b.in(), summary: "block in locals", detail: fmt.Sprintf("Write it as a value: %s = { … }.", inner.kind)})
	}
}

// visit is how far a local is worked out.
type visit uint8

const (
	untouched visit = iota
	underWay
	done
)

// workOut evaluates a local after those that it needs. The path holds the
// names on the way to it.
func (l *loading) workOut(name string, state map[string]visit, path []string) {
	a := l.locals.arguments[name]
	switch {
	case a == nil || state[name] == done:
		return
	case state[name] == underWay:
		l.cycle(path[slices.Index(path, name):])
		return
	}
	state[name] = underWay
	path = append(path, name)
	for _, t := range a.expr.Variables() {
		if need, ok := localName(t); ok && t.RootName() == "local" {
			l.workOut(need, state, path)
		}
	}
	if state[name] == done {
		return // in a cycle, which was reported
	}
	state[name] = done
	v, ok := l.evaluate(a.file, a.expr, localsKind)
	if ok && weight(v) > maxWeight {
		l.fail(finding{code: CodeValue, at: a.valueRange(), in: localsKind, summary: "local too large", detail: "A local holds at most a million characters."})
		v = cty.DynamicVal
	}
	if !ok {
		v = cty.DynamicVal
	}
	l.locals.values[name] = v
}

// cycle reports locals that need each other, once, at the first of them.
func (l *loading) cycle(names []string) {
	first := slices.Index(names, slices.Min(names))
	names = slices.Concat(names[first:], names[:first])
	a := l.locals.arguments[names[0]]
	f := finding{
		code: CodeCycle, at: a.nameRange, in: localsKind, summary: "locals that need each other",
		detail: "None of them has a value before the others: " + strings.Join(append(names, names[0]), " needs ") + ". Write one of them out.",
	}
	for _, name := range names[1:] {
		f.related = append(f.related, diag.Related{Range: l.locals.arguments[name].nameRange, Label: "part of it"})
	}
	l.fail(f)
	for _, name := range names {
		l.locals.values[name] = cty.DynamicVal
	}
}

// plain returns the locals as conditions and templates see them, and the
// names of those that hold a secret and stay out.
func (v *locals) plain() (values map[string]any, hidden map[string]bool) {
	values, hidden = map[string]any{}, map[string]bool{}
	for name, value := range v.values {
		switch {
		case isSecret(value):
			hidden[name] = true
		case value.IsWhollyKnown():
			values[name] = plainValue(value)
		default:
			values[name] = nil // failed, and was reported
		}
	}
	return values, hidden
}

// plainValue turns a value of HCL into one that programs of ours hold.
func plainValue(v cty.Value) any {
	switch t := v.Type(); {
	case v.IsNull():
		return nil
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		f, _ := v.AsBigFloat().Float64()
		return f
	case t.IsObjectType(), t.IsMapType():
		out := make(map[string]any, v.LengthInt())
		for key, item := range v.Elements() {
			out[key.AsString()] = plainValue(item)
		}
		return out
	case v.CanIterateElements():
		out := make([]any, 0, v.LengthInt())
		for _, item := range v.Elements() {
			out = append(out, plainValue(item))
		}
		return out
	}
	return nil
}
