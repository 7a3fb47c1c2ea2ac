package rules

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// block is one block of the configuration. It is immutable; an overlay makes
// new blocks of old ones.
type block struct {
	kind        string
	labels      []string
	head        hcl.Range // from the kind to the last label
	kindRange   hcl.Range
	labelRanges []hcl.Range
	arguments   map[string]*argument
	blocks      []*block
	file        *file
	owner       string // head of the block around it; empty: none
	base        *block // of the pack, below this one; nil: none
}

// argument is one NAME = VALUE.
type argument struct {
	name      string
	expr      hclsyntax.Expression
	nameRange hcl.Range
	file      *file
	base      *argument // of the pack, below this one; nil: none
}

// newBlock takes over a block at the top of a file.
func newBlock(f *file, b *hclsyntax.Block) *block { return nestedBlock(f, b, "") }

// nestedBlock takes over a block and all blocks in it. The owner is what a
// diagnostic calls the block around it.
func nestedBlock(f *file, b *hclsyntax.Block, owner string) *block {
	out := &block{
		kind: b.Type, labels: b.Labels, kindRange: b.TypeRange, labelRanges: b.LabelRanges, head: b.DefRange(),
		arguments: make(map[string]*argument, len(b.Body.Attributes)), file: f, owner: owner,
	}
	for name, a := range b.Body.Attributes {
		out.arguments[name] = newArgument(f, a)
	}
	for _, inner := range b.Body.Blocks {
		out.blocks = append(out.blocks, nestedBlock(f, inner, out.title()))
	}
	return out
}

// newArgument takes over one argument.
func newArgument(f *file, a *hclsyntax.Attribute) *argument {
	return &argument{name: a.Name, expr: a.Expr, nameRange: a.NameRange, file: f}
}

// title returns the block as it begins in a file: channel "telegram" "phone".
func (b *block) title() string {
	var s strings.Builder
	s.WriteString(b.kind)
	for _, l := range b.labels {
		s.WriteString(" " + strconv.Quote(l))
	}
	return s.String()
}

// in returns what a diagnostic says about where it is.
func (b *block) in() string {
	if b.owner != "" {
		return b.kind + " of " + b.owner
	}
	return b.title()
}

// key tells blocks apart that overlay each other.
func (b *block) key() string { return b.kind + "\x00" + strings.Join(b.labels, "\x00") }

// repeats reports whether a block may be there many times with the same labels:
// locals, and the steps of a test.
func (b *block) repeats() bool {
	return b.kind == localsKind || b.owner != "" && (b.kind == sendKind || b.kind == expectKind)
}

// name returns the last label.
func (b *block) name() string { return b.labels[len(b.labels)-1] }

// nameRange returns the place of the last label.
func (b *block) nameRange() hcl.Range {
	if len(b.labelRanges) == 0 {
		return b.kindRange
	}
	return b.labelRanges[len(b.labelRanges)-1]
}

// place returns the file:line of the argument of that name, or of the block.
func (b *block) place(argument string) string {
	if a, ok := b.arguments[argument]; ok {
		return place(a.nameRange)
	}
	return place(b.head)
}

// valueRange returns the place of the value alone, which is what most
// diagnostics are about.
func (a *argument) valueRange() hcl.Range { return a.expr.Range() }
