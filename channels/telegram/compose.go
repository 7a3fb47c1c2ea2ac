package telegram

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

const (
	limit     = 4096 // UTF-16 code units of a message's text, markup not counted
	mostParts = 10   // of one message; what is over is cut from its body
	markRoom  = 40   // units for the mark of a cut
)

// part is one message of Telegram's.
type part struct {
	text string // as people read it
	html string // the same in markup; empty: it is sent without
}

// compose returns the parts of m: one when it asks to be brief, at most
// mostParts otherwise. A body that is too long for them is cut, so that the
// details and the host behind it stay.
func compose(m *event.Message) []part {
	most := mostParts
	if m.Brief {
		most = 1
	}
	m = tame(m)
	m.Body = shorten(m, most)
	l := layOut(m)
	text := l.text.String()
	var parts []part
	for start := 0; start < len(text) && len(parts) < most; {
		piece, rest := textsplit.Cut(text[start:], limit, textsplit.UTF16)
		end := start + len(piece)
		lost := ""
		if rest != "" && len(parts) == most-1 { // title or details alone are too long
			piece, _ = textsplit.Cut(piece, limit-markRoom, textsplit.UTF16)
			end = start + len(piece)
			lost = mark(utf8.RuneCountInString(text[end:]))
		}
		if visible(piece) {
			p := part{text: piece + lost}
			if m.Rich {
				p.html = l.html(start, end) + escape(lost)
			}
			parts = append(parts, p)
		}
		start = end
	}
	return parts
}

// shorten returns the body of m, cut so that the whole message takes at most
// the given number of pieces where that is possible. It counts the note of a
// repeat always, so that a repeat is cut at the same places.
func shorten(m *event.Message, pieces int) string {
	noted := *m
	noted.Repeat = true
	room := textsplit.Width(m.Body, textsplit.UTF16)
	for {
		over := excess(layOut(&noted).text.String(), pieces)
		if over == 0 || room <= 0 {
			return noted.Body
		}
		// What is behind the cut moves forward and is cut elsewhere, so that some
		// may still be over: then once more.
		kept := ""
		if room -= over + markRoom; room > 0 {
			kept, _ = textsplit.Cut(m.Body, room, textsplit.UTF16)
		}
		noted.Body = kept + mark(utf8.RuneCountInString(m.Body)-utf8.RuneCountInString(kept))
	}
}

// excess returns how many units of text are left behind the first pieces.
func excess(text string, pieces int) int {
	for range pieces {
		_, text = textsplit.Cut(text, limit, textsplit.UTF16)
	}
	return textsplit.Width(text, textsplit.UTF16)
}

// mark tells that a text was cut. It takes at most markRoom units.
func mark(lost int) string { return fmt.Sprintf(" … (%d characters left out)", lost) }

// visible reports whether a piece shows anything: Telegram refuses one that
// does not.
func visible(piece string) bool {
	return strings.ContainsFunc(piece, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.In(r, unicode.Cc, unicode.Cf) })
}

// html returns the range of the text in markup.
func (l *layout) html(start, end int) string {
	text := l.text.String()
	var b strings.Builder
	for _, s := range l.bold {
		from, to := max(s.start, start), min(s.end, end)
		if from >= to {
			continue
		}
		b.WriteString(escape(text[start:from]) + "<b>" + escape(text[from:to]) + "</b>")
		start = to
	}
	return b.String() + escape(text[start:end])
}

// escaper makes text inert in Telegram's HTML, where only these three
// characters mean anything outside of tags.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escape(text string) string { return escaper.Replace(text) }
