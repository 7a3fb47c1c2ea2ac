package templates

import (
	"strings"

	"tocsin/engine/event"
)

const (
	maxTitle = 250 // characters
	maxName  = 60  // characters of a name in a list of them
	longText = 200 // bytes from which on the value of a detail keeps its lines
)

// tidyTitle makes one line of a rendered title, safe to show.
func tidyTitle(text string) string { return oneLine(text, maxTitle) }

// tidyName makes a short line of the name of something.
func tidyName(text string) string { return oneLine(text, maxName) }

// oneLine makes one line of at most limit characters, safe to show.
func oneLine(text string, limit int) string {
	text = event.OneLine(event.Clean(text))
	if end := offset(text, limit); end < len(text) {
		return text[:offset(text, limit-1)] + "…"
	}
	return text
}

// tidyValue makes one line of a detail's value, unless it is a long text.
func tidyValue(text string) string {
	if len(text) > longText {
		return tidyBody(text)
	}
	return event.OneLine(event.Clean(text))
}

// tidyBody makes a rendered body safe to show, without blanks at the ends of
// lines and without blank lines but one at a time between others.
func tidyBody(text string) string {
	text = event.Clean(text)
	var b strings.Builder
	b.Grow(len(text))
	blank := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			blank = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if blank {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line)
		blank = false
	}
	return b.String()
}
