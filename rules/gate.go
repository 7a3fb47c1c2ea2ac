package rules

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The bounds of what HCL's parser gets to see. It recurses without a limit of
// its own, and an overflow of the stack ends the process.
const (
	maxNesting   = 64
	maxOperators = 200 // in one expression
)

// gateFault is why a source does not pass the gate.
type gateFault struct {
	offset  int // byte that the fault is at
	code    string
	summary string
	detail  string
}

// gate walks over the bytes of a source as HCL's scanner does and refuses what
// nests too deep, has too many operators in one expression, or leaves a quote
// open. A quote left open turns the rest of a file inside out, so nothing
// behind it is worth a diagnostic.
func gate(src []byte) *gateFault {
	if !utf8.Valid(src) {
		return &gateFault{invalidAt(src), CodeSyntax, "not UTF-8", "Save the file as UTF-8."}
	}
	return scan(src, maxNesting)
}

// invalidAt returns the offset of the first byte that is no UTF-8.
func invalidAt(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(src)
}

// scan is gate with a bound of the caller's, so that a fuzzer can reach it.
func scan(src []byte, nesting int) *gateFault {
	g := &scanner{src: src, nesting: nesting, levels: []level{{kind: inBody}}}
	for g.at < len(g.src) && g.fault == nil {
		switch g.top().kind {
		case inQuotes:
			g.quotes()
		case inHeredoc:
			g.heredoc()
		default:
			g.code()
		}
	}
	for i := len(g.levels) - 1; i > 0 && g.fault == nil; i-- {
		if g.levels[i].kind == inQuotes {
			g.openQuote(g.levels[i].start)
		}
	}
	return g.fault
}

// levelKind is what a level of nesting is made of.
type levelKind uint8

const (
	inBody    levelKind = iota // a block's braces or an object's, or the file itself
	inFor                      // {for …} or [for …], in which a newline ends nothing
	inList                     // [ … ]
	inParens                   // ( … )
	inInterp                   // ${ … } or %{ … }
	inQuotes                   // " … "
	inHeredoc                  // <<EOT … EOT
)

// level is one open bracket, quote or heredoc.
type level struct {
	kind      levelKind
	start     int    // where it opened
	operators int    // of the expression so far
	marker    string // that ends a heredoc
	lineStart bool   // of a heredoc: only white space so far on this line
}

type scanner struct {
	src     []byte
	nesting int // most levels
	at      int
	levels  []level
	fault   *gateFault
}

// top returns the innermost level; the file itself is always there.
func (g *scanner) top() *level { return &g.levels[len(g.levels)-1] }

// push opens a level. It counts as an operator of the level around it.
func (g *scanner) push(l level) {
	g.operator(l.start) // an index or a call may follow another without end
	g.levels = append(g.levels, l)
	if len(g.levels)-1 > g.nesting {
		g.fault = &gateFault{l.start, CodeNesting, "nested too deep", "Brackets, blocks and quotes nest at most 64 deep."}
	}
}

// pop closes the innermost level if it is of one of these kinds; a bracket
// that closes nothing is left to the parser.
func (g *scanner) pop(kinds ...levelKind) {
	for _, k := range kinds {
		if len(g.levels) > 1 && g.top().kind == k {
			g.levels = g.levels[:len(g.levels)-1]
			return
		}
	}
}

// closeBrace closes the innermost level of braces, and with it what is still
// open inside: HCL's scanner finds its way back into a text by braces alone.
func (g *scanner) closeBrace() {
	for i := len(g.levels) - 1; i > 0; i-- {
		switch g.levels[i].kind {
		case inBody, inFor, inInterp:
			g.levels = g.levels[:i]
			return
		case inQuotes, inHeredoc:
			return
		}
	}
}

// operator counts one operator of the current expression.
func (g *scanner) operator(at int) {
	if g.top().operators++; g.top().operators > maxOperators {
		g.fault = &gateFault{at, CodeNesting, "expression too long", "One expression has at most 200 operators. Split it with locals."}
	}
}

// openQuote reports the quote that was left open.
func (g *scanner) openQuote(at int) {
	g.fault = &gateFault{at, CodeSyntax, "quote left open", `Close the text with " on the same line. Text of several lines is written as a heredoc: <<EOT.`}
}

