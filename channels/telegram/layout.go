package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/engine/event"
)

// layout is a message as people read it: text, and the ranges of it that are
// bold.
type layout struct {
	text strings.Builder
	bold []span
}

// span is a range of bytes.
type span struct{ start, end int }

// layOut lays m out in the dress that it asks for.
func layOut(m *event.Message) *layout {
	l := &layout{}
	if !m.Rich {
		l.text.WriteString(m.Plain())
		return l
	}
	title := m.RichTitle()
	if !visible(m.Title) {
		title = m.Header()
	}
	l.strong(title)
	if m.Body != "" {
		l.text.WriteString("\n" + m.Body + "\n")
	}
	for _, d := range m.Details {
		l.text.WriteByte('\n')
		l.strong(d.Label + ":")
		l.text.WriteString(" " + d.Value)
	}
	if m.Host != "" {
		l.text.WriteString("\n🏠 " + m.Host)
	}
	if m.Repeat {
		l.text.WriteString("\n" + event.RepeatNote)
	}
	return l
}

// strong appends text in bold.
func (l *layout) strong(text string) {
	start := l.text.Len()
	l.text.WriteString(text)
	l.bold = append(l.bold, span{start, l.text.Len()})
}

// tame returns a copy of m that is fit to be laid out: in valid UTF-8, with
// one-line fields on one line, and without mentions.
func tame(m *event.Message) *event.Message {
	t := *m
	t.Type, t.Icon, t.Title, t.Host = line(m.Type), line(m.Icon), line(m.Title), line(m.Host)
	// Blank lines at its end would only part it from the details once more.
	t.Body = strings.TrimRightFunc(defuse(m.Body), unicode.IsSpace)
	t.Details = make([]event.Detail, len(m.Details))
	for i, d := range m.Details {
		t.Details[i] = event.Detail{Label: line(d.Label), Value: defuse(d.Value)}
	}
	return &t
}

// line returns text on one line, without mentions.
func line(text string) string { return event.OneLine(defuse(text)) }

// defuse puts a character without a width into every @name, in valid UTF-8.
// Telegram turns @name into a mention, which rings at its owner's, also in text
// without markup; there is no switch against it.
func defuse(text string) string {
	const wordJoiner = "\u2060"
	text = strings.ToValidUTF8(text, "\uFFFD")
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	last := ' '
	for i, r := range text {
		b.WriteRune(r)
		if r == '@' && !isWord(last) && i+1 < len(text) && text[i+1] < utf8.RuneSelf && isWord(rune(text[i+1])) {
			b.WriteString(wordJoiner)
		}
		last = r
	}
	return b.String()
}

// isWord reports whether an @ behind r begins no mention, as in an address.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
