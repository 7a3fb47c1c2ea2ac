package edit

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules"
	"tocsin/rules/near"
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

// NotFound is the error for an address that leads to nothing.
type NotFound struct {
	What string // what is not there
	Do   string // the remedy
}

// Error says what is not there and what to do.
func (e *NotFound) Error() string {
	if e.Do == "" {
		return e.What
	}
	return e.What + ": " + e.Do
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

// unknownKind reports a first step that is no kind of block.
func (w *work) unknownKind(steps Address) error {
	name := steps[0].Name
	names := make([]string, len(w.shapes))
	for i, s := range w.shapes {
		names[i] = s.Kind
	}
	slices.Sort(names)
	e := &NotFound{What: fmt.Sprintf("there is no block %s", quote(name)), Do: "blocks are " + strings.Join(names, ", ")}
	if kind, ok := w.kindOfChannel(name); ok {
		e.Do = "write " + Address{{Name: "channel"}, {Name: kind}}.with(name).String()
	} else if meant, ok := near.Name(name, slices.Values(names)); ok {
		e.Do = fmt.Sprintf("did you mean %s?", append(Address{{Name: meant}}, steps[1:]...))
	}
	return e
}

// labelMissing reports an address that ends before the labels of its block.
func (w *work) labelMissing(shape *rules.Shape, have Address) error {
	begin := append(Address{{Name: shape.Kind}}, have...)
	e := &NotFound{What: fmt.Sprintf("%s lacks the %s", begin, shape.Labels[len(have)])}
	var known []string
	for b := range w.blocks(shape.Kind) {
		if len(b.Labels) > len(have) && slices.Equal(b.Labels[:len(have)], names(have)) {
			known = append(known, Address{{Name: shape.Kind}}.with(b.Labels...).String())
		}
	}
	switch slices.Sort(known); {
	case len(known) > 8:
		e.Do = fmt.Sprintf("there are %d, such as %s", len(known), known[0])
	case len(known) > 0:
		e.Do = "there is " + strings.Join(slices.Compact(known), ", ")
	case len(have) > 0:
		if _, ok := near.Name(have[0].Name, w.channelNames()); ok && shape.Kind == "channel" {
			return w.noBlock(&head{shape: shape, labels: []string{"", have[0].Name}})
		}
		e.Do = "none is there yet"
	}
	return e
}

func names(steps Address) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = s.Name
	}
	return out
}

func (w *work) channelNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for b := range w.blocks("channel") {
			if len(b.Labels) == 2 && !yield(b.Labels[1]) {
				return
			}
		}
	}
}

// noBlock reports a block that is not there, with the near name.
func (w *work) noBlock(h *head) error {
	addr := Address{{Name: h.shape.Kind}}.with(h.labels...)
	if len(h.labels) == 0 {
		return &NotFound{fmt.Sprintf("there is no block %s", addr), ""}
	}
	last := h.labels[len(h.labels)-1]
	e := &NotFound{What: fmt.Sprintf("there is no %s %s", h.shape.Kind, quote(last)), Do: fmt.Sprintf("tocsin add %s makes it", shell(addr.String()))}
	byName := map[string]Address{}
	for b := range w.blocks(h.shape.Kind) {
		if len(b.Labels) == len(h.shape.Labels) && len(b.Labels) > 0 {
			byName[b.Labels[len(b.Labels)-1]] = Address{{Name: h.shape.Kind}}.with(b.Labels...)
		}
	}
	if meant, ok := near.Name(last, maps.Keys(byName)); ok {
		e.Do = fmt.Sprintf("did you mean %s?", byName[meant])
	} else if meant, ok := near.Name(h.labels[0], maps.Keys(byName)); ok && len(h.labels) > 1 { // the kind was left out
		e.What = fmt.Sprintf("there is no %s %s", h.shape.Kind, quote(h.labels[0]))
		e.Do = fmt.Sprintf("did you mean %s?", byName[meant])
	} else if h.labels[0] == "" {
		e.Do = "its path begins with channel, its kind and its name"
	}
	return e
}

// shell writes a path as one word of a command line.
func shell(path string) string {
	if strings.ContainsAny(path, ` ["'$*?()&;|<>\`) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
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

// Look returns the source of what an address names in the files of the user:
// whoever edits it later can tell whether it is still the same.
func Look(t Tree, path string) (text string, at Place, err error) {
	addr, err := ParseAddress(path)
	if err != nil {
		return "", Place{}, err
	}
	w := newWork(t)
	target, err := w.resolve(addr)
	if err != nil {
		var none *NotFound
		if errors.As(err, &none) {
			return "", Place{}, nil
		}
		return "", Place{}, err
	}
	f, depth := w.lookup(w.pages, target)
	switch {
	case depth < len(target.heads):
		return "", Place{}, nil
	case target.attr == "":
		r := f.block.Range()
		r.End = f.block.CloseBraceRange.End
		return f.page.text(r), f.page.place(r.Start.Byte), nil
	}
	a := f.block.Body.Attributes[target.attr]
	if a == nil {
		return "", Place{}, nil
	}
	expr, rest := descend(a.Expr, target.rest)
	if len(rest) > 0 {
		return "", Place{}, nil
	}
	return f.page.text(expr.Range()), f.page.place(expr.Range().Start.Byte), nil
}

// Describe names what an address means as a person would: channel phone: chat_id.
func Describe(t Tree, path string) string {
	addr, err := ParseAddress(path)
	if err != nil {
		return path
	}
	target, err := newWork(t).resolve(addr)
	if err != nil {
		return path
	}
	words := make([]string, len(target.heads))
	for i, h := range target.heads {
		words[i] = h.shape.Kind
		if n := len(h.labels); n > 0 {
			label := h.labels[n-1]
			if strings.ContainsFunc(label, func(r rune) bool { return !isBare(r) }) {
				label = quote(label)
			}
			words[i] += " " + label
		}
	}
	out := strings.Join(words, ", ")
	if target.attr == "" {
		return out
	}
	return out + ": " + Address{{Name: target.attr}}.String() + strings.TrimPrefix(append(Address{{}}, target.rest...).String(), `""`)
}

// descend follows the steps inside of a value as far as it is written out.
func descend(expr hclsyntax.Expression, steps Address) (hclsyntax.Expression, Address) {
	for len(steps) > 0 {
		var next hclsyntax.Expression
		switch e := expr.(type) {
		case *hclsyntax.TupleConsExpr:
			if steps[0].At && steps[0].Index < len(e.Exprs) {
				next = e.Exprs[steps[0].Index]
			}
		case *hclsyntax.ObjectConsExpr:
			if i := itemIn(e, steps[0]); i >= 0 {
				next = e.Items[i].ValueExpr
			}
		}
		if next == nil {
			break
		}
		expr, steps = next, steps[1:]
	}
	return expr, steps
}

// itemIn returns the place of a key in a map, or -1.
func itemIn(e *hclsyntax.ObjectConsExpr, s Step) int {
	if s.At {
		return -1
	}
	return slices.IndexFunc(e.Items, func(item hclsyntax.ObjectConsItem) bool {
		key, ok := itemKey(item.KeyExpr)
		return ok && key == s.Name
	})
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
