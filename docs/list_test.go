package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/docs"
	"tocsin/rules/diag"
	"tocsin/rules/edit"
	"tocsin/sources/pve"
)

// same compares two lists of words, whatever their order.
func same(t *testing.T, what string, page, code []string) {
	t.Helper()
	slices.Sort(page)
	slices.Sort(code)
	if diff := cmp.Diff(code, page); diff != "" {
		t.Errorf("%s (-code +page):\n%s", what, diff)
	}
}

// detailOf returns the remedy of the only diagnostic with a code.
func detailOf(t *testing.T, diags hcl.Diagnostics, code string) string {
	t.Helper()
	for _, d := range diags {
		if diag.ExtraOf(d).Code == code {
			return d.Detail
		}
	}
	t.Fatalf("no %s in %v", code, diags)
	return ""
}

// words returns the list behind a colon: "Functions are: abs, all."
func words(text string) []string {
	_, list, _ := strings.Cut(text, ": ")
	return strings.Split(strings.TrimSuffix(list, "."), ", ")
}

// TestConditionFunctions holds the table of functions against the compiler, and
// compiles its examples.
func TestConditionFunctions(t *testing.T) {
	_, diags, _ := condition(t, "zzzzzzzz(event.host)")
	rows := tables(section(t, "### Functions"))[0]
	var names []string
	for _, row := range rows {
		name, _, _ := strings.Cut(spans(row[0])[0], "(")
		names = append(names, name)
		example := spans(row[1])[0]
		if !strings.Contains(example, name+"(") {
			t.Errorf("the example of %s does not use it: %s", name, example)
		}
		if _, diags, in := condition(t, example); len(diags) > 0 {
			t.Errorf("%s\n%s", example, printed(t, diags, in))
		}
	}
	same(t, "functions of conditions", names, words(detailOf(t, diags, "C402")))
}

// TestHCLFunctions calls every function of the table with nothing, which must
// fail otherwise than a function that is not there.
func TestHCLFunctions(t *testing.T) {
	for _, row := range tables(section(t, "### Locals and functions"))[0] {
		for _, name := range spans(row[1]) {
			name, _, _ = strings.Cut(name, "(")
			_, diags, _ := load(t, "locals {\n  x = "+name+"()\n}\n")
			for _, d := range diags {
				if strings.HasPrefix(d.Summary, "unknown function") {
					t.Errorf("%s: %s", name, d.Summary)
				}
			}
		}
	}
}

// TestCodes holds the table of diagnostics against the codes there are.
func TestCodes(t *testing.T) {
	var page []string
	for _, row := range tables(section(t, "## Diagnostics"))[0] {
		code, _, _ := strings.Cut(row[0], " ")
		page = append(page, code)
		if len(row) != 3 || row[1] == "" || row[2] == "" {
			t.Errorf("%s lacks its meaning or its remedy", code)
		}
	}
	if !slices.IsSorted(page) {
		t.Error("the codes are not in their order")
	}
	same(t, "codes", page, slices.Concat(codesOf(t, "../rules/codes.go"), codesOf(t, "../rules/condition/problem.go")))
}

// codesOf returns the constants of a file that look like codes.
func codesOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, _ := strconv.Unquote(lit.Value); regexp.MustCompile(`^C\d{3}$`).MatchString(text) {
				out = append(out, text)
			}
		}
		return true
	})
	return out
}

// TestPostNames holds the names of a notification against the code.
func TestPostNames(t *testing.T) {
	told := regexp.MustCompile(`\w+`).FindAllString(section(t, "### source"), -1)
	for name := range pve.Names() {
		if !slices.Contains(told, name) {
			t.Errorf("the page does not tell of post.%s", name)
		}
	}
}

