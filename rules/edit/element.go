package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// addElement puts an element behind those of a list. A list of the pack is
// written out, as lists are replaced and not merged.
func (w *work) addElement(t *target, e Edit) (Place, error) {
	v, err := valueOf(e)
	if err != nil {
		return Place{}, err
	}
	return w.changeList(t, e, func(p *page, list *hclsyntax.TupleConsExpr) ([]splice, error) {
		if indexOf(p, list, v) >= 0 {
			return nil, fmt.Errorf("%s has %s already", t.addr, shown(v))
		}
		s := p.listOf(list)
		return s.insert(len(s.parts)-1, v.at), nil
	}, func() (*value, error) { return parseValue("[" + v.src + "]") })
}

// removeElement takes an element out of a list.
func (w *work) removeElement(t *target, e Edit) (Place, error) {
	v, err := valueOf(e)
	if err != nil {
		return Place{}, err
	}
	return w.changeList(t, e, func(p *page, list *hclsyntax.TupleConsExpr) ([]splice, error) {
		i := indexOf(p, list, v)
		if i < 0 {
			return nil, &NotFound{What: fmt.Sprintf("%s does not have %s", t.addr, shown(v))}
		}
		return p.listOf(list).drop(i), nil
	}, func() (*value, error) {
		return nil, &NotFound{What: fmt.Sprintf("%s is not set", t.addr)}
	})
}

// shown is a value for an error: texts that could be secrets do not stand in
// lists, but a long one would be a nuisance.
func shown(v *value) string {
	if len(v.src) > 60 || strings.Contains(v.src, "\n") {
		return "that element"
	}
	return v.src
}

// indexOf returns the place of an element in a list, or -1.
func indexOf(p *page, list *hclsyntax.TupleConsExpr, v *value) int {
	return slices.IndexFunc(list.Exprs, func(x hclsyntax.Expression) bool {
		return same(x, p.text(x.Range()), v.expr, v.src)
	})
}

// changeList changes the list of a target where it is written out, or writes it
// over the one of the pack, or makes it.
func (w *work) changeList(t *target, e Edit, change func(*page, *hclsyntax.TupleConsExpr) ([]splice, error), fresh func() (*value, error)) (Place, error) {
	inside := func(p *page, a *hclsyntax.Attribute) ([]splice, error) {
		expr, rest := descend(a.Expr, t.rest)
		list, ok := expr.(*hclsyntax.TupleConsExpr)
		if !ok || len(rest) > 0 {
			return nil, fmt.Errorf("%s is no list", t.addr)
		}
		return change(p, list)
	}
	f, depth := w.lookup(w.pages, t)
	if depth == len(t.heads) {
		if a := f.block.Body.Attributes[t.attr]; a != nil {
			if expr, rest := descend(a.Expr, t.rest); len(rest) > 0 || !isList(expr) {
				if err := w.origin(t, f.page, a, e); err != nil && !e.Here {
					return Place{}, err
				}
			}
			splices, err := inside(f.page, a)
			if err != nil {
				return Place{}, err
			}
			if err := w.write(f.page, t.scope(), splices...); err != nil {
				return Place{}, err
			}
			return w.placeOf(t), nil
		}
	}
	below, err := w.below(t)
	if err != nil {
		return Place{}, err
	}
	var v *value
	switch {
	case below != nil && len(t.rest) == 0:
		v, err = w.copied(t, below, inside)
	case len(t.rest) > 0:
		return Place{}, fmt.Errorf("%s is not written in a file of yours: set it as a whole", t.addr)
	default:
		v, err = fresh()
	}
	if err != nil {
		return Place{}, err
	}
	return w.put(t, e.File, v)
}

func isList(expr hclsyntax.Expression) bool {
	_, ok := expr.(*hclsyntax.TupleConsExpr)
	return ok
}
