package edit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules"
)

// page is one parsed file.
type page struct {
	path   string
	pack   bool
	src    []byte
	body   *hclsyntax.Body // nil: the file does not parse
	tokens hclsyntax.Tokens
	lines  []line // from 0
}

// line is what stands on one line.
type line struct {
	start   int // byte
	code    bool
	comment int // line on which the comment over it begins, from 1; 0: none
}

// newPage parses a file; one that rules would not even parse has no body.
func newPage(path string, pack bool, src []byte) *page {
	p := &page{path: path, pack: pack, src: src}
	if rules.Syntax(path, src, nil).HasErrors() {
		return p
	}
	file, diags := hclsyntax.ParseConfig(src, path, hcl.InitialPos)
	if diags.HasErrors() {
		return p
	}
	p.body = file.Body.(*hclsyntax.Body)
	p.tokens, _ = hclsyntax.LexConfig(src, path, hcl.InitialPos)
	p.survey()
	return p
}

// survey notes what stands on each line.
func (p *page) survey() {
	p.lines = append(p.lines, line{})
	for i, c := range p.src {
		if c == '\n' {
			p.lines = append(p.lines, line{start: i + 1})
		}
	}
	for _, t := range p.tokens {
		first, last := t.Range.Start.Line, t.Range.End.Line
		if t.Range.End.Column == 1 && last > first {
			last--
		}
		for n := first; n <= min(last, len(p.lines)); n++ {
			switch t.Type {
			case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			case hclsyntax.TokenComment:
				p.lines[n-1].comment = first
			default:
				p.lines[n-1].code = true
			}
		}
	}
}

// eol returns the line end that the file uses.
func (p *page) eol() string {
	if i := bytes.IndexByte(p.src, '\n'); i > 0 && p.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// lineOf returns the number of the line that holds a byte, from 1.
func (p *page) lineOf(at int) int {
	return sort.Search(len(p.lines), func(i int) bool { return p.lines[i].start > at })
}

// lineStart returns the first byte of the line that holds a byte.
func (p *page) lineStart(at int) int { return p.lines[p.lineOf(at)-1].start }

// indent returns the white space at the begin of the line that holds a byte.
func (p *page) indent(at int) string {
	start := p.lineStart(at)
	if start == 0 {
		start = bom(p.src)
	}
	end := start
	for end < len(p.src) && (p.src[end] == ' ' || p.src[end] == '\t') {
		end++
	}
	return string(p.src[start:end])
}

// bom returns the length of the byte order mark.
func bom(src []byte) int {
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return 3
	}
	return 0
}

// unit returns the step of indentation of the file: that of the first thing in
// a block that stands at the left edge.
func (p *page) unit() string {
	if p.body != nil {
		for _, b := range p.body.Blocks {
			if p.indent(b.TypeRange.Start.Byte) != "" {
				continue
			}
			for _, a := range attributesInOrder(b.Body) {
				if in := p.indent(a.NameRange.Start.Byte); in != "" && p.opensLine(a.NameRange.Start.Byte) {
					return in
				}
			}
		}
	}
	return "  "
}

// opensLine reports whether only white space stands before a byte on its line.
func (p *page) opensLine(at int) bool {
	start := p.lineStart(at)
	if start == 0 {
		start = min(bom(p.src), at)
	}
	return len(bytes.TrimSpace(p.src[start:at])) == 0
}

// afterLine returns the byte behind the newline that ends what stands at a
// byte, a comment behind it included, and whether there is a newline.
func (p *page) afterLine(at int) (end int, newline bool) {
	i := sort.Search(len(p.tokens), func(i int) bool { return p.tokens[i].Range.Start.Byte >= at })
	for ; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n")) {
			return t.Range.End.Byte, true
		}
	}
	return len(p.src), false
}

// codeBehind reports whether anything but commas and comments stands behind a
// byte on its line.
func (p *page) codeBehind(at int) bool {
	i := sort.Search(len(p.tokens), func(i int) bool { return p.tokens[i].Range.Start.Byte >= at })
	for ; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			return false
		case hclsyntax.TokenComment:
			if bytes.HasSuffix(t.Bytes, []byte("\n")) {
				return false
			}
		case hclsyntax.TokenComma:
		default:
			return true
		}
	}
	return false
}

// above returns the byte at which the comments directly above a line begin, or
// the begin of the line itself.
func (p *page) above(at int) int {
	n := p.lineOf(at)
	for n > 1 {
		l := p.lines[n-2]
		if l.code || l.comment == 0 || p.lines[l.comment-1].code {
			break
		}
		n = l.comment
	}
	if n == 1 {
		return bom(p.src)
	}
	return p.lines[n-1].start
}

// blank reports whether the line with a number, from 1, is empty.
func (p *page) blank(n int) bool {
	if n < 1 || n > len(p.lines) {
		return false
	}
	end := len(p.src)
	if n < len(p.lines) {
		end = p.lines[n].start
	}
	return len(bytes.TrimSpace(p.src[p.lines[n-1].start:end])) == 0
}

// attributesInOrder returns the arguments of a body as they stand in the file.
func attributesInOrder(b *hclsyntax.Body) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	return out
}

// place returns the file:line of a byte.
func (p *page) place(at int) Place { return Place{File: p.path, Line: p.lineOf(at)} }

// text returns the source of a range.
func (p *page) text(r hcl.Range) string {
	return string(p.src[r.Start.Byte:min(r.End.Byte, len(p.src))])
}

// splice replaces the bytes from..to.
type splice struct {
	from, to int
	text     string // with \n for line ends
}

// apply returns the source with splices, which must not overlap.
func (p *page) apply(splices ...splice) []byte {
	slices.SortStableFunc(splices, func(a, b splice) int { return cmp.Compare(a.from, b.from) })
	var out bytes.Buffer
	at := 0
	for _, s := range splices {
		if s.from < at || s.to < s.from || s.to > len(p.src) {
			panic(fmt.Sprintf("edit: splices overlap in %s", p.path))
		}
		out.Write(p.src[at:s.from])
		out.WriteString(lineEnds(s.text, p.eol()))
		at = s.to
	}
	out.Write(p.src[at:])
	return out.Bytes()
}

// lineEnds gives text the line ends of a file.
func lineEnds(text, eol string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if eol == "\n" {
		return text
	}
	return strings.ReplaceAll(text, "\n", eol)
}

// Place is a line of a file.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// String returns the place as file:line.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