// TestArguments holds the tables of the blocks against their decoders, which
// list what they know when they are asked for something unknown.
func TestArguments(t *testing.T) {
	for heading, open := range map[string]string{
		"tocsin": "tocsin {", "api": "api {", "webhook": "webhook {", "store": "store {", "history": "history {", "heartbeat": "heartbeat {", "apprise": "apprise {", "git": "git {", "dedup": "dedup {",
		"group": `group "g" {`, "event": `event "e" {`, "burst": `burst "b" {`,
		"rule": `rule "r" {`, "silence": `silence "s" {`, "inhibit": `inhibit "i" {`,
		"channel": `channel "log" "c" {`, "channel 1": "channel \"log\" \"c\" {\nquiet_hours {", "channel 2": "channel \"log\" \"c\" {\ndigest {",
		"channel 3": "channel \"log\" \"c\" {\nfallback {",
		"source 1":  `source "journal" "s" {`, "source 2": `source "tasks" "s" {`, "source 3": `source "pve" "s" {`,
		"source 6": `source "command" "s" {`, "source 7": `source "http" "s" {`, "source 8": `source "file" "s" {`, "source 9": `source "cert" "s" {`, "source 13": `source "log" "s" {`,
		"test": `test "t" {`, "test 1": "test \"t\" {\nsend \"custom\" {", "test 2": "test \"t\" {\nexpect \"phone\" {",
	} {
		t.Run(heading, func(t *testing.T) {
			heading, number, _ := strings.Cut(heading, " ")
			n, _ := strconv.Atoi(number)
			text := open + "\nzzzzzzzz = 1\n" + strings.Repeat("}\n", strings.Count(open, "{"))
			_, diags, _ := load(t, text)
			known := words(detailOf(t, diags, "C104"))
			var page []string
			for _, name := range tables(section(t, "### "+heading))[n].first() {
				if !strings.Contains(name, "{") { // a block
					page = append(page, name)
				}
			}
			if heading == "source" { // what every kind has
				page = append(page, tables(section(t, "### "+heading))[0].first()...)
			}
			if heading == "source" && n > 5 && n < 10 { // what every probe has
				page = append(page, tables(section(t, "### "+heading))[5].first()...)
			}
			if heading == "channel" && n == 0 {
				page = append(page, "path") // of its kind
			}
			same(t, heading, page, known)
		})
	}
}

// TestPaths reads every path of the table, and writes it the same.
func TestPaths(t *testing.T) {
	for _, row := range tables(section(t, "### Paths"))[0] {
		path := spans(row[0])[0]
		if addr, err := edit.ParseAddress(path); err != nil || addr.String() != path {
			t.Errorf("%s is read as %v, %v", path, addr, err)
		}
	}
}

// TestDefaults holds the cooldowns of the page against those of the pack.
func TestDefaults(t *testing.T) {
	for _, f := range fences(t) {
		if f.word("fragment") != "cooldown" {
			continue
		}
		config, _, _ := load(t, "cooldown {\n"+f.text+"}\n")
		pack, _, _ := load(t, "")
		place := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Place" }, cmp.Ignore())
		if diff := cmp.Diff(pack.Policy.Cooldown, config.Policy.Cooldown, place); diff != "" {
			t.Errorf("%v (-pack +page):\n%s", f, diff)
		}
	}
}

// TestGroups holds the groups of the page against those of the pack.
func TestGroups(t *testing.T) {
	config, _, _ := load(t, "")
	var code []string
	for _, g := range config.Catalogue.Groups {
		code = append(code, g.Name)
	}
	_, text, _ := strings.Cut(section(t, "### group"), "The pack has")
	text, _, _ = strings.Cut(text, "\n\n")
	same(t, "groups", spans(text), code)
}

// TestLinks follows every link inside the page.
func TestLinks(t *testing.T) {
	page := docs.Language()
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(fencePattern.ReplaceAllString(page, ""), -1) {
		anchor := strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")
		if anchors[anchor] && strings.Contains(page, "(#"+anchor+")") {
			t.Errorf("two headings are called %q", m[1])
		}
		anchors[anchor] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1) {
		if !anchors[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
}

// TestLines keeps the page readable as it is.
func TestLines(t *testing.T) {
	for i, line := range strings.Split(docs.Language(), "\n") {
		if len([]rune(line)) > 120 && !strings.HasPrefix(line, "|") || strings.HasSuffix(line, " ") {
			t.Errorf("%s is too long, or ends in a blank: %s", fmt.Sprintf("language.md:%d", i+1), line)
		}
	}
}
