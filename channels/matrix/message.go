package matrix

import (
	"html"
	"strings"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Bounds of one event, in bytes. The specification ends at 65,536 with all that
// servers add; a text stands in it up to twice, and JSON escapes some of it.
const (
	textLimit  = 16_000
	mostParts  = 20
	briefLimit = 4_000
	cutMark    = " … (cut)"
)

// content is the content of an event of type m.room.message.
type content struct {
	Type      string `json:"msgtype"`
	Body      string `json:"body"`
	Format    string `json:"format,omitempty"`
	Formatted string `json:"formatted_body,omitempty"`
}

// render returns the events that carry m.
func (c *channel) render(m *event.Message) []content {
	kind := "m.text"
	if c.notice {
		kind = "m.notice"
	}
	plain := m.Plain()
	if m.Rich {
		plain = event.OneLine(m.RichTitle()) + "\n" + m.PlainBody()
	}
	if m.Brief {
		return []content{{Type: kind, Body: textsplit.Clip(plain, briefLimit, textsplit.Bytes, cutMark)}}
	}
	if formatted := formattedBody(m); m.Rich && len(plain) <= textLimit && len(formatted) <= 2*textLimit {
		return []content{{Type: kind, Body: plain, Format: "org.matrix.custom.html", Formatted: formatted}}
	}
	var out []content
	for rest := plain; rest != ""; {
		var piece string
		if piece, rest = textsplit.Cut(rest, textLimit, textsplit.Bytes); len(out) == mostParts-1 && rest != "" {
			piece, rest = textsplit.Clip(piece+rest, textLimit, textsplit.Bytes, cutMark), ""
		}
		out = append(out, content{Type: kind, Body: strings.Trim(piece, "\n")})
	}
	return out
}

// formattedBody returns a rich message in the part of HTML that Matrix knows.
func formattedBody(m *event.Message) string {
	var b strings.Builder
	b.WriteString("<b>" + html.EscapeString(event.OneLine(m.RichTitle())) + "</b>")
	line := func(text string) { b.WriteString("<br>" + text) }
	if body := strings.TrimSpace(m.Body); body != "" {
		line(lines(m.Body))
	}
	for _, d := range m.Details {
		line("<b>" + html.EscapeString(d.Label) + ":</b> " + lines(d.Value))
	}
	if m.Host != "" {
		line("🏠 " + html.EscapeString(m.Host))
	}
	if m.Repeat {
		line(html.EscapeString(event.RepeatNote))
	}
	return b.String()
}

func lines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.Trim(text, "\r\n"))
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}
