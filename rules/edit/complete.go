package edit

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Complete lists how a path that is half written can go on, a step at a time:
// by the blocks of the language, and by what stands in the files.
func Complete(t Tree, begun string) []string {
	w := newWork(t)
	found := map[string]bool{}
	offer := func(a Address) {
		text := a.String()
		if !strings.HasPrefix(text, begun) || text == begun || strings.ContainsAny(text, `"`) { // quotes are the shell's, too
			return
		}
		if i := strings.IndexAny(text[len(begun):], ".["); i > 0 {
			text = text[:len(begun)+i]
		}
		found[text] = true
	}
	for _, s := range w.shapes {
		offer(Address{{Name: s.Kind}})
	}
	kind, _, deeper := strings.Cut(begun, ".")
	pack := map[string]*page{}
	if deeper {
		pack = w.pack.of(kind)
	}
	for _, pages := range []map[string]*page{w.pages, pack} {
		for _, p := range pages {
			if p.body != nil {
				offerBody(p.body, nil, offer)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// offerBody offers what stands in a body, and what stands in that.
func offerBody(b *hclsyntax.Body, at Address, offer func(Address)) {
	for name := range b.Attributes {
		if len(at) > 0 {
			offer(at.with(name))
		}
	}
	for _, inner := range b.Blocks {
		next := at.with(append([]string{inner.Type}, inner.Labels...)...)
		offer(next)
		offerBody(inner.Body, next, offer)
	}
}
