package event

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from outside safe to show anywhere: invalid UTF-8 becomes
// U+FFFD, control characters but newline and tab, and the invisible characters
// that change the direction of text, become visible escapes such as <U+202E>.
// CR LF becomes a newline.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteRune(utf8.RuneError)
		case r == '\r' && i+1 < len(text) && text[i+1] == '\n':
			// the newline follows
		case isHidden(r):
			b.WriteString("<U+" + hex4(r) + ">")
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

func isClean(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f {
			return !strings.ContainsFunc(text, isHidden)
		}
	}
	return true
}

// isHidden reports whether r has no shape of its own but may change how other
// text looks.
func isHidden(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // embeddings, overrides, isolates
		return true
	case r == 0x200e, r == 0x200f, r == 0x061c: // direction marks
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separators
		return true
	}
	return false
}

func hex4(r rune) string {
	const digits = "0123456789ABCDEF"
	out := []byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]}
	return string(out)
}

// Clip cuts text to at most limit bytes without splitting a character. When it
// cuts, the text ends in a mark that says so; limit must leave room for it.
func Clip(text string, limit int) string {
	const mark = " … (cut)"
	if len(text) <= limit {
		return text
	}
	end := max(limit-len(mark), 0)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

// OneLine replaces every run of blanks and newlines by one blank and trims the
// ends.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
