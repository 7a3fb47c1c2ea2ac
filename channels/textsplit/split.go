package textsplit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Measure returns how many units of a service's limit a character takes. It
// is never negative.
type Measure func(rune) int

// UTF16 counts UTF-16 code units: two for a character outside the basic plane,
// which most emoji are.
func UTF16(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// Bytes counts the bytes of UTF-8.
func Bytes(r rune) int { return utf8.RuneLen(r) }

// Runes counts characters as Unicode code points.
func Runes(rune) int { return 1 }

// Width returns how many units text takes.
func Width(text string, measure Measure) int {
	width := 0
	for _, r := range text {
		width += measure(r)
	}
	return width
}

// Split cuts text into pieces of at most limit units, none of them empty. The
// pieces joined are the text, byte for byte. Empty text has no pieces.
func Split(text string, limit int, measure Measure) []string {
	var pieces []string
	for text != "" {
		var piece string
		piece, text = Cut(text, limit, measure)
		pieces = append(pieces, piece)
	}
	return pieces
}

// Cut returns the first piece of text, of at most limit units, and the rest,
// which is empty when the whole fits. The cut is behind the last line end of
// the piece, else behind its last blank, as long as that leaves the piece at
// least half full, so that short lines cannot multiply the pieces. Otherwise
// the cut is between two characters.
//
// A single character that is wider than limit makes a piece of its own, so
// that every call makes progress.
func Cut(text string, limit int, measure Measure) (piece, rest string) {
	end := 0                      // behind the last whole character that fits
	line, blank := -1, -1         // behind the last line end or blank in the upper half
	width, half := 0, (limit+1)/2 // units so far; units of a piece that is full enough
	var last rune                 // the character before r
	flags := 0                    // regional indicators in a row before r
	for i, r := range text {
		if i > 0 && !joined(last, r, flags) {
			end = i
			if width >= half {
				line, blank = later(line, blank, i, last)
			}
		}
		width += measure(r)
		if width > limit {
			return cutAt(text, i, end, line, blank)
		}
		last, flags = r, countFlags(r, flags)
	}
	return text, ""
}

// Clip cuts text to at most limit units. When it cuts, the text ends in mark,
// which limit must leave room for.
func Clip(text string, limit int, measure Measure, mark string) string {
	if Width(text, measure) <= limit {
		return text
	}
	piece, _ := Cut(text, max(limit-Width(mark, measure), 0), measure)
	if Width(piece, measure)+Width(mark, measure) > limit {
		piece = ""
	}
	return strings.TrimRightFunc(piece, unicode.IsSpace) + mark
}

// later moves the candidates for a cut at i, which is behind the character
// last.
func later(line, blank, i int, last rune) (int, int) {
	switch {
	case last == '\n':
		return i, i
	case unicode.IsSpace(last):
		return line, i
	}
	return line, blank
}

// cutAt cuts at the best of the candidates. over is the start of the first
// character that does not fit.
func cutAt(text string, over, end, line, blank int) (piece, rest string) {
	at := end
	switch {
	case line > 0:
		at = line
	case blank > 0:
		at = blank
	}
	if at == 0 { // a sequence of joined characters fills the whole piece
		at = over
	}
	if at == 0 {
		_, at = utf8.DecodeRuneInString(text)
	}
	return text[:at], text[at:]
}
