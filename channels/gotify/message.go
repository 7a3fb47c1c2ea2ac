package gotify

import (
	"cmp"
	"strings"

	"tocsin/channels/commonmark"
	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Bounds of one message, in bytes. A server on MySQL stores at most 65,535 of
// a text; the answer repeats the message and stays below what is read of it.
const (
	titleLimit = 4_000
	textLimit  = 60_000
	briefLimit = 4_000
)

// cutMark ends a text that had to be cut.
const cutMark = " … (cut)"

// request is the body of a new message.
type request struct {
	Title    string `json:"title"`
	Message  string `json:"message"`
	Priority int    `json:"priority"`
	Extras   extras `json:"extras"`
}

// extras tell clients how to show a message; without them it is plain text.
type extras struct {
	Display display `json:"client::display"`
}

// display names the format of a message's text.
type display struct {
	ContentType string `json:"contentType"`
}

// render returns m as the request to send.
func render(m *event.Message) *request {
	limit := textLimit
	if m.Brief {
		limit = briefLimit
	}
	markup := 64 + 8*len(m.Details) // more than what markdown adds
	m = textsplit.Shorten(m, limit-markup, commonmark.Width)
	r := &request{Title: m.Header(), Priority: priority(m)}
	r.Extras.Display.ContentType = "text/plain"
	if m.Rich {
		r.Title = cmp.Or(event.OneLine(m.RichTitle()), m.Header())
		r.Message = markdown(m)
		r.Extras.Display.ContentType = "text/markdown"
	}
	// Details that fill a message by themselves are cut as plain text, where no
	// markup can be torn.
	if !m.Rich || len(r.Message) > limit {
		r.Message = textsplit.Clip(m.Title+"\n"+m.PlainBody(), limit, textsplit.Bytes, cutMark)
		r.Extras.Display.ContentType = "text/plain"
	}
	r.Title = textsplit.Clip(event.OneLine(r.Title), titleLimit, textsplit.Bytes, "…")
	return r
}

// markdown returns what stands below the title of a rich message.
func markdown(m *event.Message) string {
	var paragraphs []string
	if body := strings.TrimSpace(m.Body); body != "" {
		paragraphs = append(paragraphs, commonmark.Escape(m.Body))
	}
	if len(m.Details) > 0 {
		rows := make([]string, len(m.Details))
		for i, d := range m.Details {
			rows[i] = "**" + strings.TrimSpace(commonmark.EscapeLine(d.Label)) + ":** " + commonmark.EscapeBehind(strings.TrimSpace(d.Value))
		}
		paragraphs = append(paragraphs, strings.Join(rows, commonmark.HardBreak))
	}
	if m.Host != "" {
		paragraphs = append(paragraphs, "🏠 "+commonmark.EscapeLine(m.Host))
	}
	if m.Repeat {
		paragraphs = append(paragraphs, commonmark.EscapeLine(event.RepeatNote))
	}
	// The server refuses an empty message.
	return cmp.Or(strings.Join(paragraphs, "\n\n"), commonmark.EscapeLine(m.Title), commonmark.EscapeLine(m.Header()))
}

// priority returns how loud a message is. The Android app shows 1 to 3 without
// a sound, rings from 4 on, and from 8 on it vibrates and pops up over other
// apps. So good news is silent, and only CRITICAL interrupts.
func priority(m *event.Message) int {
	switch {
	case m.Outcome == event.Success:
		return 2
	case m.Severity == event.Critical:
		return 9
	case m.Severity == event.Warning:
		return 6
	}
	return 4
}
