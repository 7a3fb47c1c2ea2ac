package email

import (
	"fmt"
	"strings"

	"tocsin/engine/event"
)

// Lengths in bytes: a subject is longer than a list of mails shows anyway.
const (
	prefixLimit = 60
	titleLimit  = 200
	wordLimit   = 66 // of an encoded word, so that the first stands beside "Subject:" in 76
)

// subject returns "[pve1] [INFO] Backup finished".
func (c *channel) subject(m *event.Message) string {
	prefix := ""
	switch {
	case c.prefix != nil:
		prefix = *c.prefix
	case m.Host != "":
		prefix = "[" + event.Clip(m.Host, prefixLimit) + "]"
	}
	return strings.TrimSpace(prefix + " [" + m.Severity.String() + "] " + event.Clip(m.Title, titleLimit))
}

// encodeSubject returns text, one line, as it stands in a header: folded, and
// in encoded words (RFC 2047) when it is not ASCII or only looks encoded.
func encodeSubject(text string) string {
	if strings.Contains(text, "=?") || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return strings.Join(encodedWords(text), "\r\n ")
	}
	var out strings.Builder
	width := len("Subject:")
	for i, word := range strings.Split(text, " ") {
		switch {
		case i > 0 && width+1+len(word) > 76:
			out.WriteString("\r\n ")
			width = 0
		case i > 0:
			out.WriteByte(' ')
		}
		out.WriteString(word)
		width += 1 + len(word)
	}
	return out.String()
}

// encodedWords splits text into encoded words, none of which ends inside a
// character.
func encodedWords(text string) []string {
	const begin, end = "=?UTF-8?Q?", "?="
	var words []string
	word := begin
	for _, r := range text {
		c := encodeRune(r)
		if len(word)+len(c)+len(end) > wordLimit {
			words = append(words, word+end)
			word = begin
		}
		word += c
	}
	return append(words, word+end)
}

// encodeRune returns r in the Q encoding.
func encodeRune(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r > 0x20 && r < 0x7f && r != '=' && r != '?' && r != '_':
		return string(r)
	}
	var out strings.Builder
	for _, b := range []byte(string(r)) {
		fmt.Fprintf(&out, "=%02X", b)
	}
	return out.String()
}
