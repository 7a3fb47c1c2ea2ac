package rules

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// reader reads the arguments of one block. It remembers what was asked for, so
// that done can report what nobody knows: a decoder reads like a description
// of its block.
type reader struct {
	*loading
	block    *block
	asked    map[string]bool
	nested   map[string]bool
	required []string
	dormant  bool     // switched off: what it lacks at run time is no news
	asks     []string // texts that a source depends on
}

// read begins to read a block.
func (l *loading) read(b *block) *reader {
	return &reader{loading: l, block: b, asked: map[string]bool{}, nested: map[string]bool{}}
}

// argument returns an argument of the block, or nil when it is not set. Null
// takes away what the pack has, so it counts as not set.
func (r *reader) argument(name string) *argument {
	r.asked[name] = true
	a, ok := r.block.arguments[name]
	if !ok || isNull(a.expr) {
		return nil
	}
	return a
}

// isNull reports whether a value is written as null.
func isNull(expr hclsyntax.Expression) bool {
	lit, ok := expr.(*hclsyntax.LiteralValueExpr)
	return ok && lit.Val.IsNull()
}

// require says that the block needs an argument.
func (r *reader) require(names ...string) { r.required = append(r.required, names...) }

// enabled reads the argument that every labelled block has.
func (r *reader) enabled() bool {
	on := true
	r.flag("enabled", &on)
	return on
}

// all returns the nested blocks of a kind.
func (r *reader) all(kind string) []*block {
	r.nested[kind] = true
	var out []*block
	for _, b := range r.block.blocks {
		if b.kind == kind {
			out = append(out, b)
		}
	}
	return out
}

// done reports what the block has and nobody asked for, and what it lacks. A
// misspelt argument is not missing as well.
func (r *reader) done() {
	var meant []string
	for _, name := range slices.Sorted(maps.Keys(r.block.arguments)) {
		if a := r.block.arguments[name]; !r.asked[name] {
			meant = append(meant, r.unknownArgument(a))
		}
	}
	for _, b := range r.block.blocks {
		if !r.nested[b.kind] {
			meant = append(meant, r.unknownBlock(b))
		}
	}
	lacks := slices.DeleteFunc(r.required, func(name string) bool {
		return r.argument(name) != nil || slices.Contains(meant, name)
	})
	if len(lacks) > 0 {
		r.missing(lacks)
	}
}

// unknownArgument reports an argument and returns the one that was meant.
func (r *reader) unknownArgument(a *argument) (meant string) {
	f := finding{code: CodeUnknownArg, at: a.nameRange, in: r.block.in(), summary: fmt.Sprintf("unknown argument %q", a.name)}
	if r.nested[a.name] {
		f.code, f.summary = CodeArgOrBlock, fmt.Sprintf("%s is a block", a.name)
		f.detail = fmt.Sprintf("Write it without the equals sign: %s { … }.", a.name)
		r.fail(f)
		return a.name
	}
	f.detail = r.knownArguments()
	f = f.suggest(a.name, r.askedNames())
	r.fail(f)
	return between(f.label, `"`, `"`)
}

// unknownBlock reports a nested block and returns the argument that was meant.
func (r *reader) unknownBlock(b *block) (meant string) {
	f := finding{code: CodeUnknownBlock, at: b.head, in: r.block.in(), summary: fmt.Sprintf("unknown block %q", b.kind)}
	if r.asked[b.kind] {
		f.code, f.summary = CodeArgOrBlock, fmt.Sprintf("%s is an argument", b.kind)
		f.detail = fmt.Sprintf("Write it with an equals sign: %s = { … }.", b.kind)
		r.fail(f)
		return b.kind
	}
	f.detail = "There is no such block in " + r.block.kind + "."
	r.fail(f.suggest(b.kind, maps.Keys(r.nested)))
	return ""
}

// askedNames returns every argument that the decoder knows.
func (r *reader) askedNames() iter.Seq[string] { return maps.Keys(r.asked) }

// knownArguments is the remedy when no near name is at hand.
func (r *reader) knownArguments() string {
	return fmt.Sprintf("A block %s has: %s.", r.block.kind, strings.Join(slices.Sorted(r.askedNames()), ", "))
}

// missing reports all arguments that a block lacks as one diagnostic: they have
// one cause and one place.
func (r *reader) missing(names []string) {
	f := finding{code: CodeMissingArg, at: r.block.head, in: r.block.in(), summary: "missing argument " + quoted(names[:1])}
	if len(names) > 1 {
		f.summary = "missing arguments " + quoted(names)
	}
	f.detail = r.missingDetail(names)
	r.fail(f)
}

// between returns the part of a text between two marks.
func between(text, open, end string) string {
	_, rest, _ := strings.Cut(text, open)
	word, _, _ := strings.Cut(rest, end)
	return word
}
