package diag

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// region is a part of a source as programs count it: lines and columns from 1,
// columns in units of UTF-16. Its end stands behind the last character.
type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

// regionOf returns the region of a place. One without an end, as of a whole
// file, ends where it begins.
func regionOf(p *Place, sources map[string][]byte) region {
	src := sources[p.File]
	r := region{StartLine: max(p.Start.Line, 1), StartColumn: column(src, p.Start)}
	r.EndLine, r.EndColumn = p.End.Line, column(src, p.End)
	if r.EndLine < r.StartLine || r.EndLine == r.StartLine && r.EndColumn < r.StartColumn {
		r.EndLine, r.EndColumn = r.StartLine, r.StartColumn
	}
	return r
}

// column counts the column of a position in a source. A position outside of it
// keeps the column that it has.
func column(src []byte, at Position) int {
	if at.Byte < 0 || at.Byte > len(src) {
		return max(at.Column, 1)
	}
	n := 1
	for line := src[bytes.LastIndexByte(src[:at.Byte], '\n')+1 : at.Byte]; len(line) > 0; {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		n += utf16.RuneLen(r)
	}
	return n
}

// sentences joins texts, each of which begins with a capital letter and ends
// with a mark. A text that is no letter at its beginning, such as a quote, stays.
func sentences(texts ...string) string {
	var list []string
	for _, text := range texts {
		if text == "" {
			continue
		}
		first, size := utf8.DecodeRuneInString(text)
		if first != utf8.RuneError {
			text = strings.ToUpper(text[:size]) + text[size:]
		}
		if !strings.ContainsAny(text[len(text)-1:], ".?!:") {
			text += "."
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}
