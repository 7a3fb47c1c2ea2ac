package layout

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// line is what the layout must know of one line.
type line struct {
	kept   bool // inside a heredoc or a comment: every byte of it counts
	opens  bool // its last token, comments aside, is an opening bracket
	closes bool // its first token is a closing one
	seen   bool // a token begins on it
}

// survey looks at every line of a text.
func survey(src []byte) []line {
	lines := make([]line, bytes.Count(src, []byte("\n"))+1)
	keep := func(from, to int) { // counted from 1, both included
		for n := from; n <= min(to, len(lines)); n++ {
			lines[n-1].kept = true
		}
	}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	heredocs, begun := 0, 0 // how many are open, and the line of the outermost
	for _, t := range tokens {
		at := t.Range.Start.Line
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			continue
		case hclsyntax.TokenComment:
			if bytes.HasPrefix(t.Bytes, []byte("/*")) {
				keep(at, t.Range.End.Line-1)
			}
			lines[at-1].seen = true
			continue
		case hclsyntax.TokenOHeredoc:
			if heredocs++; heredocs == 1 {
				begun = at
			}
		case hclsyntax.TokenCHeredoc:
			if heredocs--; heredocs == 0 {
				keep(begun+1, at)
			}
		}
		lines[at-1].note(t.Type)
	}
	for n := range lines {
		if lines[n].kept {
			lines[n].opens, lines[n].closes = false, false
		}
	}
	return lines
}

// note takes the next token that begins on the line.
func (l *line) note(t hclsyntax.TokenType) {
	if !l.seen {
		l.closes = isClosing(t)
	}
	l.opens, l.seen = isOpening(t), true
}

// isOpening and isClosing tell the brackets of all kinds from other tokens.
func isOpening(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return true
	}
	return false
}

func isClosing(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return true
	}
	return false
}
