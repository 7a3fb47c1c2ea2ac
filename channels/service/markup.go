package service

import (
	"cmp"
	"html"
	"regexp"
	"strings"

	"tocsin/channels/commonmark"
	"tocsin/engine/event"
)

// markup writes event text so that nothing in it has a meaning in a format.
type markup struct {
	format string
	escape func(text string) string // any number of lines
	line   func(text string) string // one
	// widest returns what a character may become.
	widest      func(r rune) string
	bold, close string // around a strong text
	newline     string
	paragraph   string
}

func markupOf(format string) markup {
	switch format {
	case Markdown:
		return markup{format, commonmark.Escape, commonmark.EscapeLine, widestMarkdown, "**", "**", commonmark.HardBreak, "\n\n"}
	case HTML:
		return markup{format, escapeHTML, html.EscapeString, widestHTML, "<b>", "</b>", "<br>\n", "<br><br>\n"}
	case Mrkdwn:
		return markup{format, escapeMrkdwn, escapeMrkdwn, widestMrkdwn, "*", "*", "\n", "\n\n"}
	case Chat:
		return markup{format, escapeChat, escapeChat, widestChat, "*", "*", "\n", "\n\n"}
	}
	return markup{Text, same, same, func(r rune) string { return string(r) }, "", "", "\n", "\n"}
}

// verbatim is the markup of text that is in its format already.
func verbatim(format string) markup {
	return markup{format, same, same, func(r rune) string { return string(r) }, "", "", "\n", "\n"}
}

func same(text string) string { return text }

// strong returns a line in bold. In Markdown, blanks within the asterisks would
// leave them as they are.
func (k *markup) strong(text string) string {
	if text = strings.TrimSpace(text); text == "" || k.bold == "" {
		return text
	}
	return k.bold + k.line(text) + k.close
}

// body returns what stands below the title: the body, the details and the
// host.
func (k *markup) body(m *event.Message) string {
	if k.format == Text || !m.Rich {
		return k.escape(plainText(m))
	}
	var paragraphs []string
	if body := strings.TrimSpace(m.Body); body != "" {
		paragraphs = append(paragraphs, k.escape(m.Body))
	}
	if len(m.Details) > 0 {
		rows := make([]string, len(m.Details))
		for i, d := range m.Details {
			rows[i] = k.strong(strings.TrimSpace(d.Label)+":") + " " + k.line(strings.TrimSpace(d.Value))
		}
		paragraphs = append(paragraphs, strings.Join(rows, k.newline))
	}
	if m.Host != "" {
		paragraphs = append(paragraphs, "🏠 "+k.line(m.Host))
	}
	if m.Repeat {
		paragraphs = append(paragraphs, k.line(event.RepeatNote))
	}
	return cmp.Or(strings.Join(paragraphs, k.paragraph), k.line(m.Title)) // hardly any service takes an empty text
}

// around is more than what the markup itself takes of a message's limit.
func (k *markup) around(m *event.Message) int {
	if k.format == Text {
		return 0
	}
	return 64 + (len(k.bold)+len(k.close)+len(k.newline))*(len(m.Details)+1)
}

// slack is what escaping may add to the begin of a text beside its measure.
func (k *markup) slack() int {
	if k.format == Markdown {
		return 1
	}
	return 0
}

func escapeHTML(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.Trim(text, "\r\n"))
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n")
}

func widestHTML(r rune) string {
	if r == '\n' || r == '\r' {
		return "<br>\n"
	}
	return html.EscapeString(string(r))
}

func widestMarkdown(r rune) string {
	if n := commonmark.Width(r); n > len(string(r)) {
		return strings.Repeat("x", n)
	}
	return string(r)
}

// mrkdwn has no escape for its asterisks and underscores: a character that no
// one sees takes them their meaning.
var mrkdwn = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	"*", "\u200b*\u200b", "_", "_\u200b", "~", "~\u200b", "`", "`\u200b",
)

func escapeMrkdwn(text string) string { return mrkdwn.Replace(strings.Trim(text, "\r\n")) }

func widestMrkdwn(r rune) string { return mrkdwn.Replace(string(r)) }

// chat has no escape at all: a character that no one sees takes marks, links
// and mentions their meaning.
var chat = strings.NewReplacer(
	"*", "\u200b*\u200b", "_", "_\u200b", "~", "~\u200b", "`", "`\u200b",
	"<", "<\u200b", "]", "]\u200b", "@", "@\u200b",
)

// within is an @ that calls nobody, as that of an e-mail address, which stays
// one that can be copied.
var within = regexp.MustCompile(`([0-9A-Za-z])@\x{200b}`)

func escapeChat(text string) string {
	return within.ReplaceAllString(chat.Replace(strings.Trim(text, "\r\n")), "$1@")
}

func widestChat(r rune) string { return chat.Replace(string(r)) }

// quiet returns the markup with texts in which an @ calls nobody.
func (k markup) quiet() markup {
	escape, line, widest := k.escape, k.line, k.widest
	k.escape = func(text string) string { return hush(escape(text)) }
	k.line = func(text string) string { return hush(line(text)) }
	k.widest = func(r rune) string {
		if r == '@' {
			return "@\u200b"
		}
		return widest(r)
	}
	return k
}

func hush(text string) string {
	return within.ReplaceAllString(strings.ReplaceAll(text, "@", "@\u200b"), "$1@")
}
