package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/layout"
)

// TestSnippets loads every configuration of the page.
func TestSnippets(t *testing.T) {
	for _, f := range fences(t) {
		if f.lang != "hcl" {
			continue
		}
		t.Run(fmt.Sprint(f.line), func(t *testing.T) {
			text := f.text
			if kind := f.word("fragment"); kind != "" {
				text = kind + " {\n" + text + "}\n"
			}
			_, diags, in := load(t, text)
			want := f.word("error") + f.word("warning")
			if got := codes(diags); want == "" && len(diags) > 0 || want != "" && (len(got) != 1 || !got[want]) {
				t.Errorf("%v: want %q, got\n%s", f, want, printed(t, diags, in))
			}
			if diags.HasErrors() != (f.word("error") != "") {
				t.Errorf("%v: errors: %v", f, diags.HasErrors())
			}
		})
	}
}

// TestLayout wants every configuration of the page in the canonical layout;
// -update puts it there.
func TestLayout(t *testing.T) {
	var stale []fence
	for _, f := range fences(t) {
		if f.lang != "hcl" {
			continue
		}
		got, diags := layout.Format([]byte(f.text), f.String())
		if diff := cmp.Diff(string(got), f.text); diff != "" || diags.HasErrors() {
			t.Errorf("%v: %v (-canonical +page)\n%s", f, diags, diff)
			f.text = string(got)
			stale = append(stale, f)
		}
	}
	if *update {
		rewrite(t, stale)
	}
}

// TestConsole compares what the page shows of check with what it prints.
func TestConsole(t *testing.T) {
	var before fence
	for _, f := range fences(t) {
		switch f.lang {
		case "hcl":
			before = f
		case "console":
			_, diags, in := load(t, before.text)
			if got := printed(t, diags, in); !strings.HasPrefix(got, f.text) {
				t.Errorf("%v shows\n%s\ncheck prints\n%s", f, f.text, got)
			}
		}
	}
}

// TestExpressions compiles every condition of the page, one a line, as the when
// of a channel.
func TestExpressions(t *testing.T) {
	for _, f := range fences(t) {
		if f.lang != "expr" {
			continue
		}
		for i, line := range strings.Split(strings.TrimSpace(f.text), "\n") {
			if _, diags, in := condition(t, line); len(diags) > 0 {
				t.Errorf("language.md:%d: %s\n%s", f.line+i, line, printed(t, diags, in))
			}
		}
	}
}

// TestTemplates loads every template of the page as the body of a finished
// backup.
func TestTemplates(t *testing.T) {
	for _, f := range fences(t) {
		if f.lang != "template" {
			continue
		}
		text := strings.NewReplacer("%{", "%%{", "${", "$${").Replace(f.text)
		_, diags, in := load(t, "event \"backup_complete\" {\n  body = <<-EOT\n"+text+"EOT\n}\n")
		if len(diags) > 0 {
			t.Errorf("%v:\n%s", f, printed(t, diags, in))
		}
	}
}

// TestLanguages fails on a block that nothing tests.
func TestLanguages(t *testing.T) {
	for _, f := range fences(t) {
		switch f.lang {
		case "hcl", "expr", "template", "console", "told":
		case "":
			if !strings.Contains(f.text, " outbox ") {
				t.Errorf("%v: nothing tests this block", f)
			}
		default:
			t.Errorf("%v: unknown language %q", f, f.lang)
		}
	}
}

// condition loads a condition as that of a channel.
func condition(t *testing.T, text string) (*rules.Config, hcl.Diagnostics, rules.Input) {
	t.Helper()
	return load(t, "channel \"log\" \"phone\" {\n  when = <<-EOT\n    "+text+"\n  EOT\n}\n")
}
