package edit

import (
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/near"
)

// unset takes a value away. What the user's files say goes; what only the pack
// says is taken away with null.
func (w *work) unset(t *target) (Place, error) {
	if t.attr == "" {
		return w.remove(t, Edit{Op: Remove})
	}
	f, depth := w.lookup(w.pages, t)
	if depth == len(t.heads) {
		if a := f.block.Body.Attributes[t.attr]; a != nil {
			return w.unsetIn(t, f, a)
		}
	}
	below, err := w.below(t)
	if err != nil {
		return Place{}, err
	}
	if below == nil || !w.reaches(below.attr.Expr, t.rest) {
		return Place{}, w.notSet(t)
	}
	null, err := parseValue("null")
	if err != nil {
		return Place{}, err
	}
	if len(t.rest) == 0 {
		return w.put(t, "", null)
	}
	if last := t.rest[len(t.rest)-1]; last.At {
		v, err := w.copied(t, below, func(p *page, a *hclsyntax.Attribute) ([]splice, error) { return p.dropInside(t, a.Expr) })
		if err != nil {
			return Place{}, err
		}
		return w.put(t, "", v)
	}
	v, err := w.layered(t, below, null)
	if err != nil {
		return Place{}, err
	}
	return w.put(t, "", v)
}

// reaches reports whether a value has what the steps name.
func (w *work) reaches(expr hclsyntax.Expression, steps Address) bool {
	_, rest := descend(expr, steps)
	return len(rest) == 0
}

// unsetIn takes away what the user's block says, and with it what becomes empty
// and means nothing.
func (w *work) unsetIn(t *target, f found, a *hclsyntax.Attribute) (Place, error) {
	at := w.placeOf(t)
	if len(t.rest) > 0 {
		if e, ok := a.Expr.(*hclsyntax.ObjectConsExpr); ok && len(t.rest) == 1 && len(e.Items) == 1 && itemIn(e, t.rest[0]) == 0 && w.overlays(t) {
			return at, w.dropArgument(t, f, a) // an empty map over one of the pack
		}
		splices, err := f.page.dropInside(t, a.Expr)
		if err != nil {
			return Place{}, err
		}
		return at, w.write(f.page, t.scope(), splices...)
	}
	return at, w.dropArgument(t, f, a)
}

// overlays reports whether the pack has the argument of a target.
func (w *work) overlays(t *target) bool {
	f, depth := w.lookup(w.pack.under(t), t)
	return depth == len(t.heads) && f.block.Body.Attributes[t.attr] != nil
}

// dropInside returns the splices that take a part of a value away.
func (p *page) dropInside(t *target, expr hclsyntax.Expression) ([]splice, error) {
	outer, rest := descend(expr, t.rest[:len(t.rest)-1])
	last := t.rest[len(t.rest)-1]
	if len(rest) == 0 {
		switch e := outer.(type) {
		case *hclsyntax.ObjectConsExpr:
			if i := itemIn(e, last); i >= 0 {
				return p.mapOf(e).drop(i), nil
			}
		case *hclsyntax.TupleConsExpr:
			if last.At && last.Index < len(e.Exprs) {
				return p.listOf(e).drop(last.Index), nil
			}
		default:
			if !isLiteral(outer) {
				return nil, fmt.Errorf("%s is worked out, at %s: set it as a whole, or change it there", t.addr[:len(t.addr)-1], p.place(outer.Range().Start.Byte))
			}
		}
	}
	return nil, &NotFound{What: fmt.Sprintf("%s is not set", t.addr)}
}

// dropArgument takes an argument away. A block that is empty then and says
// nothing by being there goes with it, unless a comment would go.
func (w *work) dropArgument(t *target, f found, a *hclsyntax.Attribute) error {
	if len(f.block.Body.Attributes) > 1 || len(f.block.Body.Blocks) > 0 {
		return w.write(f.page, t.scope(), frame{f.page, f.block}.dropArgument(a))
	}
	blocks := append(append([]*hclsyntax.Block{}, f.outer...), f.block)
	drop := -1
	for i := len(blocks) - 1; i >= 0; i-- {
		if !w.idle(t, i) || i < len(blocks)-1 && (len(blocks[i].Body.Attributes) > 0 || len(blocks[i].Body.Blocks) > 1) || f.keeps(blocks[i], a) {
			break
		}
		drop = i
	}
	if drop < 0 {
		return w.write(f.page, t.scope(), frame{f.page, f.block}.dropArgument(a))
	}
	outer := frame{page: f.page}
	if drop > 0 {
		outer.block = blocks[drop-1]
	}
	return w.write(f.page, t.around(drop), outer.dropBlock(blocks[drop]))
}

// keeps reports whether a comment that is not the argument's own stands in or
// above a block.
func (f found) keeps(b *hclsyntax.Block, a *hclsyntax.Attribute) bool {
	p := f.page
	from, to := p.above(b.TypeRange.Start.Byte), b.CloseBraceRange.End.Byte
	to, _ = p.afterLine(to)
	ownFrom, ownTo := p.above(a.NameRange.Start.Byte), a.SrcRange.End.Byte
	ownTo, _ = p.afterLine(ownTo)
	inner := frame{p, f.block}
	for _, t := range p.tokens {
		at := t.Range.Start.Byte
		if t.Type != hclsyntax.TokenComment || at < from || at >= to {
			continue
		}
		if inner.oneLine() || at < ownFrom || at >= ownTo {
			return true
		}
	}
	return false
}

// idle reports whether an empty block of the target says nothing: one without
// labels, or one over a block of the pack.
func (w *work) idle(t *target, i int) bool {
	h := t.heads[i]
	if h.shape.Repeats && h.shape.Kind != localsKind {
		return false
	}
	if len(h.labels) == 0 {
		return true
	}
	part := *t
	part.heads = t.heads[:i+1]
	_, depth := w.lookup(w.pack.under(&part), &part)
	return depth == i+1
}

// notSet reports that there is nothing to take away, with the near name.
func (w *work) notSet(t *target) error {
	e := &NotFound{What: fmt.Sprintf("%s is not set", t.addr)}
	f, depth := w.lookup(w.pages, t)
	if depth == len(t.heads) {
		if meant, ok := near.Name(t.attr, maps.Keys(f.block.Body.Attributes)); ok {
			e.Do = fmt.Sprintf("did you mean %s?", meant)
		}
	}
	return e
}
