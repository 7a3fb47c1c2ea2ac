package service

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// FuzzParts wants every part within the limit of the service, in every format,
// whatever the message is and however it is handled.
func FuzzParts(f *testing.F) {
	f.Add("title", "body", "label", uint16(160), uint8(0))
	f.Add("<b>&*_", strings.Repeat("&<>*_`~\n", 200), "|", uint16(300), uint8(7))
	f.Add("עברית", strings.Repeat("🔥\u202e e\u0301", 300), "x", uint16(100), uint8(30))
	f.Fuzz(func(t *testing.T, title, body, label string, limit uint16, how uint8) {
		if !utf8.ValidString(title+body+label) || len(body) > 20_000 || len(title) > 200 {
			return
		}
		formats := []string{Text, Markdown, HTML, Mrkdwn}
		s := &Spec{Message: Message{
			Formats: formats[how%4 : how%4+1], TitleMax: 60, Max: 80 + int(limit)%5000, Shared: how&4 != 0,
			Unit: []textsplit.Measure{nil, textsplit.Bytes, textsplit.UTF16}[how/8%3],
		}}
		if how&32 != 0 {
			s.Message.Merge, s.Message.Shared = tmpl(t, "{{ .title }}\r\n{{ .body }}"), false
		}
		m := &event.Message{
			Type: "vm_start", Title: event.OneLine(event.Clean(title)), Body: event.Clean(body), Host: "pve1", Rich: how&64 != 0, Brief: how&128 != 0,
			Details: []event.Detail{{Label: event.OneLine(event.Clean(label)), Value: "v"}},
		}
		if s.Message.Merge != nil && s.Message.Max < 4*len(m.Title) {
			return // the title alone takes more than there is
		}
		parts, err := s.Parts(m, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(parts) == 0 || len(parts) > maxParts {
			t.Fatalf("%d parts", len(parts))
		}
		for _, p := range parts {
			if n := textsplit.Width(p.Text, s.Message.unit()); n > s.Message.Max || !utf8.ValidString(p.Text) {
				t.Fatalf("part %d of %d takes %d of %d: %q", p.Number, p.Of, n, s.Message.Max, p.Text)
			}
		}
	})
}

func TestParts(t *testing.T) {
	m := &event.Message{Type: "vm_start", Icon: "🟢", Title: "A & B", Body: "one\ntwo <i>", Host: "pve1", Rich: true}
	for name, c := range map[string]struct {
		message Message
		title   string
		text    string
	}{
		"text":            {Message{}, "🟢 A & B", "one\ntwo <i>\nhost: pve1"},
		"without icons":   {Message{Plain: true}, "A & B", "one\ntwo <i>\nhost: pve1"},
		"merged":          {Message{Merge: tmpl(t, "{{ .title }}\r\n{{ .body }}")}, "🟢 A & B", "🟢 A & B\r\none\ntwo <i>\nhost: pve1"},
		"HTML":            {Message{Formats: []string{HTML}}, "🟢 A & B", "one<br>\ntwo &lt;i&gt;<br><br>\n🏠 pve1"},
		"merged HTML":     {Message{Formats: []string{HTML}, Merge: tmpl(t, "{{ .title }}<br>{{ .body }}")}, "🟢 A & B", "<b>🟢 A &amp; B</b><br>one<br>\ntwo &lt;i&gt;<br><br>\n🏠 pve1"},
		"merged Markdown": {Message{Formats: []string{Markdown}, Merge: tmpl(t, "{{ .title }}\n{{ .body }}")}, "🟢 A & B", "**🟢 A & B**\none  \ntwo \\<i>\n\n🏠 pve1"},
		"mrkdwn":          {Message{Formats: []string{Mrkdwn}}, "🟢 A & B", "one\ntwo &lt;i&gt;\n\n🏠 pve1"},
	} {
		s := &Spec{Message: c.message}
		parts, err := s.Parts(m, Options{})
		if err != nil || len(parts) != 1 {
			t.Fatal(parts, err)
		}
		if parts[0].Title != c.title || parts[0].Text != c.text {
			t.Errorf("%s: %q, %q; want %q, %q", name, parts[0].Title, parts[0].Text, c.title, c.text)
		}
	}
}
