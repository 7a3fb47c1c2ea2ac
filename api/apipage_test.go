package api

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// apiPage is the page of the documentation that is made of the document.
const apiPage = "../docs/api.md"

// TestAPIPage holds the page of the documentation against the operations.
// UPDATE_API_PAGE=1 writes it.
func TestAPIPage(t *testing.T) {
	want := apiMarkdown()
	if os.Getenv("UPDATE_API_PAGE") != "" {
		if err := os.WriteFile(apiPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(apiPage)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the operations say; UPDATE_API_PAGE=1 go test ./api -run APIPage writes it (%v)", apiPage, err)
	}
}

func apiMarkdown() string {
	var b strings.Builder
	b.WriteString("# The HTTP API\n\nMade of the operations in `api/operations.go`; `/api/openapi.json` has the whole, with schemas. Requests carry\n`Authorization: Bearer TOKEN` where a scope is named; `admin` allows all. Errors are\n`{\"error\": {\"code\", \"message\", \"why\", \"do\"}}`, with what belongs to them beside that.\n")
	ops := operations()
	for _, route := range slices.SortedFunc(maps.Keys(ops), func(a, b string) int {
		_, x, _ := strings.Cut(a, " ")
		_, y, _ := strings.Cut(b, " ")
		return strings.Compare(x+a, y+b)
	}) {
		o := ops[route]
		method, path, _ := strings.Cut(route, " ")
		shown, _ := pathOf(path)
		fmt.Fprintf(&b, "\n## %s %s\n\n%s.", method, shown, o.summary)
		if o.scope != "" {
			fmt.Fprintf(&b, " Scope `%s`.", o.scope)
		}
		b.WriteString("\n")
		for _, p := range append(o.query[:len(o.query):len(o.query)], o.headers...) {
			fmt.Fprintf(&b, "- `%s`: %s\n", p.name, p.doc)
		}
		if o.example != "" {
			fmt.Fprintf(&b, "\n```\n%s\n```\n", strings.TrimSpace(o.example))
		}
		var fails []string
		for _, status := range o.failures() {
			fails = append(fails, fmt.Sprint(status))
		}
		if o.status < 400 {
			fmt.Fprintf(&b, "\nAnswers %d, or %s.\n", o.status, strings.Join(fails, ", "))
		} else {
			fmt.Fprintf(&b, "\nAnswers %s.\n", strings.Join(fails, ", "))
		}
	}
	return b.String()
}
