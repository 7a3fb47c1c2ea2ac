package diag

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/text/width"
)

// shown is the widest part of a line that a snippet shows, and lead is how
// much of a longer line stands before the first caret.
const (
	shown = 140
	lead  = 50
)

// snippet is a line of a source and the carets below it.
type snippet struct {
	line   string // safe to print
	carets string // blanks and carets, as wide as they look; tabs stay tabs
}

// cut makes the snippet for the first line of r. It reports false when src
// does not reach that far, or when there is no source at all.
func cut(src []byte, r hcl.Range, hidden []hcl.Range) (snippet, bool) {
	start, end, ok := lineAround(src, r.Start.Byte)
	if !ok {
		return snippet{}, false
	}
	line := bytes.Clone(src[start:end])
	mask(line, start, r.Filename, hidden)
	from := r.Start.Byte - start
	to := max(min(r.End.Byte, end)-start, from)
	if w := columns(line[:from]); w+columns(line[from:]) > shown && w > lead {
		skip := skipColumns(line, w-lead)
		line = append([]byte("…"), line[skip:]...)
		from, to = from-skip+len("…"), to-skip+len("…")
	}
	line = line[:skipColumns(line, shown)]
	from, to = min(from, len(line)), min(to, len(line))
	return snippet{
		line:   printable(line),
		carets: blanks(line[:from]) + strings.Repeat("^", max(columns(line[from:to]), 1)),
	}, true
}

// lineAround returns the bounds of the line that holds the byte at, without
// its line end.
func lineAround(src []byte, at int) (start, end int, ok bool) {
	if at < 0 || at > len(src) || len(src) == 0 {
		return 0, 0, false
	}
	start = bytes.LastIndexByte(src[:at], '\n') + 1
	end = len(src)
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		end = at + i
	}
	if end > start && src[end-1] == '\r' && end > at {
		end--
	}
	return start, end, true
}

// mask puts stars over the hidden parts of a line that begins at the byte
// offset start of its file.
func mask(line []byte, start int, filename string, hidden []hcl.Range) {
	for _, h := range hidden {
		if h.Filename != filename {
			continue
		}
		from, to := max(h.Start.Byte-start, 0), min(h.End.Byte-start, len(line))
		for i := from; i < to; i++ {
			line[i] = '*'
		}
	}
}

// printable replaces what a terminal could take for a command.
func printable(line []byte) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)) {
			return '\uFFFD'
		}
		return r
	}, string(line))
}

// blanks returns text that is as wide as line and shows nothing.
func blanks(line []byte) string {
	var b strings.Builder
	eachRune(line, func(r rune, _, w int) bool {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", w))
		}
		return true
	})
	return b.String()
}

// columns returns how many columns of a terminal line takes, a tab as one.
func columns(line []byte) int {
	total := 0
	eachRune(line, func(_ rune, _, w int) bool {
		total += w
		return true
	})
	return total
}

// skipColumns returns the length in bytes of the part of line that fills n
// columns.
func skipColumns(line []byte, n int) int {
	total, length := 0, 0
	eachRune(line, func(_ rune, size, w int) bool {
		if total+w > n {
			return false
		}
		total, length = total+w, length+size
		return true
	})
	return length
}

// eachRune calls do with every rune of line, its bytes and the columns that it
// takes: two for a wide one, none for one that joins the rune before it.
func eachRune(line []byte, do func(r rune, size, columns int) bool) {
	const joiner = '\u200d'
	joined := false
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		w := 1
		switch {
		case joined, r == joiner, unicode.In(r, unicode.Mn, unicode.Me, unicode.Variation_Selector):
			w = 0
		case isWide(r):
			w = 2
		}
		joined = r == joiner
		if !do(r, size, w) {
			return
		}
	}
}

// isWide reports whether a terminal draws a character over two columns.
func isWide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
