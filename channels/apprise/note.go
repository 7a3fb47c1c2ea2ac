package apprise

import (
	"cmp"
	"strings"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Bounds of one note, in bytes. What is longer than a service takes Apprise splits.
const (
	titleLimit = 1_000
	textLimit  = 60_000
	briefLimit = 1_500
)

// cutMark ends a text that had to be cut.
const cutMark = " … (cut)"

// note is one message to one URL. Its text is plain: Apprise escapes it for
// services that show HTML.
type note struct {
	scheme string
	url    event.Secret
	hidden []string // parts of the URL, which no error may show
	title  string
	body   string
	kind   string // info, success, warning or failure
}

// render returns m without an address.
func render(m *event.Message) *note {
	limit := textLimit
	if m.Brief {
		limit = briefLimit
	}
	m = textsplit.Shorten(m, limit, textsplit.Bytes)
	n := &note{title: m.Header(), body: m.Title + "\n" + m.PlainBody(), kind: kindOf(m)}
	if m.Rich {
		n.title, n.body = m.RichTitle(), dressed(m)
	}
	n.title = textsplit.Clip(event.OneLine(n.title), titleLimit, textsplit.Bytes, "…")
	n.body = textsplit.Clip(n.body, limit, textsplit.Bytes, cutMark)
	return n
}

// dressed is what stands below a title with an icon.
func dressed(m *event.Message) string {
	var lines []string
	if m.Body != "" {
		lines = append(lines, m.Body, "")
	}
	for _, d := range m.Details {
		lines = append(lines, d.Label+": "+d.Value)
	}
	if m.Host != "" {
		lines = append(lines, "🏠 "+m.Host)
	}
	if m.Repeat {
		lines = append(lines, event.RepeatNote)
	}
	// Apprise refuses an empty body.
	return cmp.Or(strings.TrimSpace(strings.Join(lines, "\n")), m.Title, m.Header())
}

// kindOf is Apprise's word for how grave a message is.
func kindOf(m *event.Message) string {
	switch {
	case m.Outcome == event.Success:
		return "success"
	case m.Severity == event.Critical:
		return "failure"
	case m.Severity == event.Warning:
		return "warning"
	}
	return "info"
}
