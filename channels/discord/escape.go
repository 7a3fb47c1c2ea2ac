package discord

import "strings"

// escape puts a backslash before every character of text that Discord would
// take as markup or as a mention where it stands. What is harmless in its
// place stays as it is (backup_fail, a | b, root@pam): previews on phones show
// the backslashes.
//
// A piece of text is escaped on its own, after cutting: what was harmless
// inside a line may begin one in the next part.
func escape(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	link := strings.LastIndex(text, "](") // no bracket behind it opens a link
	marker := lineMarker(text, 0)
	inURL := false // there is one in this word
	for i := range len(text) {
		c := text[i]
		if i == marker || isMarkup(text, i, link) {
			if c == '<' && inURL {
				b.WriteString(hairSpace)
				inURL = false
			}
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		switch c {
		case '\n', '\r':
			inURL, marker = false, lineMarker(text, i+1)
		case ' ', '\t':
			inURL = false
		case ':':
			inURL = inURL || strings.HasPrefix(text[i:], "://")
		}
	}
	return b.String()
}

// escapedWidth is a textsplit.Measure that is never less than the UTF-16 units
// of what escape makes of a text, but for one unit at the begin of the text. A
// line end pays for the marker that may begin the next line, a colon for the
// blank behind the URL that it may belong to.
func escapedWidth(r rune) int {
	switch r {
	case '\\', '*', '`', '_', '~', '|', '[', '<', '@', '\n', '\r', ':':
		return 2
	}
	if r > 0xffff {
		return 2
	}
	return 1
}

// hairSpace stands between a URL and the escape of an angle bracket behind it:
// Discord takes the backslash for a part of the URL, and the bracket would
// count. It is the narrowest of the blanks.
const hairSpace = "\u200a"

// isMarkup reports whether text[i] begins or ends markup inside a line, or a
// mention.
func isMarkup(text string, i, link int) bool {
	switch c := text[i]; c {
	case '\\', '*', '`':
		return true
	case '_': // inside a word it means nothing
		return !isWord(byteAt(text, i-1)) || !isWord(byteAt(text, i+1))
	case '~', '|': // only double
		return byteAt(text, i-1) == c || byteAt(text, i+1) == c
	case '[':
		return i < link
	case '<': // <@user> <#channel> <:emoji:> <t:time> <https://...> </command> <+phone>
		return i+1 < len(text) && text[i+1] != ' '
	case '@':
		return strings.HasPrefix(text[i+1:], "everyone") || strings.HasPrefix(text[i+1:], "here")
	}
	return false
}

// lineMarker returns the index of the character to escape so that the line
// that begins at text[start] is no heading, quote or list; -1 when it is none.
func lineMarker(text string, start int) int {
	i := start
	for byteAt(text, i) == ' ' || byteAt(text, i) == '\t' {
		i++
	}
	switch next := byteAt(text, i+1); byteAt(text, i) {
	case '#', '>':
		return i
	case '-': // a list, or the small print "-#"
		if next == ' ' || next == '#' {
			return i
		}
	}
	digits := i
	for c := byteAt(text, i); c >= '0' && c <= '9'; c = byteAt(text, i) {
		i++
	}
	if i > digits && byteAt(text, i) == '.' && byteAt(text, i+1) == ' ' {
		return i
	}
	return -1
}

// byteAt returns text[i], or 0 outside of text.
func byteAt(text string, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

// isWord reports whether c is an ASCII letter or digit. Discord's own notion
// of a word is ASCII as well.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
