package service

import (
	"strings"
	"testing"

	"tocsin/engine/event"
)

// A title that its service renders as the body has no markup of its own.
func TestMarkedTitle(t *testing.T) {
	m := &event.Message{Title: "Disk [tank](https://evil.example) *full*", Body: "91 %", Rich: true}
	for _, tt := range []struct {
		name    string
		message Message
		options Options
		want    string
	}{
		{"plain text", Message{Formats: []string{Markdown}}, Options{}, "Disk [tank](https://evil.example) *full*"},
		{"marked", Message{Formats: []string{Markdown}, Marked: true}, Options{}, `Disk \[tank\](https://evil.example) \*full\*`},
		{"marked, in another format", Message{Formats: []string{Markdown, Text}, Marked: true}, Options{Format: Text}, "Disk [tank](https://evil.example) *full*"},
		{"marked and cut", Message{Formats: []string{Markdown}, Marked: true, TitleMax: 10}, Options{}, "Disk…"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			parts, err := (&Spec{Message: tt.message}).Parts(m, tt.options)
			if err != nil || len(parts) != 1 || parts[0].Title != tt.want {
				t.Errorf("got %+v, %v, want the title %s", parts, err, tt.want)
			}
		})
	}
}

// The counters of parts stand behind a title that is marked up.
func TestMarkedTitleOfParts(t *testing.T) {
	s := &Spec{Message: Message{Formats: []string{Markdown}, Marked: true, TitleMax: 40, Max: 200}}
	parts, err := s.Parts(&event.Message{Title: "*full*", Body: strings.Repeat("a line of text\n", 40), Rich: true}, Options{})
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	for _, p := range parts {
		if !strings.HasPrefix(p.Title, `\*full\* `) || len(p.Title) > 40 {
			t.Errorf("title %q", p.Title)
		}
	}
}
