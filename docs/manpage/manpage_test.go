package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/docs"
)

// TestPageIsFresh fails when the page in the repository is not made of the
// reference as it is now.
func TestPageIsFresh(t *testing.T) {
	want, err := page(docs.Language())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../tocsin.hcl.5")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the manual page is stale: go run ./docs/manpage (-want +got):\n%s", diff)
	}
}

// TestRun writes the page to where it is told to.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.5")
	if err := run(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(got), head) {
		t.Errorf("%v: %.80s", err, got)
	}
	if err := run(filepath.Join(file, "below")); err == nil {
		t.Error("a page below a file was written")
	}
}

func TestPage(t *testing.T) {
	for name, tt := range map[string]struct{ markdown, roff string }{
		"headings": {"# Title\n\n## One thing\n\n### An \"inner\" one", ".SH \"ONE THING\"\n.SS \"An \\(dqinner\\(dq one\"\n"},
		"paragraphs": {
			"First. Second\nline.\n\nNext.",
			"First.\nSecond line.\n.PP\nNext.\n",
		},
		"a macro that is none": {
			"Names begin with\n.hidden words and 'quotes'.",
			"Names begin with .hidden words and 'quotes'.\n",
		},
		"a macro at the beginning": {".hidden is left out", "\\&.hidden is left out\n"},
		"inside of text": {
			"Use `--a-b`, **never** *w* [here](#x) or [there](https://a.example/b-c). A \\| and a \\n.",
			"Use \\fB\\-\\-a\\-b\\fR, \\fBnever\\fR \\fIw\\fR \\fIhere\\fR or there\n(\\fIhttps://a.example/b\\-c\\fR).\nA | and a \\(rsn.\n",
		},
		"a list":                  {"- one\n  goes on\n- two", ".IP \\(bu 2\none goes on\n.IP \\(bu 2\ntwo\n"},
		"a list right below text": {"Then\n- one", "Then\n.IP \\(bu 2\none\n"},
		"code": {
			"```hcl\n.a = \"\\d\"\n'b' = -1\n```\n\n```told\n```",
			".RS 4\n.EX\n\\&.a = \"\\(rsd\"\n\\(aqb\\(aq = \\-1\n.EE\n.RE\n",
		},
		"a table of arguments": {
			"| argument | default | meaning |\n|---|---|---|\n| `a` | `1` | how many |\n| `b` | required | which. |\n| `c` | | |",
			".TP\n\\fBa\\fR\nhow many.\nDefault: \\fB1\\fR.\n.TP\n\\fBb\\fR\nwhich.\nRequired.\n.TP\n\\fBc\\fR\n\\&\n",
		},
		"a table with bars": {"| x | y |\n|---|---|\n| `\\|\\|` | or |", ".TP\n\\fB||\\fR\nor.\n"},
		"comments":          {"<!-- begin -->\nText.\n<!-- end -->", "Text.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := page(tt.markdown)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.roff, strings.TrimPrefix(got, head)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	for markdown, want := range map[string]string{
		"Text.\n\n> a quotation": "line 3: ",
		"* a star":               "line 1: ",
		"    indented":           "line 1: ",
		"<b>markup</b>":          "line 1: ",
		"| a |\n|---|\n| b |":    "line 1: every row",
		"| a | b |\n| c |":       "line 1: every row",
		"```hcl\nx = 1":          "line 1: the block of code is never closed",
	} {
		if _, err := page(markdown); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", markdown, err, want)
		}
	}
}

// TestRenders asks the programs that show manual pages what they think of it.
func TestRenders(t *testing.T) {
	for _, tool := range [][]string{
		{"mandoc", "-Tlint", "-Wwarning", "../tocsin.hcl.5"},
		{"groff", "-man", "-k", "-ww", "-z", "-Tutf8", "../tocsin.hcl.5"},
	} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Logf("%s is not installed, so the page was not tried with it", tool[0])
			continue
		}
		if out, err := exec.CommandContext(t.Context(), tool[0], tool[1:]...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", tool[0], err, out)
		}
	}
}
