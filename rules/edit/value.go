package edit

import (
	"errors"
	"fmt"
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
