package service

import (
	"strings"
	"testing"

	"tocsin/engine/event"
)

// Services that take a page and a text of a message get the text without the
// page's markup, in every part.
func TestPlain(t *testing.T) {
	spec := &Spec{Message: Message{Formats: []string{HTML}, Max: 60}}
	for _, body := range []string{"a < b & c", strings.Repeat("a < b & c\n", 20)} {
		parts, err := spec.Parts(&event.Message{ID: "01", Title: "T", Body: body, Rich: true}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			if !strings.Contains(p.Body, "&lt;") || !strings.Contains(p.Plain, "a < b") || strings.Contains(p.Plain, "&lt;") {
				t.Errorf("part %d of %d: body %q, plain %q", p.Number, p.Of, p.Body, p.Plain)
			}
		}
	}
}
