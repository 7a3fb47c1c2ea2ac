package diag

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Printer writes diagnostics for people.
type Printer struct {
	Sources map[string][]byte // by the file names of the diagnostics
	Files   int               // how many the last line speaks of; 0: all sources
	Colour  bool              // nothing is said by colour alone
}

// Print writes the diagnostics, each followed by an empty line, and the line
// that sums them up.
func (p *Printer) Print(w io.Writer, diags hcl.Diagnostics) error {
	var b strings.Builder
	for _, d := range diags {
		p.write(&b, d)
		b.WriteByte('\n')
	}
	b.WriteString(Summary(diags, cmp.Or(p.Files, len(p.Sources))) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary returns the sentence that sums diagnostics up.
func Summary(diags hcl.Diagnostics, files int) string {
	errors, warnings := Count(diags)
	return fmt.Sprintf("%s, %s in %s.", plural(errors, "error"), plural(warnings, "warning"), plural(files, "file"))
}

// plural returns a number of things.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// write writes one diagnostic: what is wrong, where, why, and what to do.
func (p *Printer) write(b *strings.Builder, d *hcl.Diagnostic) {
	extra := ExtraOf(d)
	word := severity(d)
	if extra.Code != "" {
		word += "[" + extra.Code + "]"
	}
	fmt.Fprintf(b, "%s: %s\n", p.paint(word, colourOf(d)), d.Summary)
	if d.Subject != nil {
		p.place(b, *d.Subject, extra, extra.In, extra.Label, colourOf(d))
	}
	for _, r := range extra.Related {
		p.place(b, r.Range, extra, "", r.Label, blue)
	}
	if d.Detail != "" {
		lines := strings.Split(d.Detail, "\n")
		fmt.Fprintf(b, "  %s %s\n", p.paint("help:", bold), strings.Join(lines, "\n        "))
	}
}

// place writes where it is, the line there and the carets.
func (p *Printer) place(b *strings.Builder, r hcl.Range, extra Extra, in, label string, c colour) {
	fmt.Fprintf(b, "  %s %s:%d:%d", p.paint("-->", blue), r.Filename, r.Start.Line, r.Start.Column)
	if in != "" {
		b.WriteString("  in " + in)
	}
	b.WriteByte('\n')
	s, ok := cut(p.Sources[r.Filename], r, extra.Hidden)
	if !ok {
		if label != "" {
			b.WriteString("       " + label + "\n")
		}
		return
	}
	if label != "" {
		label = " " + label
	}
	number := strconv.Itoa(r.Start.Line)
	gutter := strings.Repeat(" ", max(len(number), 4))
	fmt.Fprintf(b, "%s %s\n", p.paint(fmt.Sprintf("%*s |", len(gutter), number), blue), s.line)
	fmt.Fprintf(b, "%s %s\n", p.paint(gutter+" |", blue), p.paint(s.carets+label, c))
}

// colour is an ANSI attribute.
type colour string

const (
	bold   colour = "1"
	red    colour = "1;31"
	yellow colour = "1;33"
	blue   colour = "34"
)

// colourOf returns the colour of a diagnostic's severity.
func colourOf(d *hcl.Diagnostic) colour {
	if d.Severity == hcl.DiagError {
		return red
	}
	return yellow
}

// paint colours a text, if at all.
func (p *Printer) paint(text string, c colour) string {
	if !p.Colour {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}