// code takes one step outside of texts.
func (g *scanner) code() {
	c, rest := g.src[g.at], g.src[g.at:]
	start := g.at
	g.at++
	switch c {
	case '#':
		g.skipLine()
	case '"':
		g.push(level{kind: inQuotes, start: start})
	case '(':
		g.push(level{kind: inParens, start: start})
	case '[', '{':
		g.push(level{kind: g.opened(c), start: start})
	case ')':
		g.pop(inParens)
	case ']':
		g.pop(inList, inFor)
	case '}':
		g.closeBrace()
	case ',':
		g.top().operators = 0
	case '\n':
		if g.top().kind == inBody {
			g.top().operators = 0
		}
	case '/', '<', '+', '-', '*', '%', '!', '>', '&', '|', '?':
		g.symbol(c, rest)
	}
}

// symbol takes an operator, or what looks like one and opens a comment or a
// heredoc.
func (g *scanner) symbol(c byte, rest []byte) {
	start := g.at - 1
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		g.skipLine()
		return
	case bytes.HasPrefix(rest, []byte("/*")):
		if end := bytes.Index(rest[2:], []byte("*/")); end >= 0 {
			g.at = start + 2 + end + 2
			return
		}
	case c == '<' && g.beginHeredoc(rest):
		return
	case len(rest) > 1 && (rest[1] == '=' || rest[1] == c && (c == '&' || c == '|')):
		g.at++
	}
	g.operator(start)
}

// skipLine goes to the end of a comment's line.
func (g *scanner) skipLine() {
	if end := bytes.IndexByte(g.src[g.at:], '\n'); end >= 0 {
		g.at += end // the newline itself still counts
		return
	}
	g.at = len(g.src)
}

// opened tells a bracket that holds a for expression from others.
func (g *scanner) opened(c byte) levelKind {
	word := bytes.TrimLeft(g.src[g.at:], " \t\r\n")
	if after, ok := bytes.CutPrefix(word, []byte("for")); ok && len(after) > 0 && strings.IndexByte(" \t\r\n", after[0]) >= 0 {
		return inFor
	}
	if c == '[' {
		return inList
	}
	return inBody
}

// beginHeredoc opens a heredoc when rest begins with one.
func (g *scanner) beginHeredoc(rest []byte) bool {
	line, _, ok := bytes.Cut(rest, []byte("\n"))
	if !ok || !bytes.HasPrefix(line, []byte("<<")) {
		return false
	}
	marker := strings.TrimSuffix(strings.TrimPrefix(string(line[2:]), "-"), "\r")
	if !hclsyntax.ValidIdentifier(marker) {
		return false
	}
	start := g.at - 1
	g.at = start + len(line) + 1
	g.push(level{kind: inHeredoc, start: start, marker: marker, lineStart: true})
	return true
}

// quotes takes one step inside of quotes.
func (g *scanner) quotes() {
	start := g.at
	switch c := g.src[g.at]; {
	case c == '\n' || c == '\r':
		g.openQuote(g.top().start)
	case c == '"':
		g.at++
		g.pop(inQuotes)
	case c == '\\':
		g.at++
		if g.at < len(g.src) && g.src[g.at] != '\n' && g.src[g.at] != '\r' {
			g.at++
		}
	default:
		g.text(start)
	}
}

// heredoc takes one step inside of a heredoc.
func (g *scanner) heredoc() {
	top := g.top()
	if top.lineStart {
		line, _, ok := bytes.Cut(g.src[g.at:], []byte("\n"))
		if ok && string(bytes.TrimSpace(line)) == top.marker {
			g.at += len(line) // the newline belongs to what is around
			g.pop(inHeredoc)
			return
		}
	}
	top.lineStart = g.src[g.at] == '\n'
	g.text(g.at)
}

// text takes a character of a text, or the opening of ${ or %{.
func (g *scanner) text(start int) {
	c, rest := g.src[start], g.src[start:]
	g.at++
	if c != '$' && c != '%' || len(rest) < 2 {
		return
	}
	switch {
	case rest[1] == '{':
		g.at++
		g.push(level{kind: inInterp, start: start})
	case rest[1] == c && len(rest) > 2 && rest[2] == '{':
		g.at += 2 // escaped
	}
}
