package edit

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules"
)

// localsKind is the kind of block whose arguments are shared values.
const localsKind = "locals"

// head is how a block begins, and which of several alike it is.
type head struct {
	shape  *rules.Shape
	labels []string
	n      int  // of those with the same kind, or labels where the address has them; from 0
	any    bool // the labels are left to n
}

// target is what an address means.
type target struct {
	addr  Address
	heads []head
	attr  string // empty: the block itself
	rest  Address
}

// resolve reads the steps of an address by the shapes of the language.
func (w *work) resolve(addr Address) (*target, error) {
	t := &target{addr: addr}
	shapes, steps := w.shapes, addr
	if steps[0].Name == "local" { // as expressions call it
		steps = append(Address{{Name: localsKind}}, steps[1:]...)
	}
	for len(steps) > 0 {
		i := slices.IndexFunc(shapes, func(s rules.Shape) bool { return !steps[0].At && s.Kind == steps[0].Name })
		if i < 0 {
			break
		}
		h, rest, err := w.head(&shapes[i], steps[1:], len(t.heads) == 0)
		if err != nil {
			return nil, err
		}
		t.heads, steps, shapes = append(t.heads, h), rest, shapes[i].Blocks
	}
	switch {
	case len(t.heads) == 0:
		return nil, w.unknownKind(steps)
	case len(steps) == 0:
		return t, nil
	case steps[0].At:
		return nil, fmt.Errorf("%s: %s is no list", addr, addr[:len(addr)-len(steps)])
	}
	t.attr, t.rest = steps[0].Name, steps[1:]
	if !hclsyntax.ValidIdentifier(t.attr) {
		return nil, &NotFound{fmt.Sprintf("%s cannot be the name of an argument", quote(t.attr)), fmt.Sprintf("what stands in %s is named by letters, digits, _ and -", t.title())}
	}
	return t, nil
}

// head reads the labels of a block.
func (w *work) head(shape *rules.Shape, steps Address, top bool) (head, Address, error) {
	h := head{shape: shape}
	if shape.Repeats && shape.Kind != localsKind && len(steps) > 0 && steps[0].At {
		h.n, h.any = steps[0].Index, true
		return h, steps[1:], nil
	}
	if top && shape.Kind == "channel" && len(steps) > 0 && !steps[0].At {
		if kind, ok := w.kindOfChannel(steps[0].Name); ok {
			h.labels = []string{kind, steps[0].Name}
			return h, steps[1:], nil
		}
	}
	for i := range shape.Labels {
		if i >= len(steps) || steps[i].At {
			return h, nil, w.labelMissing(shape, steps[:min(i, len(steps))])
		}
		h.labels = append(h.labels, steps[i].Name)
	}
	steps = steps[len(shape.Labels):]
	if shape.Repeats && len(shape.Labels) > 0 && len(steps) > 0 && steps[0].At {
		h.n, steps = steps[0].Index, steps[1:]
	}
	return h, steps, nil
}

// kindOfChannel returns the kind of a channel that is named without it.
func (w *work) kindOfChannel(name string) (string, bool) {
	for b := range w.blocks("channel") {
		if len(b.Labels) == 2 && b.Labels[1] == name {
			return b.Labels[0], true
		}
	}
	return "", false
}

// blocks yields the blocks of a kind at the top of all files, the pack's last.
func (w *work) blocks(kind string) iter.Seq[*hclsyntax.Block] {
	return func(yield func(*hclsyntax.Block) bool) {
		for _, pages := range []map[string]*page{w.pages, w.pack.of(kind)} {
			for _, path := range slices.Sorted(maps.Keys(pages)) {
				if pages[path].body == nil {
					continue
				}
				for _, b := range pages[path].body.Blocks {
					if b.Type == kind && !yield(b) {
						return
					}
				}
			}
		}
	}
}

func names(steps Address) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = s.Name
	}
	return out
}

// found is a block that stands in a file.
type found struct {
	page  *page
	block *hclsyntax.Block
	outer []*hclsyntax.Block // the blocks around it, outermost first
}

// lookup finds the block of a target among pages, as deep as its heads are
// there, and returns how many of them that is.
func (w *work) lookup(pages map[string]*page, t *target) (found, int) {
	var best found
	deepest := 0
	for _, path := range slices.Sorted(maps.Keys(pages)) {
		p := pages[path]
		if p.body == nil {
			continue
		}
		if b := match(p.body, &t.heads[0]); b != nil {
			f, depth := found{page: p, block: b}, 1
			for depth < len(t.heads) {
				inner := match(f.block.Body, &t.heads[depth])
				if inner == nil {
					break
				}
				f.outer = append(f.outer, f.block)
				f.block = inner
				depth++
			}
			if t.heads[0].shape.Kind == localsKind {
				if f, ok := localIn(p, t.attr); ok {
					return f, 1
				}
			}
			if depth > deepest || t.heads[0].shape.Kind == localsKind {
				best, deepest = f, depth
			}
		}
	}
	return best, deepest
}

// localIn finds the block that defines a local; a new one goes into the last.
func localIn(p *page, name string) (found, bool) {
	for _, b := range p.body.Blocks {
		if b.Type == localsKind && b.Body.Attributes[name] != nil {
			return found{page: p, block: b}, true
		}
	}
	return found{}, false
}

// match finds a block in a body.
func match(b *hclsyntax.Body, h *head) *hclsyntax.Block {
	n := 0
	for _, inner := range b.Blocks {
		if inner.Type != h.shape.Kind || !h.any && !slices.Equal(inner.Labels, h.labels) {
			continue
		}
		if n == h.n {
			return inner
		}
		n++
	}
	return nil
}

// title returns the block of a target as it begins in a file.
func (t *target) title() string { return t.heads[len(t.heads)-1].title() }

func (h *head) title() string {
	out := h.shape.Kind
	for _, l := range h.labels {
		out += " " + quoted(l)
	}
	return out
}

// scope returns the keys that an edit of the target may change in a file.
func (t *target) scope() scope {
	if t.heads[0].shape.Kind == localsKind {
		return scope{localsKind}
	}
	var parts []string
	for _, h := range t.heads {
		parts = append(parts, h.shape.Kind)
		if h.any {
			return scope{strings.Join(parts, "\x00")}
		}
		parts = append(parts, h.labels...)
		if h.shape.Repeats {
			return scope{strings.Join(parts, "\x00")}
		}
	}
	if t.attr != "" {
		parts = append(parts, t.attr)
	}
	return scope{strings.Join(parts, "\x00")}
}

// around returns the scope of an edit that may make the blocks of the target.
func (t *target) around(depth int) scope {
	out := t.scope()
	var parts []string
	for i, h := range t.heads {
		parts = append(append(parts, h.shape.Kind), h.labels...)
		if i >= depth {
			out = append(out, strings.Join(parts, "\x00"))
		}
	}
	return out
}

// sourceOf returns the range of an expression, from the first byte to the last,
// brackets around it included.
func (p *page) sourceOf(a *hclsyntax.Attribute) hcl.Range {
	r := a.Expr.Range()
	start := a.EqualsRange.End.Byte
	for start < len(p.src) && (p.src[start] == ' ' || p.src[start] == '\t') {
		start++
	}
	r.Start = hcl.Pos{Line: r.Start.Line, Column: 1, Byte: start}
	r.End = a.SrcRange.End
	return r
}
