package discord

import (
	"cmp"
	"strings"
	"time"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Limits of an embed. Those that Discord sets are counted on the escaped text.
const (
	titleLimit       = 256
	descriptionLimit = 4096
	fieldLimit       = 25 // fields of one embed
	nameLimit        = 256
	valueLimit       = 1024
	fieldsRoom       = 3000 // our own: of all fields together
	hostLimit        = 300  // our own
	inlineLimit      = 32   // our own: a longer value gets a line of its own
)

// invisible stands for an empty name or value of a field, which Discord
// refuses.
const invisible = "\u200b"

// richPosts returns m as embeds: the title on the first, the body over as many
// as it takes, details and host on the last.
func richPosts(m *event.Message) []post {
	count := richPostLimit
	if m.Brief {
		count = 1
	}
	m = textsplit.Shorten(m, postLimit*count*3/4, escapedWidth)
	fields, lines := splitDetails(m.Details)
	if body := strings.TrimSpace(m.Body); body != "" {
		lines = append([]string{body}, lines...)
	}
	// Titles are shown as they are: no backslash, and no link in them works.
	full := cmp.Or(event.OneLine(m.RichTitle()), m.Header())
	title := textsplit.Clip(full, titleLimit, textsplit.UTF16, "…")
	if title != full {
		lines = append([]string{full}, lines...)
	}
	p := newPacker(count, colour(m), fields)
	p.addTitle(title)
	p.addText(strings.TrimSpace(strings.Join(lines, "\n")))
	p.addFields()
	p.addFooter(footerText(m), m.Time)
	return p.posts
}

// splitDetails returns the details that fit into fields, and the others as
// lines of text.
func splitDetails(details []event.Detail) (fields []field, lines []string) {
	room := fieldsRoom
	for _, d := range details {
		f := field{
			Name:   cmp.Or(escape(strings.TrimSpace(d.Label)), invisible),
			Value:  cmp.Or(escape(strings.TrimSpace(d.Value)), invisible),
			Inline: units(d.Value) <= inlineLimit && !strings.Contains(d.Value, "\n"),
		}
		name, value := units(f.Name), units(f.Value)
		if len(fields) == fieldLimit || name > nameLimit || value > valueLimit || name+value > room {
			lines = append(lines, d.Label+": "+d.Value)
			continue
		}
		fields, room = append(fields, f), room-name-value
	}
	return fields, lines
}

// footerText returns the last line of a message. Footers know no markup.
func footerText(m *event.Message) string {
	text := textsplit.Clip(event.OneLine(m.Host), hostLimit, textsplit.UTF16, "…")
	if text != "" {
		text = "🏠 " + text
	}
	if m.Repeat {
		text = strings.TrimSpace(text + " " + event.RepeatNote)
	}
	return text
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
