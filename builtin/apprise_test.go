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
	places         []string // the places in each request that differ; empty: any
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
//	CASES | PART OF THE URL | PLACES | REASON
//
// where the first two may be empty for all. Places are where requests differ,
// such as url, headers/Authorization, query/secret, body/dst or a name within
// JSON further down; all else is equal nevertheless. Without places requests may
// differ in everything, even in their number. A reason that begins with
// "refused:" tells why the service cannot take what is recorded, so that such a
// line is no measure.
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
			parts := strings.SplitN(strings.TrimSpace(text), "|", 4)
			if len(parts) < 4 {
				t.Errorf("%s: %q is not CASES | PART OF THE URL | PLACES | REASON", file, text)
				continue
			}
			e := &exception{file: file, cases: strings.Fields(parts[0]), part: strings.TrimSpace(parts[1]), places: strings.Fields(parts[2])}
			e.reason, e.refused = strings.CutPrefix(strings.TrimSpace(parts[3]), "refused:")
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

// asideTags are those whose own text Apprise leaves out, and lineTags those that
// begin a line of their own.
var (
	asideTags = []string{"form", "input", "textarea", "select", "ul", "ol", "style", "link", "meta", "title", "html", "head", "script"}
	lineTags  = []string{"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "code", "pre", "label", "li"}
)

var blanks = regexp.MustCompile(`\s+`)

// plainOf returns what a page says, in the lines that Apprise makes of it: what
// stands between two borders of lines is one of them, even if it is but a blank.
func plainOf(body string) string {
	var out, line strings.Builder
	open := false // something stands in the line
	write := func(text string) { open = true; line.WriteString(text) }
	end := func() {
		if open {
			out.WriteString(strings.TrimSpace(line.String()) + "\n")
		}
		open = false
		line.Reset()
	}
	shown := true
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		tag, _ := z.TagName()
		name := string(tag)
		switch kind {
		case html.ErrorToken:
			return strings.TrimSpace(out.String() + line.String())
		case html.TextToken:
			if shown {
				write(blanks.ReplaceAllString(string(z.Text()), " "))
			}
			continue
		case html.StartTagToken, html.SelfClosingTagToken:
			shown = !slices.Contains(asideTags, name)
		case html.EndTagToken:
			shown = true
		}
		if slices.Contains(lineTags, name) {
			end()
		}
		switch {
		case kind == html.EndTagToken:
		case name == "li":
			write("- ")
		case name == "br":
			write("\n")
		}
	}
}

// besides returns the text that Apprise makes of a page to go beside it, without
// what stands before an end that could be half an entity.
func besides(body string) string {
	end := body[max(0, len(body)-34):]
	if i := strings.LastIndexByte(end, '&'); i >= 0 && !strings.ContainsAny(end[i:], " \t\n;") {
		body = body[:strings.LastIndexByte(body, '>')+1]
	}
	return plainOf(body)
}

var links = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`)

// markdownOf returns a page in Markdown.
func markdownOf(body string) string {
	body = links.ReplaceAllString(body, "[$2](&lt;$1&gt;)")
	body = strings.NewReplacer("<b>", "**", "</b>", "**").Replace(body)
	return strings.ReplaceAll(plainOf(body), "\n", "\n\n")
}

var chatLinks = regexp.MustCompile(`\[([^\]]*)\]\(<([^>]*)>\)`)

// chatMarkup returns Markdown in the markup of Google Chat.
func chatMarkup(text string) string {
	text = strings.ReplaceAll(text, "&", "&amp;")
	return strings.ReplaceAll(chatLinks.ReplaceAllString(text, "<$2|$1>"), "**", "*")
}

// htmlOf returns Markdown as a page.
func htmlOf(body string) string {
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(body), &out); err != nil {
		return body
	}
	return strings.TrimSuffix(out.String(), "\n")
}
