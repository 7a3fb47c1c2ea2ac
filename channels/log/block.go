package log

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"tocsin/engine/event"
)

const (
	wholeText  = 256 << 10 // bytes of a body that are written
	briefText  = 8 << 10   // of a brief one
	indent     = "  "
	labelLimit = 24 // columns that values are moved right for their labels at most
)

// block returns m as a block of lines, an empty one at its end. Only the first
// line begins at the left margin, so no text in m can pass for another block.
func block(m *event.Message) string {
	limit := wholeText
	if m.Brief {
		limit = briefText
	}
	m = tidy(m, limit)
	header := m.Header()
	if !m.Time.IsZero() {
		header = m.Time.Format("2006-01-02 15:04:05 -0700") + " " + header
	}
	var b strings.Builder
	b.WriteString(header + "\n")
	if m.Rich {
		writeRich(&b, m)
	} else {
		writeIndented(&b, m.Title+"\n"+m.PlainBody())
	}
	b.WriteByte('\n')
	return b.String()
}

// writeRich writes title, body, details in two columns, and host. Lines of a
// value go on below its first, so that a column stays one.
func writeRich(b *strings.Builder, m *event.Message) {
	writeIndented(b, m.RichTitle())
	if m.Body != "" {
		writeIndented(b, m.Body)
	}
	if m.Body != "" && (len(m.Details) > 0 || m.Host != "") {
		b.WriteByte('\n')
	}
	left := 0
	for _, d := range m.Details {
		left = max(left, min(columns(d.Label), labelLimit))
	}
	for _, d := range m.Details {
		pad := strings.Repeat(" ", max(left-columns(d.Label), 0))
		value := strings.ReplaceAll(d.Value, "\n", "\n"+strings.Repeat(" ", left)+indent)
		writeIndented(b, d.Label+pad+indent+value)
	}
	if m.Host != "" {
		writeIndented(b, "🏠 "+m.Host)
	}
	if m.Repeat {
		writeIndented(b, event.RepeatNote)
	}
}

// writeIndented writes the lines of text, each moved right unless it is empty.
func writeIndented(b *strings.Builder, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRightFunc(line, unicode.IsSpace); line != "" {
			b.WriteString(indent + line)
		}
		b.WriteByte('\n')
	}
}

// tidy returns a copy of m whose text is safe to show in a terminal, whose short
// texts are one line each, and whose body has at most limit bytes.
func tidy(m *event.Message, limit int) *event.Message {
	t := *m
	for _, line := range []*string{&t.Type, &t.Icon, &t.Title, &t.Host} {
		*line = event.OneLine(event.Clean(*line))
	}
	t.Body = event.Clip(strings.TrimRight(event.Clean(t.Body), "\n"), limit)
	t.Details = make([]event.Detail, len(m.Details))
	for i, d := range m.Details {
		t.Details[i] = event.Detail{
			Label: event.OneLine(event.Clean(d.Label)),
			Value: strings.TrimRight(event.Clean(d.Value), "\n"),
		}
	}
	return &t
}

// columns returns how many columns of a terminal text takes: letters of East
// Asia and emoji take two, combining marks none. Joined emoji come out too wide,
// which moves a value to the right and harms nothing.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
