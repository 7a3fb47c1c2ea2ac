package rules_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// testInput is a configuration of the given files over the pack in testdata.
func testInput(t testing.TB, files map[string]string) rules.Input {
	t.Helper()
	pack, err := os.ReadFile("testdata/pack/catalogue.hcl")
	if err != nil {
		t.Fatal(err)
	}
	in := rules.Input{
		Pack: map[string][]byte{"builtin/catalogue.hcl": pack}, Files: map[string][]byte{}, Kinds: testKinds(), Host: "farmhouse", Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Env: func(name string) (string, bool) { return "from-env", name == "BELL" },
		Secret: func(name string) (string, error) {
			if name == "bell" {
				return "hunter2-secret", nil
			}
			return "", fmt.Errorf("there is no secret %q", name)
		},
		ReadFile: func(path string) ([]byte, error) {
			if path == "texts/hello.txt" {
				return []byte("hello\r\nfarm\n"), nil
			}
			return nil, errors.New(path + ": no such file")
		},
	}
	for name, text := range files {
		in.Files[name] = []byte(text)
	}
	return in
}

// expectation finds what a line of a wrong file is expected to say. A number in
// parentheses moves it to another line.
var expectation = regexp.MustCompile(`(ERROR|WARNING)(?:\(([+-]\d+)\))?: (.*?)(?:\s*\*/}}.*|\s+# (?:ERROR|WARNING).*)?$`)

func expected(t *testing.T, src string) []string {
	t.Helper()
	var out []string
	for i, line := range strings.Split(src, "\n") {
		for {
			m := expectation.FindStringSubmatchIndex(line)
			if m == nil {
				break
			}
			number := i + 1
			if m[4] >= 0 {
				move, err := strconv.Atoi(line[m[4]:m[5]])
				if err != nil {
					t.Fatal(err)
				}
				number += move
			}
			out = append(out, fmt.Sprintf("%d: %s: %s", number, strings.ToLower(line[m[2]:m[3]]), line[m[6]:m[7]]))
			line = line[m[7]:]
		}
	}
	slices.Sort(out)
	return out
}

// TestWrong loads every file in testdata/wrong and compares the diagnostics
// with the comments on the guilty lines.
func TestWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			in := testInput(t, map[string]string{"farm.hcl": string(src)})
			config, diags := rules.Load(in)
			if (config == nil) != diags.HasErrors() {
				t.Errorf("config %v with errors %v", config, diags.HasErrors())
			}
			var got []string
			for _, d := range diags {
				checkDiagnostic(t, d, in)
				got = append(got, fmt.Sprintf("%d: %s: %s", d.Subject.Start.Line, severityOf(d), d.Summary))
			}
			slices.Sort(got)
			if diff := cmp.Diff(expected(t, string(src)), got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			checkHidden(t, diags, in)
		})
	}
}

func severityOf(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagError {
		return "error"
	}
	return "warning"
}

// checkDiagnostic holds a diagnostic against what all of them promise.
func checkDiagnostic(t testing.TB, d *hcl.Diagnostic, in rules.Input) {
	t.Helper()
	extra := diag.ExtraOf(d)
	src, known := in.Sources()[d.Subject.Filename]
	switch {
	case d.Subject == nil || !known && len(in.Files) > 0:
		t.Errorf("%q has no place", d.Summary)
	case d.Subject.Start.Byte > len(src) || d.Subject.End.Byte < d.Subject.Start.Byte || d.Subject.Start.Line < 1:
		t.Errorf("%q has an odd place: %v", d.Summary, d.Subject)
	}
	if !regexp.MustCompile(`^C\d{3}$`).MatchString(extra.Code) {
		t.Errorf("%q has the code %q", d.Summary, extra.Code)
	}
	if d.Summary == "" || strings.HasSuffix(d.Summary, ".") || strings.Contains(d.Summary, "\n") {
		t.Errorf("summary %q is no short phrase", d.Summary)
	}
	if !strings.HasSuffix(d.Detail, ".") && !strings.HasSuffix(d.Detail, "…") && !strings.HasSuffix(d.Detail, "?") {
		t.Errorf("detail %q of %q is no sentence", d.Detail, d.Summary)
	}
}

// checkHidden makes sure that no form of the diagnostics shows a secret.
func checkHidden(t testing.TB, diags hcl.Diagnostics, in rules.Input) {
	t.Helper()
	var human, machine strings.Builder
	p := diag.Printer{Sources: in.Sources()}
	if err := p.Print(&human, diags); err != nil {
		t.Error(err)
	}
	if err := diag.WriteJSON(&machine, diags, in.Sources()); err != nil {
		t.Error(err)
	}
	for _, text := range []string{human.String(), machine.String(), diags.Error(), fmt.Sprintf("%+v", diags)} {
		if i := strings.Index(text, "hunter2"); i >= 0 {
			t.Errorf("a secret is shown: …%s…", text[max(i-80, 0):min(i+40, len(text))])
		}
	}
}
