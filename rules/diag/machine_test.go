package diag_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// specimens are diagnostics of all kinds, about sources with a secret.
func specimens() (hcl.Diagnostics, map[string][]byte) {
	full, sources := diagnostic("channel \"gotify\" \"a\" {\n  # 🐐 é\n  /* 🐐 */ tokn = «\"hunter2\"»\n}\n", &diag.Extra{
		Code: "C104", In: `channel "gotify" "a"`, Label: `did you mean "token"?`,
	})
	full.Summary, full.Detail = "unknown argument \"tokn\": 50%, or more", "One line\nand another."
	full.Extra.(*diag.Extra).Hidden = []hcl.Range{*full.Subject}
	start := hcl.Range{Filename: "f.hcl", Start: hcl.InitialPos, End: hcl.Pos{Line: 1, Column: 8, Byte: 7}}
	full.Extra.(*diag.Extra).Related = []diag.Related{{Range: start, Label: "begins here"}, {Range: *full.Subject}}
	lines := *full.Subject
	lines.Start, lines.End = start.Start, hcl.Pos{Line: 4, Column: 2, Byte: len(sources["f.hcl"]) - 1}
	sources["sub dir/ü#1.hcl"] = []byte("x")
	return hcl.Diagnostics{
		full,
		{Severity: hcl.DiagWarning, Summary: "several lines", Detail: "Look at all.", Subject: &lines, Extra: &diag.Extra{Code: "C710"}},
		{Severity: hcl.DiagWarning, Summary: "no detail", Subject: &hcl.Range{Filename: "sub dir/ü#1.hcl", Start: hcl.InitialPos}, Extra: &diag.Extra{Code: "C710"}},
		{Severity: hcl.DiagError, Summary: "path of a built-in file", Detail: "Give it another name.", Subject: &hcl.Range{Filename: "builtin/a.hcl", Start: hcl.InitialPos, End: hcl.InitialPos}, Extra: &diag.Extra{Code: "C109", In: "a file"}},
		{Severity: hcl.DiagError, Summary: "no place", Extra: &diag.Extra{Code: "C101"}},
	}, sources
}

// locate puts the files of a user below a folder.
func locate(file string) string {
	if strings.HasPrefix(file, "builtin/") {
		return file
	}
	return diag.InFolder("conf/farm", file)
}

// golden holds a text against a file of what it was.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
	if bytes.Contains(got, []byte("hunter2")) {
		t.Errorf("%s shows a secret:\n%s", file, got)
	}
}

func TestGitHub(t *testing.T) {
	diags, sources := specimens()
	var b bytes.Buffer
	if err := diag.WriteGitHub(&b, diags, sources, locate); err != nil {
		t.Fatal(err)
	}
	golden(t, "github.txt", b.Bytes())
	if lines := strings.Count(b.String(), "\n"); lines != len(diags) {
		t.Errorf("%d lines for %d diagnostics: a text breaks out of its command", lines, len(diags))
	}
}

// TestAnnotationEscapes: nothing in a text ends its property or its command.
func TestAnnotationEscapes(t *testing.T) {
	a := diag.Annotation{Level: "error", File: "a:b,c%d", Line: 2, Title: "x::y\r\n::error::z", Text: "100%\r\n::error::z"}
	want := "::error file=a%3Ab%2Cc%25d,line=2,title=x%3A%3Ay%0D%0A%3A%3Aerror%3A%3Az::100%25%0D%0A::error::z"
	if got := a.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSARIF(t *testing.T) {
	diags, sources := specimens()
	var b bytes.Buffer
	if err := diag.WriteSARIF(&b, diags, sources, locate, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	golden(t, "sarif.json", b.Bytes())
	required(t, b.Bytes())
}

// TestSARIFOfNothing: a file without results takes earlier ones back, so that
// it must be whole, too.
func TestSARIFOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := diag.WriteSARIF(&b, nil, nil, locate, ""); err != nil {
		t.Fatal(err)
	}
	required(t, b.Bytes())
	if !strings.Contains(b.String(), `"results": []`) {
		t.Errorf("no empty list of results:\n%s", b.String())
	}
}

// required checks what the format asks of every file: its properties, their
// values, and that rules and results agree.
func required(t *testing.T, src []byte) {
	t.Helper()
	type location struct {
		ID               *int
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
		}
	}
	var doc struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
					}
				}
			}
			Results []struct {
				RuleID           string
				RuleIndex        int
				Level            string
				Message          struct{ Text string }
				Locations        []location
				RelatedLocations []location
			}
		}
	}
	if err := json.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != "2.1.0" || doc.Schema == "" || len(doc.Runs) != 1 {
		t.Fatalf("version %q, schema %q, %d runs", doc.Version, doc.Schema, len(doc.Runs))
	}
	run := doc.Runs[0]
	if run.Tool.Driver.Name != "tocsin" || run.ColumnKind != "utf16CodeUnits" {
		t.Errorf("driver %q, columns in %q", run.Tool.Driver.Name, run.ColumnKind)
	}
	seen := map[string]bool{}
	for _, r := range run.Tool.Driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" || seen[r.ID] {
			t.Errorf("rule %+v is incomplete, or there twice", r)
		}
		seen[r.ID] = true
	}
	for _, r := range run.Results {
		if r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %d is not %s", r.RuleIndex, r.RuleID)
		}
		if r.Message.Text == "" || r.Level != "error" && r.Level != "warning" {
			t.Errorf("level %q, message %q", r.Level, r.Message.Text)
		}
		for _, l := range append(r.Locations, r.RelatedLocations...) {
			at := l.PhysicalLocation.Region
			if at.StartLine < 1 || at.StartColumn < 1 || at.EndLine < at.StartLine || at.EndLine == at.StartLine && at.EndColumn < at.StartColumn {
				t.Errorf("region %+v", at)
			}
			if uri := l.PhysicalLocation.ArtifactLocation.URI; uri == "" || strings.ContainsAny(uri, " #\\") {
				t.Errorf("URI %q", uri)
			}
		}
		for i, l := range r.RelatedLocations {
			if l.ID == nil || *l.ID != i+1 {
				t.Errorf("related location %d has the number %v", i+1, l.ID)
			}
		}
	}
}
