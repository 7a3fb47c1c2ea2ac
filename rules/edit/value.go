package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"tocsin/rules"
)

// maxValue bounds the value of an edit, in bytes.
const maxValue = 256 << 10

// value is a value that is to be written: an expression of HCL.
type value struct {
	src   string // trimmed, with \n for line ends
	expr  hclsyntax.Expression
	whole string // what the ranges of expr are about: src, or that of the value it is a part of
	made  bool   // laid out by us, two blanks a step
}

// valueOf reads the value of an edit.
func valueOf(e Edit) (*value, error) {
	given := 0
	for _, is := range []bool{e.Value != "", len(e.JSON) > 0, e.Word != "", e.Body != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0 && e.Text:
		return textValue("")
	case given == 0:
		return nil, fmt.Errorf("%s %s: the value is missing", e.Op, e.Path)
	case given > 1 || e.Body != "":
		return nil, fmt.Errorf("%s %s: give one value", e.Op, e.Path)
	case max(len(e.Value), len(e.JSON), len(e.Word)) > maxValue:
		return nil, fmt.Errorf("%s %s: the value is longer than %d KiB", e.Op, e.Path, maxValue>>10)
	case len(e.JSON) > 0:
		return jsonValue(e.JSON)
	case e.Word != "":
		return wordValue(e.Word, e.Text)
	}
	return parseValue(e.Value)
}

// parseValue reads an expression of HCL. What it holds is not repeated in an
// error, as it may be a secret.
func parseValue(text string) (*value, error) {
	src := strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	const name = "value"
	// As an argument of a block, so that the bounds of files hold.
	if rules.Syntax(name, []byte("x = "+src+"\n"), nil).HasErrors() {
		return nil, errors.New("the value is no expression of HCL: texts stand in double quotes, lists in [ ], maps in { }")
	}
	expr, diags := hclsyntax.ParseExpression([]byte(src), name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.New("the value is no expression of HCL: an expression of several lines stands in brackets")
	}
	tokens, _ := hclsyntax.LexConfig([]byte(src), name, hcl.InitialPos)
	depth := 0
	for i, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenComment:
			if depth == 0 {
				return nil, errors.New("the value has a comment behind it: write it into the file")
			}
		case hclsyntax.TokenNewline:
			if depth == 0 && i < len(tokens)-2 {
				return nil, errors.New("the value is no expression of HCL: an expression of several lines stands in brackets")
			}
		}
	}
	return &value{src: src, expr: expr, whole: src}, nil
}

// textValue is a text.
func textValue(text string) (*value, error) { return parseValue(quoted(text)) }

// quoted writes a text as HCL has it in quotes.
func quoted(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// wordValue reads what a person typed: an expression that needs nothing but
// locals and functions, or else a text as it stands.
func wordValue(word string, text bool) (*value, error) {
	if !text {
		if v, err := parseValue(word); err == nil && v.plausible() {
			return v, nil
		}
	}
	return textValue(word)
}

// plausible reports whether an expression can be one of the configuration: it
// names nothing but locals.
func (v *value) plausible() bool {
	for _, t := range v.expr.Variables() {
		if t.RootName() != "local" || len(t) < 2 {
			return false
		}
	}
	ok := true
	_ = hclsyntax.VisitAll(v.expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, is := n.(*hclsyntax.FunctionCallExpr); is && !rules.IsFunction(call.Name) {
			ok = false
		}
		return nil
	})
	return ok
}

// jsonValue turns JSON into an expression, with the keys in their order.
func jsonValue(raw []byte) (*value, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var b strings.Builder
	if err := writeJSON(&b, dec, "", 0); err != nil {
		return nil, fmt.Errorf("the value is no JSON: %w", plainJSON(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the value is no JSON: something stands behind it")
	}
	v, err := parseValue(b.String())
	if v != nil {
		v.made = true
	}
	return v, err
}

// plainJSON is an error of the decoder without what it quotes of the value.
func plainJSON(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it breaks at byte %d", syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}

// maxDepth bounds the nesting of a JSON value.
const maxDepth = 32

// writeJSON writes the next value of a decoder as HCL.
func writeJSON(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested deeper than %d", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(t))
	case json.Number:
		b.WriteString(t.String())
	case string:
		b.WriteString(quoted(t))
	case json.Delim:
		if t == '[' {
			return writeJSONList(b, dec, indent, depth)
		}
		return writeJSONMap(b, dec, indent, depth)
	}
	return nil
}

func writeJSONList(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	b.WriteByte('[')
	for n := 0; dec.More(); n++ {
		if n > 0 {
			b.WriteString(", ")
		}
		if err := writeJSON(b, dec, indent, depth+1); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	_, err := dec.Token()
	return err
}

func writeJSONMap(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	b.WriteByte('{')
	empty := true
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		b.WriteString("\n" + indent + "  " + mapKey(name) + " = ")
		if err := writeJSON(b, dec, indent+"  ", depth+1); err != nil {
			return err
		}
		empty = false
	}
	if !empty {
		b.WriteString("\n" + indent)
	}
	b.WriteByte('}')
	_, err := dec.Token()
	return err
}

// mapKey writes a key of a map, in quotes where it needs them.
func mapKey(name string) string {
	switch name {
	case "for", "true", "false", "null":
		return quoted(name)
	}
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return quoted(name)
}

// at lays a value out for a place with an indentation.
func (v *value) at(indent, unit string) string {
	if !strings.Contains(v.src, "\n") || strings.Contains(v.src, "<<") {
		return v.src // the lines of a heredoc are its text
	}
	lines := strings.Split(v.src, "\n")
	shared := -1
	for _, l := range lines[1:] {
		if trimmed := strings.TrimLeft(l, " \t"); trimmed != "" && (shared < 0 || len(l)-len(trimmed) < shared) {
			shared = len(l) - len(trimmed)
		}
	}
	for i, l := range lines[1:] {
		l = l[min(max(shared, 0), len(l)):]
		if v.made {
			l = steps(l, unit)
		}
		if strings.TrimSpace(l) == "" {
			lines[i+1] = ""
			continue
		}
		lines[i+1] = indent + l
	}
	return strings.Join(lines, "\n")
}

// steps gives a line of ours the file's step of indentation.
func steps(l, unit string) string {
	trimmed := strings.TrimLeft(l, " ")
	return strings.Repeat(unit, (len(l)-len(trimmed))/2) + trimmed
}

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
