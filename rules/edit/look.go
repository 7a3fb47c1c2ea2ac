package edit

import (
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

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
