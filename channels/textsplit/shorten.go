package textsplit

import (
	"fmt"
	"unicode/utf8"

	"tocsin/engine/event"
)

// markRoom is enough for the mark that Shorten leaves.
const markRoom = 40

// Shorten returns m itself when its plain text takes at most limit units, and
// otherwise a copy whose body is cut, with a mark that says how much is gone.
// Title, details and host stay whole: where they alone are too long, the
// result is still over the limit.
func Shorten(m *event.Message, limit int, measure Measure) *event.Message {
	over := Width(m.Plain(), measure) - limit
	if over <= 0 || m.Body == "" {
		return m
	}
	short := *m
	kept := ""
	if room := Width(m.Body, measure) - over - markRoom; room > 0 {
		kept, _ = Cut(m.Body, room, measure)
	}
	lost := utf8.RuneCountInString(m.Body) - utf8.RuneCountInString(kept)
	short.Body = fmt.Sprintf("%s … (%d characters cut)", kept, lost)
	return &short
}
