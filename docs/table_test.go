package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"tocsin/docs"
)

// section returns the text below a heading, up to the next one of its level or
// above it.
func section(t *testing.T, heading string) string {
	t.Helper()
	level, _, _ := strings.Cut(heading, " ")
	_, text, ok := strings.Cut(docs.Language(), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("the page has no heading %q", heading)
	}
	next := regexp.MustCompile(`(?m)^#{1,` + string(rune('0'+len(level))) + `} `)
	if end := next.FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return text
}

// table is the rows of a Markdown table, without its head.
type table [][]string

// tables returns the tables of a text.
func tables(text string) []table {
	var all []table
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			inside = false
		case !inside:
			inside = true
			all = append(all, nil)
		case !strings.HasPrefix(line, "|---"):
			all[len(all)-1] = append(all[len(all)-1], cells(line))
		}
	}
	return all
}

// cells splits a row at its bars, but not at those that are escaped.
func cells(line string) []string {
	line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
	var out []string
	for cell := range strings.SplitSeq(line, "|") {
		out = append(out, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
	}
	return out
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// spans returns what stands in back-quotes.
func spans(cell string) []string {
	var out []string
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		out = append(out, m[1])
	}
	return out
}

// first returns the names of a table's first column.
func (t table) first() []string {
	var out []string
	for _, row := range t {
		out = append(out, spans(row[0])...)
	}
	return out
}
