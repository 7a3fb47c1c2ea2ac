package diag_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
)

// diagnostic makes one about the part of a source between « and ».
func diagnostic(marked string, extra *diag.Extra) (*hcl.Diagnostic, map[string][]byte) {
	from, to := strings.Index(marked, "«"), strings.Index(marked, "»")-len("«")
	src := strings.NewReplacer("«", "", "»", "").Replace(marked)
	line := 1 + strings.Count(src[:from], "\n")
	column := 1 + len([]rune(src[strings.LastIndex(src[:from], "\n")+1:from]))
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "bad thing", Detail: "Do it right.",
		Subject: &hcl.Range{Filename: "f.hcl", Start: hcl.Pos{Line: line, Column: column, Byte: from}, End: hcl.Pos{Line: line, Column: column + to - from, Byte: to}},
		Extra:   extra,
	}, map[string][]byte{"f.hcl": []byte(src)}
}

func printed(t *testing.T, p *diag.Printer, diags ...*hcl.Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Print(&b, diags); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCarets shows the line and the carets below it for all kinds of lines.
func TestCarets(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, tt := range []struct{ name, marked, line, carets string }{
		{"plain", "a = «b» c", "a = b c", "    ^"},
		{"a later line", "a\nb = «ccc»\nd", "b = ccc", "    ^^^"},
		{"tabs stay tabs", "\ta =\t«b»", "\ta =\tb", "\t   \t^"},
		{"wide characters", "a = '山羊' «b»", "a = '山羊' b", "           ^"},
		{"a wide culprit", "a = «🐐»", "a = 🐐", "    ^^"},
		{"joined characters", "u\u0308 = «b»", "u\u0308 = b", "    ^"},
		{"an emoji of several", "👩\u200d🌾 = «b»", "👩\u200d🌾 = b", "     ^"},
		{"nothing at all", "a = «»", "a = ", "    ^"},
		{"the end of a line", "a = 1«»\nb", "a = 1", "     ^"},
		{"several lines", "a = «[\n1\n]»", "a = [", "    ^"},
		{"line ends of windows", "a = «b»\r\nc\r\n", "a = b", "    ^"},
		{"a terminal's commands", "\x1b[2J\u202e = «b»", "\ufffd[2J\ufffd = b", "        ^"},
		{"a long line", long + " = «b» " + long, "…" + strings.Repeat("x", 47) + " = b " + strings.Repeat("x", 87), strings.Repeat(" ", 51) + "^"},
		{"a long culprit", "a = «" + long + long + "»", "a = " + long + strings.Repeat("x", 36), "    " + strings.Repeat("^", 136)},
	} {
		d, sources := diagnostic(tt.marked, nil)
		lines := strings.Split(printed(t, &diag.Printer{Sources: sources}, d), "\n")
		if len(lines) < 4 {
			t.Fatalf("%s: %q", tt.name, lines)
		}
		_, line, _ := strings.Cut(lines[2], "| ")
		_, carets, _ := strings.Cut(lines[3], "| ")
		if line != tt.line || strings.TrimRight(carets, " ") != tt.carets {
			t.Errorf("%s:\n%q\n%q, want\n%q\n%q", tt.name, line, carets, tt.line, tt.carets)
		}
	}
}

func TestPrint(t *testing.T) {
	first, sources := diagnostic("chan {\n  chatid = «\"1234\"»\n}\n", &diag.Extra{
		Code: "C104", In: `channel "telegram" "phone"`, Label: `did you mean "chat_id"?`,
		Related: []diag.Related{{Range: hcl.Range{Filename: "f.hcl", Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 1, Column: 5, Byte: 4}}, Label: "begins here"}},
	})
	second := &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "no place"}
	third := &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "no source", Detail: "one\ntwo", Subject: &hcl.Range{Filename: "gone.hcl", Start: hcl.Pos{Line: 9, Column: 2, Byte: 99}}, Extra: &diag.Extra{Label: "somewhere"}}
	want := `error[C104]: bad thing
  --> f.hcl:2:12  in channel "telegram" "phone"
   2 |   chatid = "1234"
     |            ^^^^^^ did you mean "chat_id"?
  --> f.hcl:1:1
   1 | chan {
     | ^^^^ begins here
  help: Do it right.

warning: no place

warning: no source
  --> gone.hcl:9:2
       somewhere
  help: one
        two

1 error, 2 warnings in 1 file.
`
	if diff := cmp.Diff(want, printed(t, &diag.Printer{Sources: sources}, first, second, third)); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

