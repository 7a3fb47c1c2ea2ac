package layout

import (
	"bytes"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of what the parser gets to see. It recurses without a limit of its
// own, and an overflow of the stack ends the process; every level is also
// indented further, so that a deep file would grow with the square of its depth.
// What the language loads is within them.
const (
	maxNesting   = 100
	maxOperators = 400 // of one expression
)

// level is one open bracket, quote or heredoc.
type level struct {
	operators int
	lines     bool // an expression ends with its line
}

// tooDeep looks at the tokens alone and returns what is wrong with a file that
// nests too deep or has too long an expression.
func tooDeep(src []byte, name string) *hcl.Diagnostic {
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	levels := []level{{lines: true}}
	for i, t := range tokens {
		top := &levels[len(levels)-1]
		switch {
		case t.Type == hclsyntax.TokenComma, top.lines && endsLine(t):
			top.operators = 0
		case opensLevel(t.Type):
			top.operators++ // an index or a call may follow another without end
			levels = append(levels, level{lines: t.Type == hclsyntax.TokenOBrace && !isFor(tokens[i+1:])})
		case closesLevel(t.Type):
			levels = levels[:max(len(levels)-1, 1)]
		case isOperator(t.Type):
			top.operators++
		}
		switch {
		case len(levels)-1 > maxNesting:
			return fault(name, t.Range.Start, "nested too deep", fmt.Sprintf("Brackets, blocks and quotes nest at most %d deep.", maxNesting))
		case top.operators > maxOperators:
			return fault(name, t.Range.Start, "expression too long", fmt.Sprintf("One expression has at most %d operators.", maxOperators))
		}
	}
	return nil
}

// endsLine reports whether a token is a line end, or a comment with one.
func endsLine(t hclsyntax.Token) bool {
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
}

func opensLevel(t hclsyntax.TokenType) bool {
	return isOpening(t) || t == hclsyntax.TokenOQuote || t == hclsyntax.TokenOHeredoc
}

func closesLevel(t hclsyntax.TokenType) bool {
	return isClosing(t) || t == hclsyntax.TokenCQuote || t == hclsyntax.TokenCHeredoc
}

// isFor reports whether tokens begin with the word of a for expression, in whose
// braces a line end ends nothing.
func isFor(tokens hclsyntax.Tokens) bool {
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		default:
			return t.Type == hclsyntax.TokenIdent && string(t.Bytes) == "for"
		}
	}
	return false
}

// isOperator reports whether the parser may go a level deeper for a token.
func isOperator(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit, hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit,
		hclsyntax.TokenNewline, hclsyntax.TokenComment, hclsyntax.TokenEqual, hclsyntax.TokenDot, hclsyntax.TokenEOF:
		return false
	}
	return true
}

// fault is an error of ours at one place.
func fault(name string, at hcl.Pos, summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: detail,
		Subject: &hcl.Range{Filename: name, Start: at, End: at},
	}
}
