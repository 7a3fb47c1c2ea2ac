package docs_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"tocsin/docs"
)

var update = flag.Bool("update", false, "rewrite the parts of language.md that are made from code")

// fence is a fenced block of the reference. The words behind its language say
// what a test does with it:
//
//	hcl                 loads without errors and warnings; its tests pass
//	hcl error=C402      gives that diagnostic, and no other
//	hcl warning=C703    the same
//	hcl fragment=KIND   the inside of a block of that kind
//	console             what check prints about the hcl before it
//	told                what the tests of the hcl before it were told
//	expr                a condition on each line
//	template            a template
type fence struct {
	line     int // of its first line of text
	lang     string
	words    []string
	text     string
	from, to int // bytes of the text in the page
}

// word returns the value of KEY=VALUE behind the language.
func (f fence) word(key string) string {
	for _, w := range f.words {
		if value, ok := strings.CutPrefix(w, key+"="); ok {
			return value
		}
	}
	return ""
}

func (f fence) String() string { return fmt.Sprintf("language.md:%d", f.line) }

var fencePattern = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

func fences(t *testing.T) []fence {
	t.Helper()
	page := docs.Language()
	var list []fence
	for _, m := range fencePattern.FindAllStringSubmatchIndex(page, -1) {
		f := fence{line: 1 + strings.Count(page[:m[4]], "\n"), text: page[m[4]:m[5]], from: m[4], to: m[5]}
		if words := strings.Fields(page[m[2]:m[3]]); len(words) > 0 {
			f.lang, f.words = words[0], words[1:]
		}
		list = append(list, f)
	}
	if len(list) < 30 {
		t.Fatalf("found %d fenced blocks", len(list))
	}
	return list
}

// rewrite saves the page with some of its parts replaced; they are given in
// their order.
func rewrite(t *testing.T, parts []fence) {
	t.Helper()
	page := docs.Language()
	var out strings.Builder
	at := 0
	for _, p := range parts {
		out.WriteString(page[at:p.from] + p.text)
		at = p.to
	}
	out.WriteString(page[at:])
	if err := os.WriteFile("language.md", []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
