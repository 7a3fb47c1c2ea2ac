package builtin_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
)

// exception is a reason not to follow recordings.
type exception struct {
	file, reason   string
	cases          []string // empty: all
	part           string   // of the address
	refused        bool     // no server takes what is recorded
	covers, needed int      // recordings, and those of them that differ
}

// count notes a recording that the exception covers.
func (e *exception) count(diff string) {
	if e.covers++; diff != "" {
		e.needed++
	}
}

// exceptions reads testdata/services/NAME.exceptions, by the names of services.
// Each line is
//
//	CASES | PART OF THE URL | REASON
//
// where the first two may be empty for all. A reason that begins with "refused:"
// tells why the service cannot take what is recorded, so that such a line is no
// measure.
func exceptions(t *testing.T) map[string][]*exception {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "services", "*.exceptions"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]*exception{}
	for _, file := range files {
		list, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".exceptions")
		for text := range strings.Lines(string(list)) {
			parts := strings.SplitN(strings.TrimSpace(text), "|", 3)
			if len(parts) < 3 {
				t.Errorf("%s: %q is not CASES | PART OF THE URL | REASON", file, text)
				continue
			}
			e := &exception{file: file, cases: strings.Fields(parts[0]), part: strings.TrimSpace(parts[1])}
			e.reason, e.refused = strings.CutPrefix(strings.TrimSpace(parts[2]), "refused:")
			out[name] = append(out[name], e)
		}
	}
	return out
}

// exceptFor returns the exception that a recording falls under; nil: none.
func exceptFor(list []*exception, line recorded) *exception {
	for _, e := range list {
		if (len(e.cases) == 0 || slices.Contains(e.cases, line.Case)) && strings.Contains(line.URL, e.part) {
			return e
		}
	}
	return nil
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

var links = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`)

// markdownOf returns a page in Markdown.
func markdownOf(body string) string {
	body = links.ReplaceAllString(body, "[$2](&lt;$1&gt;)")
	body = strings.NewReplacer("<b>", "**", "</b>", "**").Replace(body)
	return strings.ReplaceAll(plainOf(body), "\n", "\n\n")
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
