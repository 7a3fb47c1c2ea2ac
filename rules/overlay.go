package rules

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
)

// overlay lays the blocks of the user over those of the pack. A block goes over
// the one with the same kind and labels: argument by argument, nested block by
// nested block. What the pack does not have comes behind it, in the order of
// the files.
func overlay(pack, user []*block) []*block {
	out := make([]*block, 0, len(pack)+len(user))
	index := make(map[string]int, len(pack))
	for _, b := range pack {
		index[b.key()] = len(out)
		out = append(out, b)
	}
	for _, b := range user {
		if i, ok := index[b.key()]; ok && !b.repeats() {
			out[i] = over(out[i], b)
		} else {
			out = append(out, b)
		}
	}
	return out
}

// over lays one block over another.
func over(base, top *block) *block {
	out := *top
	out.base = base
	out.arguments = maps.Clone(base.arguments)
	for name, a := range top.arguments {
		if below, ok := base.arguments[name]; ok {
			merged := *a
			merged.base = below
			a = &merged
		}
		out.arguments[name] = a
	}
	out.blocks = overlay(base.blocks, top.blocks)
	return &out
}

// unique returns the blocks without those that define something a second time
// in the same layer, which are errors that show both places.
func (r *report) unique(blocks []*block) []*block {
	first := make(map[string]*block, len(blocks))
	out := blocks[:0:0]
	for _, b := range blocks {
		old, twice := first[b.key()]
		if twice && !b.repeats() {
			r.twice(b.title(), b.in(), b.head, old.head)
			continue
		}
		first[b.key()] = b
		if len(b.blocks) > 1 {
			inner := *b
			inner.blocks = r.unique(b.blocks)
			b = &inner
		}
		out = append(out, b)
	}
	return out
}

// twice reports that something is defined a second time.
func (r *report) twice(what, in string, second, first hcl.Range) {
	r.fail(finding{
		code: CodeTwice, at: second, in: in, summary: what + " is there twice", label: "the second one",
		detail:  fmt.Sprintf("Keep one of the two, or join them. The first one stands at %s.", place(first)),
		related: []diag.Related{{Range: first, Label: "the first one"}},
	})
}
