package main

import (
	"fmt"
	"strings"
)

// head is what the page begins with. Its date is that of the language. Words
// are not hyphenated: too many of them are names.
const head = `.\" Made of docs/language.md by go run ./docs/manpage; edit that file.
.TH TOCSIN.HCL 5 2026-11-25 tocsin "File formats"
.nr HY 0
.ad l
.SH NAME
tocsin.hcl \- the configuration language of tocsin
.SH DESCRIPTION
`

// page turns the language reference into a manual page. Its first heading, the
// title, is the head of the page.
func page(markdown string) (string, error) {
	blocks, err := parse(markdown)
	if err != nil {
		return "", err
	}
	w := &writer{}
	w.out.WriteString(head)
	for i, b := range blocks {
		if i > 0 || b.kind != heading || b.level != 1 {
			w.write(b)
		}
	}
	return w.out.String(), nil
}

type writer struct {
	out     strings.Builder
	started bool // something stands below the last heading already
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.out, format+"\n", args...) }

// gap sets a block apart from the one before it; below a heading none is
// needed.
func (w *writer) gap() {
	if w.started {
		w.line(".PP")
	}
	w.started = true
}

func (w *writer) write(b block) {
	switch b.kind {
	case heading:
		w.heading(b)
	case paragraph:
		w.gap()
		w.line("%s", text(b.text))
	case list:
		w.started = true
		for _, item := range b.items {
			w.line(".IP \\(bu 2\n%s", text(item))
		}
	case table:
		w.started = true
		for _, row := range b.rows[1:] {
			w.row(b.rows[0], row)
		}
	case code:
		w.code(b.text)
	}
}

func (w *writer) heading(b block) {
	w.started = false
	if b.level == 2 {
		w.line(".SH %s", quoted(strings.ToUpper(b.text)))
		return
	}
	w.line(".SS %s", quoted(b.text))
}

// quoted returns an argument of a macro.
func quoted(s string) string { return `"` + strings.ReplaceAll(plain(s), `"`, `\(dq`) + `"` }

// row writes a row of a table as people expect it of a manual page: the first
// cell stands out, its meaning below it, and what else there is behind that.
func (w *writer) row(titles, row []string) {
	main := 1 // the column that says what it is
	for i, title := range titles {
		switch title {
		case "meaning", "what", "gives":
			main = i
		}
	}
	w.line(".TP\n%s", text(row[0]))
	var parts []string
	if row[main] != "" {
		parts = append(parts, sentence(row[main]))
	}
	for i := 1; i < len(row); i++ {
		if i != main && row[i] != "" && row[i] != "none" {
			parts = append(parts, sentence(aside(titles[i], row[i])))
		}
	}
	if len(parts) == 0 {
		w.line(`\&`) // a row that says nothing is a row
		return
	}
	w.line("%s", text(strings.Join(parts, "\n")))
}

// aside says what a cell beside the meaning tells.
func aside(title, cell string) string {
	if cell == "required" {
		return "Required"
	}
	if title == "" {
		return cell
	}
	return strings.ToUpper(title[:1]) + title[1:] + ": " + cell
}

// sentence ends a text with a full stop, unless something else ends it already.
func sentence(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, ":") {
		return s
	}
	return s + "."
}

// code writes lines as they are.
func (w *writer) code(s string) {
	w.gap()
	w.line(".RS 4\n.EX")
	for line := range strings.SplitSeq(s, "\n") {
		w.line("%s", guard(literal(line)))
	}
	w.line(".EE\n.RE")
}
