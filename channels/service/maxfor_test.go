package service

import (
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/engine/event"
	"tocsin/templates"
)

// What else goes into a text, such as whom it mentions, takes from its limit.
func TestMaxFor(t *testing.T) {
	tmpl, err := templates.ParseValue("{{ only .channel.to (sub 60 (len .channel.to)) }}")
	if err != nil {
		t.Fatal(err)
	}
	spec := &Spec{Fields: []Field{{Field: channels.Field{Name: "to"}}}, Message: Message{Max: 100, MaxFor: tmpl, Over: Truncate}}
	for to, most := range map[string]int{"": 100, "a@b.example": 49, strings.Repeat("x", 100): 1} {
		set, err := spec.Settle(channels.Values{"to": to})
		if err != nil {
			t.Fatal(err)
		}
		parts, err := spec.Verbatim("", strings.Repeat("text ", 100), set.Options)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(parts[0].Text); n > most || most > 1 && n < most-5 {
			t.Errorf("to %q: the text has %d characters, want %d", to, n, most)
		}
		parts, err = spec.Parts(&event.Message{ID: "1", Title: "T", Body: strings.Repeat("text ", 100), Rich: true}, set.Options)
		if n := len(parts[0].Text); err != nil || most > 20 && n > most {
			t.Errorf("to %q: a message has %d characters, want %d; %v", to, n, most, err)
		}
	}
}
