package commonmark

import (
	"strings"
	"unicode/utf8"

	"tocsin/engine/event"
)

// HardBreak begins a new line within a paragraph.
const HardBreak = "  \n"

// Escape returns text as Markdown (CommonMark in the app, GitHub's in the web
// page) that shows it as it is, line by line: no markup, image, masked link or
// HTML in it works. A bare address may become a link, to where it says.
func Escape(text string) string { return escapeLines(text, true) }

// EscapeBehind is Escape for a text behind another one, whose first line begins
// no heading or list.
func EscapeBehind(text string) string { return escapeLines(text, false) }

// escapeLines escapes text, of which the first line begins a line or not.
func escapeLines(text string, begins bool) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	blank := true // the line before
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		line = strings.TrimRight(line, " \t")
		switch {
		case b.Len() == 0:
		case blank || line == "":
			b.WriteByte('\n')
		default:
			b.WriteString(HardBreak)
		}
		writeLine(&b, line, begins)
		begins = true
		blank = line == ""
	}
	return b.String()
}

// EscapeLine is Escape for a text that must stay on one line.
func EscapeLine(text string) string { return Escape(event.OneLine(text)) }

// Width is a textsplit.Measure in bytes that is never less than what
// Escape makes of a text, but for one byte at its begin. A line end pays for
// the marker that may begin the next line.
func Width(r rune) int {
	switch r {
	case '\n', '\r':
		return len(HardBreak) + 1
	case ' ':
		return len(hardSpace)
	case '\t':
		return 4 * len(hardSpace)
	case '\\', '`', '*', '[', ']', '<', '|', '~', '_', '&':
		return 2
	}
	return utf8.RuneLen(r)
}

// hardSpace is a blank that Markdown does not count as indentation.
const hardSpace = "\u00a0"

// writeLine writes one line, or what is left of one, escaped. Blanks at its begin become hard ones: four
// plain ones would make it a block of code.
func writeLine(b *strings.Builder, line string, begins bool) {
	text := strings.TrimLeft(line, " \t")
	for _, c := range line[:len(line)-len(text)] {
		if c == '\t' {
			b.WriteString(hardSpace + hardSpace + hardSpace)
		}
		b.WriteString(hardSpace)
	}
	marker := -1
	if begins {
		marker = lineMarker(text)
	}
	for i := range len(text) {
		if i == marker || isMarkup(text, i) {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
}

// lineMarker returns the index of the character to escape so that text, which
// begins a line, is no heading, quote, list, rule or table; -1 when it is none.
func lineMarker(text string) int {
	switch byteAt(text, 0) {
	case '#', '>', '-', '+', '=', ':':
		return 0
	}
	i := 0
	for c := byteAt(text, i); c >= '0' && c <= '9'; c = byteAt(text, i) {
		i++
	}
	if c := byteAt(text, i); i > 0 && (c == '.' || c == ')') {
		return i
	}
	return -1
}

// isMarkup reports whether text[i] begins or ends markup inside a line.
func isMarkup(text string, i int) bool {
	switch text[i] {
	case '\\', '`', '*', '[', ']', '<', '|', '~':
		return true
	case '_': // inside a word it means nothing
		return !isWord(byteAt(text, i-1)) || !isWord(byteAt(text, i+1))
	case '&': // left alone in the query of a URL, where an escape would break it
		return isEntity(text[i+1:])
	}
	return false
}

// isEntity reports whether the text behind an ampersand makes it an entity,
// such as &lt; or &#60;.
func isEntity(text string) bool {
	const longest = 40
	end := strings.IndexByte(text[:min(len(text), longest)], ';')
	if end <= 0 {
		return false
	}
	name := strings.TrimPrefix(text[:end], "#")
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || !isWord(byte(r)) })
}

// byteAt returns text[i], or 0 outside of text.
func byteAt(text string, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// isWord reports whether c is an ASCII letter or digit.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