// TestColour: colour adds nothing but colour.
func TestColour(t *testing.T) {
	d, sources := diagnostic("a = «b»", &diag.Extra{Code: "C104"})
	plain := printed(t, &diag.Printer{Sources: sources}, d)
	coloured := printed(t, &diag.Printer{Sources: sources, Colour: true}, d)
	if plain == coloured || !strings.Contains(coloured, "\x1b[1;31m") {
		t.Errorf("not coloured: %q", coloured)
	}
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[34m"} {
		coloured = strings.ReplaceAll(coloured, code, "")
	}
	if diff := cmp.Diff(plain, coloured); diff != "" {
		t.Errorf("colour changes the text (-plain +coloured):\n%s", diff)
	}
}

// TestHidden: what is hidden shows as stars in every form, and only there.
func TestHidden(t *testing.T) {
	marked := "token = «\"hunter2\"» # hunter2\n"
	d, sources := diagnostic(marked, nil)
	other := *d.Subject
	other.Filename = "other.hcl"
	d.Extra = &diag.Extra{Hidden: []hcl.Range{other, *d.Subject}}
	sources["f.hcl"] = bytes.Replace(sources["f.hcl"], []byte("# hunter2"), []byte("# hunter3"), 1)
	human := printed(t, &diag.Printer{Sources: sources}, d)
	if strings.Contains(human, "hunter2") || !strings.Contains(human, "token = ********* # hunter3") {
		t.Errorf("printed:\n%s", human)
	}
	var machine bytes.Buffer
	if err := diag.WriteJSON(&machine, hcl.Diagnostics{d}, sources); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(machine.String(), "hunter2") {
		t.Errorf("JSON:\n%s", machine.String())
	}
	if !bytes.Contains(sources["f.hcl"], []byte("hunter2")) {
		t.Error("printing changed the source")
	}
}

func TestJSON(t *testing.T) {
	d, sources := diagnostic("a = «b»", &diag.Extra{Code: "C104", In: "chan", Label: "here"})
	var b bytes.Buffer
	if err := diag.WriteJSON(&b, hcl.Diagnostics{d, {Severity: hcl.DiagWarning, Summary: "no place"}}, sources); err != nil {
		t.Fatal(err)
	}
	var got diag.Report
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := diag.Report{
		FormatVersion: 1, Errors: 1, Warnings: 1, Files: 1,
		Diagnostics: []diag.Diagnostic{{
			Severity: "error", Code: "C104", Summary: "bad thing", Detail: "Do it right.", Label: "here", In: "chan",
			Place: &diag.Place{
				File: "f.hcl", Snippet: "a = b",
				Start: diag.Position{Line: 1, Column: 5, Byte: 4}, End: diag.Position{Line: 1, Column: 6, Byte: 5},
			},
		}, {Severity: "warning", Summary: "no place"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if empty := diag.NewReport(nil, nil); !empty.Valid || empty.Diagnostics == nil {
		t.Errorf("nothing wrong gives %+v", empty)
	}
}

// failing is a writer that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestPrintTellsOfFailure(t *testing.T) {
	if err := (&diag.Printer{}).Print(failing{}, nil); err == nil {
		t.Error("a failing writer goes unseen")
	}
}

// FuzzPrint: whatever the source and the range, printing ends and shows no
// command of a terminal.
func FuzzPrint(f *testing.F) {
	f.Add("a = b\n", 1, 4, 5)
	f.Add("\xff\x1b山\u0301", 3, 2, 900)
	f.Fuzz(func(t *testing.T, src string, line, from, to int) {
		d := &hcl.Diagnostic{Summary: "s", Subject: &hcl.Range{Filename: "f", Start: hcl.Pos{Line: line, Byte: from}, End: hcl.Pos{Byte: to}}}
		d.Extra = &diag.Extra{Hidden: []hcl.Range{{Filename: "f", Start: hcl.Pos{Byte: to}, End: hcl.Pos{Byte: from}}}}
		if strings.Contains(printed(t, &diag.Printer{Sources: map[string][]byte{"f": []byte(src)}}, d), "\x1b") {
			t.Error("a command of a terminal is shown")
		}
	})
}
