package service

import (
	"fmt"
	"strings"
	"unicode"

	"tocsin/channels/textsplit"
)

// Verbatim puts a title and a body that are in the service's format already
// into its form, with the same limits as Parts. No message of tocsin is: it is for
// holding a service against requests that others were recorded to make.
func (s *Spec) Verbatim(title, body string, o Options) ([]Part, error) {
	w := s.writer(o, verbatim)
	if w.TitleMax > 0 && w.Merge == nil {
		title, _ = textsplit.Cut(title, w.TitleMax, w.unit())
	}
	whole, err := w.merge(Part{Title: title, Body: body, Plain: body})
	over := s.Message.over(o)
	if err != nil || over == Whole || w.fits(whole) {
		return numbered([]Part{whole}, w.markup.format), err
	}
	head, err := w.merge(Part{Title: title})
	if err != nil {
		return nil, err
	}
	room := max(w.max()-w.used(head), 1)
	var bodies []string
	for size := room; body != "" && (over == Split || len(bodies) == 0); size = w.later(room) {
		var piece string
		if over == Truncate {
			piece = strings.TrimRightFunc(hardCut(body, size, w.unit()), unicode.IsSpace)
		} else {
			piece, body = textsplit.Cut(body, size, w.unit())
			piece = trimLineEnds(piece)
		}
		bodies = append(bodies, piece)
	}
	parts := make([]Part, len(bodies))
	for i, b := range bodies {
		p := Part{Title: title, Body: b, Plain: b}
		switch {
		case i > 0 && w.Merge != nil:
			p.Title = ""
		case w.Merge == nil && len(bodies) > 1 && title != "" && w.hasCounter():
			p.Title = w.clipTitle(title, counter(i+1, len(bodies)))
		}
		if parts[i], err = w.merge(p); err != nil {
			return nil, err
		}
	}
	return numbered(parts, w.markup.format), nil
}

// hasCounter reports whether titles are long enough for the number of a part.
func (w *writer) hasCounter() bool { return w.TitleMax == 0 || w.TitleMax >= 130 }

// hardCut cuts between two characters, wherever that is.
func hardCut(text string, limit int, measure textsplit.Measure) string {
	width := 0
	for i, r := range text {
		if width += measure(r); width > limit {
			return text[:i]
		}
	}
	return text
}

func trimLineEnds(text string) string { return strings.Trim(text, "\r\n") }

func counter(i, of int) string { return fmt.Sprintf(" [%d/%d]", i, of) }

func numbered(parts []Part, format string) []Part {
	for i := range parts {
		parts[i].Number, parts[i].Of, parts[i].Format = i+1, len(parts), format
	}
	return parts
}
