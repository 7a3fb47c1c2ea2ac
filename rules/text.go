package rules

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// text is a text value that remembers where each of its bytes stands in the
// source, through escapes, heredocs and their indentation. A text that an
// expression worked out has one place for all.
type text struct {
	value string
	whole hcl.Range
	file  *file
	runs  []textRun // nil: no place for single bytes
}

// textRun is a part of a text that stands in the source as it is.
type textRun struct{ value, source int } // byte offsets

// between returns the range of the bytes from..to of the value.
func (t *text) between(from, to int) hcl.Range {
	if len(t.runs) == 0 {
		return t.whole
	}
	start := t.source(from)
	return t.file.between(start, max(t.source(max(to-1, from))+1, start+1))
}

// source returns where a byte of the value stands in the source.
func (t *text) source(at int) int {
	i := sort.Search(len(t.runs), func(i int) bool { return t.runs[i].value > at }) - 1
	run := t.runs[max(i, 0)]
	return run.source + at - run.value
}

// literalText returns the text that an expression writes out. It reports false
// when the expression is anything else.
func (f *file) literalText(expr hclsyntax.Expression) (*text, bool) {
	tmpl, ok := expr.(*hclsyntax.TemplateExpr)
	if !ok || !tmpl.IsStringLiteral() {
		return nil, false
	}
	value := tmpl.Parts[0].(*hclsyntax.LiteralValueExpr).Val
	if value.Type() != cty.String {
		return nil, false
	}
	d := &decoder{file: f, at: tmpl.SrcRange.Start.Byte, end: tmpl.SrcRange.End.Byte}
	heredoc := d.decode()
	decoded, want := string(d.out), value.AsString()
	if heredoc { // a quoted text has no line ends but those that are written as \r and \n
		want = newlines(want)
	}
	if norm.NFC.String(decoded) != want {
		decoded, d.runs = want, nil // better no place than a wrong one
	}
	if heredoc {
		decoded = strings.TrimSuffix(decoded, "\n")
	}
	return &text{value: decoded, whole: tmpl.SrcRange, file: f, runs: d.runs}, true
}

// newlines gives text the line ends of Unix.
func newlines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// isHeredoc reports whether an expression is written as a heredoc, whose last
// newline is not part of any value.
func (f *file) isHeredoc(expr hclsyntax.Expression) bool {
	at := expr.Range().Start.Byte
	return at >= 0 && at < len(f.src) && bytes.HasPrefix(f.src[at:], []byte("<<"))
}

// decoder reads a literal text out of its source.
type decoder struct {
	file    *file
	at, end int
	out     []byte
	runs    []textRun
}

// decode reports whether the text is a heredoc.
func (d *decoder) decode() bool {
	src := d.file.src[:min(d.end, len(d.file.src))]
	if bytes.HasPrefix(src[d.at:], []byte("<<")) {
		d.heredoc(src)
		return true
	}
	d.run(d.at + 1)
	for i := d.at + 1; i < len(src)-1; {
		i += d.character(src[i:], i, true)
	}
	return false
}

// run notes that what follows stands at the byte at of the source.
func (d *decoder) run(at int) {
	if n := len(d.runs); n > 0 && d.runs[n-1].value == len(d.out) {
		d.runs[n-1].source = at
		return
	}
	d.runs = append(d.runs, textRun{len(d.out), at})
}

// character decodes one character of the source and returns its length there.
func (d *decoder) character(rest []byte, at int, quoted bool) int {
	size := 1
	switch c := rest[0]; {
	case quoted && c == '\\' && len(rest) > 1:
		size = d.escape(rest)
	case (c == '$' || c == '%') && len(rest) > 2 && rest[1] == c && rest[2] == '{':
		d.out = append(d.out, c, '{')
		size = 3
	case c == '\r' && len(rest) > 1 && rest[1] == '\n':
		d.run(at + 1)
		return 1
	default:
		d.out = append(d.out, c)
		return 1
	}
	d.run(at + size)
	return size
}

// escape decodes a backslash and what it escapes.
func (d *decoder) escape(rest []byte) int {
	switch rest[1] {
	case 'n':
		d.out = append(d.out, '\n')
	case 'r':
		d.out = append(d.out, '\r')
	case 't':
		d.out = append(d.out, '\t')
	case 'u', 'U':
		digits := 4
		if rest[1] == 'U' {
			digits = 8
		}
		if len(rest) < 2+digits {
			return 1
		}
		n, err := strconv.ParseUint(string(rest[2:2+digits]), 16, 32)
		if err != nil {
			return 1
		}
		d.out = utf8.AppendRune(d.out, rune(n))
		return 2 + digits
	default:
		d.out = append(d.out, rest[1])
	}
	return 2
}

// heredoc decodes the lines between the markers; <<- takes away the
// indentation that all lines share.
func (d *decoder) heredoc(src []byte) {
	first := bytes.IndexByte(src[d.at:], '\n')
	if first < 0 {
		return
	}
	start := d.at + first + 1
	last := bytes.LastIndexByte(src, '\n') // before the line of the end marker
	if last < start {
		return
	}
	body := src[start : last+1]
	indent := 0
	if bytes.HasPrefix(src[d.at:], []byte("<<-")) {
		indent = sharedIndent(body)
	}
	at := start
	for line := range bytes.Lines(body) {
		skip := 0
		if indent > 0 && !isBlank(line) {
			skip = prefixOf(line, indent)
		}
		d.run(at + skip)
		for i := skip; i < len(line); {
			i += d.character(line[i:], at+i, false)
		}
		at += len(line)
	}
}

// isBlank reports whether a line has nothing but white space.
func isBlank(line []byte) bool { return len(bytes.TrimLeftFunc(line, unicode.IsSpace)) == 0 }

// sharedIndent returns how many characters of white space begin every line
// that is not blank.
func sharedIndent(body []byte) int {
	shared := -1
	for line := range bytes.Lines(body) {
		if isBlank(line) {
			continue
		}
		n := utf8.RuneCount(line[:len(line)-len(bytes.TrimLeftFunc(line, unicode.IsSpace))])
		if shared < 0 || n < shared {
			shared = n
		}
	}
	return max(shared, 0)
}

// prefixOf returns the length in bytes of the first n characters of line.
func prefixOf(line []byte, n int) int {
	size := 0
	for ; n > 0 && size < len(line); n-- {
		_, width := utf8.DecodeRune(line[size:])
		size += width
	}
	return size
}
