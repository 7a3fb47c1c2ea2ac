package rules

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// items reads a map, in the order in which it is written: what the pack has
// first, then what the user adds. Each item comes as an argument of its own; a
// null takes away what the pack has. It reports false when there is no map.
func (r *reader) items(name string) ([]*argument, bool) {
	a := r.argument(name)
	if a == nil {
		return nil, false
	}
	return r.layered(a)
}

// layered reads the map of an argument and, below it, those that it lies over.
func (r *reader) layered(a *argument) ([]*argument, bool) {
	top, ok := r.itemsOf(a)
	if !ok {
		return nil, false
	}
	var out []*argument
	if a.base != nil && !isNull(a.base.expr) {
		out, _ = r.layered(a.base)
	}
	for _, item := range top {
		out = overlayItem(out, item)
	}
	return out, true
}

// overlayItem puts an item in the place of the one with its name, or behind
// all others.
func overlayItem(items []*argument, top *argument) []*argument {
	for i, item := range items {
		if item.name != top.name {
			continue
		}
		if isNull(top.expr) {
			return append(items[:i:i], items[i+1:]...)
		}
		items[i] = top
		return items
	}
	if isNull(top.expr) {
		return items
	}
	return append(items, top)
}

// itemsOf reads the map of one layer.
func (r *reader) itemsOf(a *argument) ([]*argument, bool) {
	object, ok := a.expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return r.evaluatedItems(a)
	}
	out := make([]*argument, 0, len(object.Items))
	first := map[string]hcl.Range{}
	for _, item := range object.Items {
		key, ok := r.itemKey(a, item.KeyExpr)
		if !ok {
			continue
		}
		at := item.KeyExpr.Range()
		if old, twice := first[key]; twice {
			r.twice(fmt.Sprintf("%q", key), r.block.in(), at, old)
			continue
		}
		first[key] = at
		out = append(out, &argument{name: key, expr: item.ValueExpr, nameRange: at, file: a.file})
	}
	return out, true
}

// itemKey reads a key: a bare word, a text, or an expression in parentheses.
func (r *reader) itemKey(a *argument, expr hclsyntax.Expression) (string, bool) {
	if word := hcl.ExprAsKeyword(expr); word != "" {
		return word, true
	}
	if wrapped, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		expr = wrapped.Wrapped
	}
	v, ok := r.valueOf(a, expr)
	if !ok {
		return "", false
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		r.wrongType(a, expr.Range(), "a map with texts for keys", "the key as text")
		return "", false
	}
	return v.AsString(), true
}

// evaluatedItems reads a map that an expression works out. HCL keeps no order
// in it, so it comes in the order of the keys.
func (r *reader) evaluatedItems(a *argument) ([]*argument, bool) {
	v, ok := r.value(a)
	if !ok {
		return nil, false
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		r.wrongType(a, a.valueRange(), "a map", fmt.Sprintf("%s = { NAME = VALUE, … }", a.name))
		return nil, false
	}
	var out []*argument
	for key, item := range v.Elements() {
		expr := &hclsyntax.LiteralValueExpr{Val: item, SrcRange: a.valueRange()}
		out = append(out, &argument{name: key.AsString(), expr: expr, nameRange: a.valueRange(), file: a.file})
	}
	return out, true
}
