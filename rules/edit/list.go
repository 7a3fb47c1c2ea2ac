package edit

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// part is one element of a list or one item of a map: where it stands in the
// source.
type part struct{ from, to int }

// series is a list or a map as it is written.
type series struct {
	page        *page
	open, close int // the byte behind the opening bracket, and that of the closing one
	parts       []part
	isList      bool
}

// listOf returns a list as it is written.
func (p *page) listOf(e *hclsyntax.TupleConsExpr) series {
	s := series{page: p, open: e.OpenRange.End.Byte, close: e.SrcRange.End.Byte - 1, isList: true}
	for _, x := range e.Exprs {
		s.parts = append(s.parts, part{x.Range().Start.Byte, x.Range().End.Byte})
	}
	return s
}

// mapOf returns a map as it is written.
func (p *page) mapOf(e *hclsyntax.ObjectConsExpr) series {
	s := series{page: p, open: e.OpenRange.End.Byte, close: e.SrcRange.End.Byte - 1}
	for _, item := range e.Items {
		s.parts = append(s.parts, part{item.KeyExpr.Range().Start.Byte, item.ValueExpr.Range().End.Byte})
	}
	return s
}

// comma returns the byte behind the comma that follows a part, or 0.
func (s series) comma(i int) int {
	limit := s.close
	if i+1 < len(s.parts) {
		limit = s.parts[i+1].from
	}
	for _, t := range s.page.tokens {
		if at := t.Range.Start.Byte; at >= s.parts[i].to && at < limit && t.Type == hclsyntax.TokenComma {
			return t.Range.End.Byte
		}
	}
	return 0
}

// apart reports whether a part has its lines for itself, comments aside.
func (s series) apart(i int) bool {
	p := s.page
	at := s.parts[i]
	if !p.opensLine(at.from) {
		return false
	}
	return !p.codeBehind(at.to)
}

// drop returns the splices that take a part away.
func (s series) drop(i int) []splice {
	p, at := s.page, s.parts[i]
	switch {
	case s.apart(i):
		end, _ := p.afterLine(at.to)
		return []splice{{p.above(at.from), end, ""}}
	case i+1 < len(s.parts) && s.comma(i) > 0:
		// Up to the next one on the line; the comments between stay with it.
		end := s.comma(i)
		for end < s.parts[i+1].from && (p.src[end] == ' ' || p.src[end] == '\t') {
			end++
		}
		return []splice{{at.from, end, ""}}
	case i > 0 && s.comma(i-1) > 0 && p.lineOf(s.parts[i-1].to) == p.lineOf(at.from):
		comma := s.comma(i - 1)
		out := []splice{{comma - 1, comma, ""}, {s.blankBefore(at.from, comma), at.to, ""}}
		if end := s.comma(i); end > 0 { // the list keeps its trailing comma
			out = []splice{{s.blankBefore(at.from, comma), end, ""}}
		}
		return out
	}
	end := at.to
	if c := s.comma(i); c > 0 {
		end = c
	}
	from := at.from
	if len(s.parts) == 1 && s.onlyBlank(s.open, from) && s.onlyBlank(end, s.close) {
		return []splice{{s.open, s.close, ""}}
	}
	return []splice{{from, end, ""}}
}

// blankBefore returns the first byte of the white space that ends at a byte.
func (s series) blankBefore(at, least int) int {
	for at > least && (s.page.src[at-1] == ' ' || s.page.src[at-1] == '\t') {
		at--
	}
	return at
}

func (s series) onlyBlank(from, to int) bool {
	return len(bytes.TrimSpace(s.page.src[from:to])) == 0
}

// insert returns the splices that put a new part behind the one at i, or at the
// begin when i is -1.
func (s series) insert(i int, text func(indent, unit string) string) []splice {
	p := s.page
	switch {
	case len(s.parts) == 0:
		return s.first(text)
	case i < 0:
		return s.begin(text)
	}
	at := s.parts[i]
	comma := s.comma(i)
	if !s.apart(i) || s.inlineClose(i) {
		made := text(p.indent(at.from), p.unit())
		if comma > 0 {
			return []splice{{comma, comma, " " + made + ","}}
		}
		return []splice{{at.to, at.to, ", " + made}}
	}
	end, _ := p.afterLine(at.to)
	indent := p.indent(at.from)
	line := indent + text(indent, p.unit())
	if comma > 0 {
		return []splice{{end, end, line + ",\n"}}
	}
	if !s.isList {
		return []splice{{end, end, line + "\n"}}
	}
	return []splice{{at.to, at.to, ","}, {end, end, line + "\n"}}
}

