package service

import (
	"strings"
	"testing"

	"tocsin/engine/event"
	"tocsin/templates"
)

// Whatever a log says, a message calls nobody; addresses in it stay whole.
func TestQuiet(t *testing.T) {
	merge, err := templates.ParseValue("{{ .title }}\n{{ .body }}")
	if err != nil {
		t.Fatal(err)
	}
	m := &event.Message{ID: "01", Title: "@here", Body: strings.Repeat("@all (@channel) ops@example.org\n", 10), Rich: true}
	for _, format := range []string{Text, Markdown, HTML, Mrkdwn} {
		for _, limit := range []int{0, 200} {
			spec := &Spec{Message: Message{Formats: []string{format}, Merge: merge, Max: limit, Quiet: true}}
			parts, err := spec.Parts(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if limit > 0 && len(parts) < 2 {
				t.Errorf("%s: %d parts", format, len(parts))
			}
			for _, p := range parts {
				if strings.Contains(p.Text, "@all") || strings.Contains(p.Text, "@channel") || strings.Contains(p.Text, "@here") {
					t.Errorf("%s calls people: %q", format, p.Text)
				}
				if !strings.Contains(p.Text, "ops@example.org") {
					t.Errorf("%s breaks an address: %q", format, p.Text)
				}
				if limit > 0 && len([]rune(p.Text)) > limit {
					t.Errorf("%s: %d characters of %d", format, len([]rune(p.Text)), limit)
				}
			}
		}
	}
}
