package builtin_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
)

// exception returns why a recording is not followed; empty: it is. Each line of
// testdata/services/NAME.exceptions is
//
//	CASES | PART OF THE URL | REASON
//
// where the first two may be empty for all.
func exception(name string, line recorded) string {
	list, err := os.ReadFile(filepath.Join("testdata", "services", name+".exceptions"))
	if err != nil {
		return ""
	}
	for text := range strings.Lines(string(list)) {
		parts := strings.SplitN(strings.TrimSpace(text), "|", 3)
		if len(parts) < 3 {
			continue
		}
		cases, url, reason := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
		if (cases == "" || slices.Contains(strings.Fields(cases), line.Case)) && strings.Contains(line.URL, url) {
			return reason
		}
	}
	return ""
}

// plainOf returns what a page says, in lines.
func plainOf(body string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			b.WriteString(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "br", "ul", "p":
				newLine(&b)
			case "li":
				newLine(&b)
				b.WriteString("- ")
			}
		case html.EndTagToken:
			switch name, _ := z.TagName(); string(name) {
			case "li", "ul", "p":
				newLine(&b)
			}
		}
	}
}

var blanks = regexp.MustCompile(`\s+`)

// besides returns the text that Apprise makes of a page to go beside it: on one
// line as far as tags allow, and without what stands before an end that could
// be half an entity.
func besides(body string) string {
	end := body[max(0, len(body)-34):]
	if i := strings.LastIndexByte(end, '&'); i >= 0 && !strings.ContainsAny(end[i:], " \t\n;") {
		body = body[:strings.LastIndexByte(body, '>')+1]
	}
	return plainOf(blanks.ReplaceAllString(body, " "))
}

func newLine(b *strings.Builder) {
	if text := b.String(); text != "" && !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
}

// htmlOf returns Markdown as a page.
func htmlOf(body string) string {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(body), &out); err != nil {
		return body
	}
	return strings.TrimSuffix(out.String(), "\n")
}
