package edit

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// literalText returns the text that an expression writes out.
func literalText(expr hclsyntax.Expression) (string, bool) {
	tmpl, ok := expr.(*hclsyntax.TemplateExpr)
	if !ok || !tmpl.IsStringLiteral() {
		return "", false
	}
	v, diags := tmpl.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// isLiteral reports whether an expression writes its value out.
func isLiteral(expr hclsyntax.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral() || len(e.Parts) == 0
	case *hclsyntax.UnaryOpExpr:
		return isLiteral(e.Val)
	case *hclsyntax.ParenthesesExpr:
		return isLiteral(e.Expression)
	case *hclsyntax.TupleConsExpr:
		for _, x := range e.Exprs {
			if !isLiteral(x) {
				return false
			}
		}
		return true
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if _, ok := itemKey(item.KeyExpr); !ok || !isLiteral(item.ValueExpr) {
				return false
			}
		}
		return true
	}
	return false
}

// isNumber reports whether an expression is a number in digits.
func isNumber(expr hclsyntax.Expression) bool {
	if !isLiteral(expr) {
		return false
	}
	v, diags := expr.Value(nil)
	return !diags.HasErrors() && v.Type() == cty.Number
}

// itemKey returns the key of an item that is a bare word or a text.
func itemKey(expr hclsyntax.Expression) (string, bool) {
	if word := hcl.ExprAsKeyword(expr); word != "" {
		return word, true
	}
	if wrapped, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		expr = wrapped.Wrapped
	}
	if text, ok := literalText(expr); ok {
		return text, true
	}
	if lit, ok := expr.(*hclsyntax.LiteralValueExpr); ok && lit.Val.Type() == cty.Number {
		return lit.Val.AsBigFloat().Text('f', -1), true
	}
	return "", false
}

// same reports whether two expressions mean the same: by their values, or by
// their tokens when they have to be worked out.
func same(a hclsyntax.Expression, aSrc string, b hclsyntax.Expression, bSrc string) bool {
	if isLiteral(a) && isLiteral(b) {
		x, dx := a.Value(nil)
		y, dy := b.Value(nil)
		if !dx.HasErrors() && !dy.HasErrors() {
			return textual(x).RawEquals(textual(y))
		}
	}
	return meaning([]byte(aSrc)) == meaning([]byte(bSrc))
}

// textual gives a text the line ends of Unix; the last newline of a heredoc is
// not part of its value.
func textual(v cty.Value) cty.Value {
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			return cty.StringVal(strings.TrimSuffix(strings.ReplaceAll(v.AsString(), "\r\n", "\n"), "\n")), nil
		}
		return v, nil
	})
	if err != nil {
		return v
	}
	return out
}

// meaning is a text without comments and layout.
func meaning(text []byte) string {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	var b strings.Builder
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenComment, hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			continue
		}
		b.Write(t.Bytes)
		b.WriteByte(0)
	}
	return b.String()
}

// Literal returns the text that an edit gives, when it is one.
func Literal(e Edit) (string, bool) {
	v, err := valueOf(e)
	if err != nil {
		return "", false
	}
	return literalText(v.expr)
}