// inlineClose reports whether the closing bracket stands on the line on which a
// part ends.
func (s series) inlineClose(i int) bool {
	return s.page.lineOf(s.parts[i].to) == s.page.lineOf(s.close)
}

// begin puts a new part before all others.
func (s series) begin(text func(indent, unit string) string) []splice {
	p, at := s.page, s.parts[0]
	indent := p.indent(at.from)
	if s.apart(0) {
		from := p.above(at.from)
		sep := ",\n"
		if !s.isList && s.comma(0) == 0 {
			sep = "\n"
		}
		return []splice{{from, from, indent + text(indent, p.unit()) + sep}}
	}
	return []splice{{at.from, at.from, text(indent, p.unit()) + ", "}}
}

// first puts a part into a list or map that has none.
func (s series) first(text func(indent, unit string) string) []splice {
	p := s.page
	outer := p.indent(s.open - 1)
	if p.lineOf(s.open-1) == p.lineOf(s.close) {
		if !s.onlyBlank(s.open, s.close) { // a comment between the brackets
			return []splice{{s.close, s.close, " " + text(outer, p.unit()) + " "}}
		}
		if s.isList {
			return []splice{{s.open, s.close, text(outer, p.unit())}}
		}
		return []splice{{s.open, s.close, " " + text(outer, p.unit()) + " "}}
	}
	end, _ := p.afterLine(s.open)
	if end > s.close {
		return []splice{{s.close, s.close, text(outer, p.unit())}}
	}
	indent := outer + p.unit()
	sep := "\n"
	if s.isList {
		sep = ",\n"
	}
	return []splice{{end, end, indent + text(indent, p.unit()) + sep}}
}

// assign returns how the map writes a key and its value: with = or :.
func (p *page) assign(e *hclsyntax.ObjectConsExpr, key string, v func(indent, unit string) string) func(indent, unit string) string {
	sign := " = "
	if len(e.Items) > 0 {
		last := e.Items[len(e.Items)-1]
		between := string(p.src[last.KeyExpr.Range().End.Byte:last.ValueExpr.Range().Start.Byte])
		if strings.Contains(between, ":") {
			sign = ": "
			key = quoted(key)
		} else if column := len(p.text(last.KeyExpr.Range())) + strings.IndexByte(between, '='); column-1 > len(mapKey(key)) && column < 60 && !strings.Contains(between, "\t") &&
			p.opensLine(last.KeyExpr.Range().Start.Byte) {
			return func(indent, unit string) string {
				k := mapKey(key)
				return k + strings.Repeat(" ", column-1-len(k)) + " = " + v(indent, unit)
			}
		}
	}
	if sign != ": " {
		key = mapKey(key)
	}
	return func(indent, unit string) string { return key + sign + v(indent, unit) }
}

// position is where two lists of expressions first differ, and how.
type difference struct {
	at     int // in the old list
	remove bool
	with   int // in the new list: what is put in, or takes the place; -1: nothing
}

// firstDifference finds the first step from an old list to a new one, which
// keeps as many elements as it can.
func firstDifference(old, new []string) (difference, bool) {
	common := make([][]int, len(old)+1)
	for i := range common {
		common[i] = make([]int, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(old) || j < len(new); i, j = i+1, j+1 {
		switch {
		case i < len(old) && j < len(new) && old[i] == new[j]:
			continue
		case j == len(new):
			return difference{i, true, -1}, true
		case i == len(old):
			return difference{i, false, j}, true
		case common[i+1][j+1] == common[i][j]: // one takes the place of the other
			return difference{i, true, j}, true
		case common[i+1][j] >= common[i][j+1]:
			return difference{i, true, -1}, true
		}
		return difference{i, false, j}, true
	}
	return difference{}, false
}

// keyOf returns what makes two elements the same.
func keyOf(expr hclsyntax.Expression, src string) string {
	if isLiteral(expr) {
		if v, diags := expr.Value(nil); !diags.HasErrors() {
			return textual(v).GoString()
		}
	}
	return meaning([]byte(src))
}
