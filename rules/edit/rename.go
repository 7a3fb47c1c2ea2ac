package edit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// rename gives a block another name, and changes what refers to it.
func (w *work) rename(t *target, to string) (Place, error) {
	h := t.heads[len(t.heads)-1]
	if t.attr != "" && t.heads[0].shape.Kind != localsKind || t.attr == "" && len(h.labels) == 0 {
		return Place{}, fmt.Errorf("%s has no name that could change", t.addr)
	}
	f, depth := w.lookup(w.pages, t)
	if depth < len(t.heads) || t.attr != "" && f.block.Body.Attributes[t.attr] == nil {
		if _, packed := w.lookup(w.pack.under(t), t); packed == len(t.heads) {
			return Place{}, fmt.Errorf("%s is built in: its name stays", t.addr)
		}
		return Place{}, w.noBlock(&h)
	}
	if to == "" {
		return Place{}, fmt.Errorf("rename %s: the new name is missing", t.addr)
	}
	if t.attr != "" {
		return w.renameLocal(t, f, to)
	}
	if b := w.withLabels(h.shape.Kind, append(slices.Clone(h.labels[:len(h.labels)-1]), to)); b != nil && len(t.heads) == 1 {
		return Place{}, fmt.Errorf("%s %s is there already, at %s:%d: choose another name", h.shape.Kind, quote(to), b.TypeRange.Filename, b.TypeRange.Start.Line)
	}
	if h.shape.Kind == "channel" && len(t.heads) == 1 {
		if err := w.renameReferences(h.labels[1], to); err != nil {
			return Place{}, err
		}
		f, _ = w.lookup(w.pages, t)
	}
	r := f.block.LabelRanges[len(f.block.LabelRanges)-1]
	if err := w.write(f.page, nil, splice{r.Start.Byte, r.End.Byte, quoted(to)}); err != nil {
		return Place{}, err
	}
	renamed := *t
	renamed.heads = slices.Clone(t.heads)
	last := &renamed.heads[len(renamed.heads)-1]
	last.labels = append(slices.Clone(h.labels[:len(h.labels)-1]), to)
	return w.placeOf(&renamed), nil
}

func (w *work) withLabels(kind string, labels []string) *hclsyntax.Block {
	for b := range w.blocks(kind) {
		if slices.Equal(b.Labels, labels) {
			return b
		}
	}
	return nil
}

// renameReferences changes the names of a channel in rules, fallbacks and tests.
func (w *work) renameReferences(from, to string) error {
	for _, path := range slices.Sorted(maps.Keys(w.pages)) {
		p := w.pages[path]
		if p.body == nil {
			continue
		}
		var splices []splice
		for _, b := range p.body.Blocks {
			splices = append(splices, p.channelRefs(b, from, to)...)
		}
		if len(splices) > 0 {
			if err := w.write(p, nil, splices...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *page) channelRefs(b *hclsyntax.Block, from, to string) []splice {
	var out []splice
	if b.Type == "expect" && len(b.Labels) == 1 && b.Labels[0] == from {
		r := b.LabelRanges[0]
		out = append(out, splice{r.Start.Byte, r.End.Byte, quoted(to)})
	}
	for _, name := range []string{"channel", "channels"} {
		if a := b.Body.Attributes[name]; a != nil {
			_ = hclsyntax.VisitAll(a.Expr, func(n hclsyntax.Node) hcl.Diagnostics {
				if x, ok := n.(*hclsyntax.TemplateExpr); ok {
					if text, ok := literalText(x); ok && text == from {
						out = append(out, splice{x.SrcRange.Start.Byte, x.SrcRange.End.Byte, quoted(to)})
					}
				}
				return nil
			})
		}
	}
	for _, inner := range b.Body.Blocks {
		out = append(out, p.channelRefs(inner, from, to)...)
	}
	return out
}

// renameLocal renames a local and the expressions of HCL that read it.
func (w *work) renameLocal(t *target, f found, to string) (Place, error) {
	if !hclsyntax.ValidIdentifier(to) {
		return Place{}, fmt.Errorf("%s cannot be the name of a local: use letters, digits, _ and -", quote(to))
	}
	a := f.block.Body.Attributes[t.attr]
	if err := w.write(f.page, nil, splice{a.NameRange.Start.Byte, a.NameRange.End.Byte, to}); err != nil {
		return Place{}, err
	}
	for _, path := range slices.Sorted(maps.Keys(w.pages)) {
		p := w.pages[path]
		var splices []splice
		for _, use := range p.usesOf(t.attr) {
			if use.name.End.Byte > use.name.Start.Byte {
				splices = append(splices, splice{use.name.Start.Byte, use.name.End.Byte, to})
			}
		}
		if len(splices) > 0 {
			if err := w.write(p, nil, splices...); err != nil {
				return Place{}, err
			}
		}
	}
	renamed := *t
	renamed.attr = to
	return w.placeOf(&renamed), nil
}
