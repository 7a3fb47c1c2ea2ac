package templates

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on the source of a template. The parser recurses, and so does the
// execution, hence the bounds on depth.
const (
	maxSource = 64 << 10 // bytes
	maxDepth  = 100      // of parentheses, and of if, range and with
)

// gate walks over the text of a template before the parser sees it: it keeps
// the bounds, refuses the actions that tocsin has no use for, and finds the
// mistakes for which the parser names only the last line.
type gate struct {
	text string
	pos  int
	open []control
}

// control is an if, range or with that waits for its end.
type control struct {
	word   string
	offset int
	levels int // 1, and 1 more for each "else if"
}

// admit returns the first fault that it finds in text.
func admit(text string) *ParseError {
	if len(text) > maxSource {
		return errorAt(text, maxSource, "template too long",
			fmt.Sprintf("a template has at most %d KiB; this one has %d", maxSource>>10, len(text)>>10))
	}
	g := &gate{text: text}
	for {
		next := strings.Index(text[g.pos:], "{{")
		if next < 0 {
			break
		}
		g.pos += next
		if err := g.action(); err != nil {
			return err
		}
	}
	if len(g.open) > 0 {
		last := g.open[len(g.open)-1]
		return errorAt(text, last.offset, "missing end", "this "+last.word+" is never closed: write {{ end }} behind its text")
	}
	return nil
}

// action passes over the action that begins at the position, to behind its }}.
func (g *gate) action() *ParseError {
	start := g.pos
	g.pos += len("{{")
	if rest := g.text[g.pos:]; len(rest) > 1 && rest[0] == '-' && isBlank(rest[1]) {
		g.pos += 2
	}
	if strings.HasPrefix(g.text[g.pos:], "/*") {
		return g.comment(start)
	}
	if err := g.keyword(start); err != nil {
		return err
	}
	return g.rest(start)
}

// comment passes over a comment, which may hold anything but its end.
func (g *gate) comment(start int) *ParseError {
	g.pos += len("/*")
	length := strings.Index(g.text[g.pos:], "*/")
	if length < 0 {
		return errorAt(g.text, start, "unclosed comment", "close it with */}}")
	}
	g.pos += length + len("*/")
	after := g.text[g.pos:]
	if len(after) > 1 && isBlank(after[0]) && after[1] == '-' {
		after = after[2:]
	}
	if !strings.HasPrefix(after, "}}") {
		return errorAt(g.text, start, "unclosed comment", "}} must follow */ at once: nothing else fits into the action of a comment")
	}
	return nil
}

// keyword reads the first word of an action and keeps the book of what is open.
func (g *gate) keyword(start int) *ParseError {
	word := g.word()
	switch word {
	case "define", "template", "block":
		return errorAt(g.text, start, "no named templates",
			fmt.Sprintf("%q is not available: write the text where it is used, or share it as a local", word))
	case "if", "range", "with":
		g.open = append(g.open, control{word: word, offset: start, levels: 1})
	case "end":
		if len(g.open) == 0 {
			return errorAt(g.text, start, "unexpected end", "nothing is open here: remove it, or add the missing if, range or with")
		}
		g.open = g.open[:len(g.open)-1]
	case "else":
		if len(g.open) == 0 {
			return errorAt(g.text, start, "unexpected else", "it belongs between an if, range or with and its end")
		}
		if next := g.word(); next == "if" || next == "with" {
			g.open[len(g.open)-1].levels++
		}
	}
	levels := 0
	for _, c := range g.open {
		levels += c.levels
	}
	if levels > maxDepth {
		return errorAt(g.text, start, "nesting too deep", fmt.Sprintf("at most %d of if, else if, range and with may be open at once", maxDepth))
	}
	return nil
}

// word reads the word that follows the position, behind blanks; empty when
// something else follows.
func (g *gate) word() string {
	for g.pos < len(g.text) && isBlank(g.text[g.pos]) {
		g.pos++
	}
	start := g.pos
	for g.pos < len(g.text) {
		r, size := utf8.DecodeRuneInString(g.text[g.pos:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		g.pos += size
	}
	return g.text[start:g.pos]
}

// rest passes over what an action holds, quoted text as one piece.
func (g *gate) rest(start int) *ParseError {
	depth := 0
	for g.pos < len(g.text) {
		switch c := g.text[g.pos]; {
		case strings.HasPrefix(g.text[g.pos:], "}}"):
			g.pos += len("}}")
			if depth > 0 {
				return errorAt(g.text, start, "unbalanced parentheses", "a ( in this action has no )")
			}
			return nil
		case c == '"', c == '\'', c == '`':
			if err := g.quoted(c); err != nil {
				return err
			}
			continue
		case c == '(':
			if depth++; depth > maxDepth {
				return errorAt(g.text, g.pos, "nesting too deep", fmt.Sprintf("at most %d parentheses may be open at once: keep a part in a variable", maxDepth))
			}
		case c == ')':
			if depth--; depth < 0 {
				return errorAt(g.text, g.pos, "unbalanced parentheses", "this ) has no (")
			}
		}
		g.pos++
	}
	return errorAt(g.text, start, "unclosed action", "close it with }}; for a literal {{ write {{ `{{` }}")
}

// quoted passes over text in quotes of one kind.
func (g *gate) quoted(quote byte) *ParseError {
	start := g.pos
	for g.pos++; g.pos < len(g.text); g.pos++ {
		switch c := g.text[g.pos]; {
		case c == quote:
			g.pos++
			return nil
		case quote == '`':
		case c == '\n':
			return errorAt(g.text, start, "unclosed quote", "text in quotes ends on its line; back-quotes may span lines")
		case c == '\\' && g.pos+1 < len(g.text) && g.text[g.pos+1] != '\n':
			g.pos++
		}
	}
	return errorAt(g.text, start, "unclosed quote", fmt.Sprintf("close the text with %c", quote))
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
