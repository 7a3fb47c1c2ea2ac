package edit

import (
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxMerge bounds the elements of a list or map that is changed one by one.
const maxMerge = 400

// merge changes a list or a map element by element. It reports false when that
// cannot be, and then has changed nothing.
func (w *work) merge(t *target, f found, a *hclsyntax.Attribute, v *value) bool {
	p := f.page
	for range 3 * maxMerge {
		splices, ok := p.mergeStep(a.Expr, v)
		if !ok {
			return false
		}
		if len(splices) == 0 {
			break
		}
		fresh := newPage(p.path, false, p.apply(splices...))
		if verify(p, fresh, t.scope()) != nil {
			return false
		}
		at := w.pages[p.path]
		w.pages[p.path] = fresh
		now, depth := w.lookup(w.pages, t)
		w.pages[p.path] = at
		if depth != len(t.heads) || now.page != fresh || now.block.Body.Attributes[t.attr] == nil {
			return false
		}
		p, a = fresh, now.block.Body.Attributes[t.attr]
	}
	if !same(a.Expr, p.text(a.Expr.Range()), v.expr, v.src) {
		return false
	}
	w.keep(p)
	return true
}

// mergeStep returns the splices of the next step towards a value; none when it
// is reached.
func (p *page) mergeStep(expr hclsyntax.Expression, v *value) ([]splice, bool) {
	switch old := expr.(type) {
	case *hclsyntax.TupleConsExpr:
		if new, ok := v.expr.(*hclsyntax.TupleConsExpr); ok && len(old.Exprs) > 0 && len(new.Exprs) > 0 && len(old.Exprs)+len(new.Exprs) <= maxMerge {
			return p.mergeList(old, new, v)
		}
	case *hclsyntax.ObjectConsExpr:
		if new, ok := v.expr.(*hclsyntax.ObjectConsExpr); ok && len(old.Items) > 0 && len(new.Items) > 0 && len(old.Items)+len(new.Items) <= maxMerge {
			return p.mergeMap(old, new, v)
		}
	}
	return nil, false
}

func (p *page) mergeList(old, new *hclsyntax.TupleConsExpr, v *value) ([]splice, bool) {
	var was, is []string
	for _, x := range old.Exprs {
		was = append(was, keyOf(x, p.text(x.Range())))
	}
	for _, x := range new.Exprs {
		is = append(is, keyOf(x, v.part(x)))
	}
	d, differ := firstDifference(was, is)
	if !differ {
		return nil, true
	}
	s := p.listOf(old)
	switch {
	case d.remove && d.with >= 0:
		inner := v.inner(new.Exprs[d.with])
		return []splice{{s.parts[d.at].from, s.parts[d.at].to, inner.at(p.indent(s.parts[d.at].from), p.unit())}}, true
	case d.remove:
		return s.drop(d.at), true
	}
	inner := v.inner(new.Exprs[d.with])
	return s.insert(d.at-1, inner.at), true
}

func (p *page) mergeMap(old, new *hclsyntax.ObjectConsExpr, v *value) ([]splice, bool) {
	wasKeys, ok1 := keysOf(old)
	isKeys, ok2 := keysOf(new)
	if !ok1 || !ok2 {
		return nil, false
	}
	s := p.mapOf(old)
	for i, key := range wasKeys {
		j := slices.Index(isKeys, key)
		if j < 0 {
			return s.drop(i), true
		}
		before, after := old.Items[i].ValueExpr, new.Items[j].ValueExpr
		inner := v.inner(after)
		if same(before, p.text(before.Range()), after, inner.src) {
			continue
		}
		if deeper, ok := p.mergeStep(before, inner); ok && len(deeper) > 0 {
			return deeper, true
		}
		r := before.Range()
		return []splice{{r.Start.Byte, r.End.Byte, inner.at(p.indent(r.Start.Byte), p.unit())}}, true
	}
	for j, key := range isKeys {
		if slices.Contains(wasKeys, key) {
			continue
		}
		if j < len(wasKeys) {
			return nil, false // in another order
		}
		inner := v.inner(new.Items[j].ValueExpr)
		return s.insert(len(s.parts)-1, p.assign(old, key, inner.at)), true
	}
	return nil, slices.Equal(wasKeys, isKeys)
}

// part returns the source of a part of the value.
func (v *value) part(expr hclsyntax.Expression) string {
	r := expr.Range()
	return v.whole[r.Start.Byte:r.End.Byte]
}

// inner returns a part of the value as a value.
func (v *value) inner(expr hclsyntax.Expression) *value {
	return &value{src: v.part(expr), expr: expr, whole: v.whole, made: v.made}
}

func keysOf(e *hclsyntax.ObjectConsExpr) ([]string, bool) {
	var out []string
	for _, item := range e.Items {
		key, ok := itemKey(item.KeyExpr)
		if !ok || slices.Contains(out, key) {
			return nil, false
		}
		out = append(out, key)
	}
	return out, true
}
