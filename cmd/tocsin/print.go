package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"golang.org/x/term"

	"tocsin/engine/event"
)

// clean makes text from outside safe for a terminal.
func clean(text string) string { return event.Clean(text) }

// oneLine is clean text for a cell of a table.
func oneLine(text string) string { return event.OneLine(event.Clean(text)) }

// shellWord writes text as one word of a command line that somebody may copy.
func shellWord(text string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}
	if text != "" && !strings.ContainsFunc(text, odd) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// printJSON writes one object with the version of its form.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printLine writes one value as a line of JSON.
func (a *app) printLine(v any) error { return json.NewEncoder(a.out).Encode(v) }

// table writes rows in columns; the first is the heading.
func table(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = oneLine(cell)
		}
		fmt.Fprintln(t, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	t.Flush()
}

// short cuts text for a cell to n characters.
func short(text string, n int) string {
	r := []rune(oneLine(text))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// colour reports whether colours are wanted.
func (a *app) colour() bool { return a.interactive && envOr("NO_COLOR", "") == "" }

// paint colours a text when on is true.
func paint(on bool, text, colour string) string {
	if !on {
		return text
	}
	return "\x1b[1;" + colour + "m" + text + "\x1b[0m"
}

// indent puts a prefix before each line of a text that ends in a newline.
func indent(text, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+prefix) + "\n"
}
