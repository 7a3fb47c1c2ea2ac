package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// TestStranded: whoever renames a channel, takes it away or switches it off is
// told of what waits for it, at the place where it went.
func TestStranded(t *testing.T) {
	in := testInput(t, map[string]string{
		"/data/silences.hcl": "",
		"a.hcl":              "tocsin {\n  enabled = true\n}\n",
		"b.hcl":              "channel \"bell\" \"phones\" { token = \"hunter2-secret\" }\n\nchannel \"note\" \"tablet\" {\n  to      = \"x\"\n  enabled = false\n}\n",
	})
	config, diags := rules.Load(in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	stranded := config.Stranded(map[string]int{"phone": 3, "tablet": 1, "ana's\x1b mail": 2, "phones": 7, "lamp": 0, "the old lamp": 1})
	var got []string
	for _, d := range stranded {
		checkDiagnostic(t, d, in)
		if code := diag.ExtraOf(d).Code; code != rules.CodeStranded {
			t.Errorf("code %s", code)
		}
		got = append(got, fmt.Sprintf("%s:%d %s: %s", d.Subject.Filename, d.Subject.Start.Line, severityOf(d), d.Summary))
	}
	want := []string{
		`a.hcl:1 warning: 2 messages wait for channel "ana's\x1b mail", which is gone`,
		`b.hcl:1 warning: 3 messages wait for channel "phone", which is gone`,
		`b.hcl:3 warning: one message waits for channel "tablet", which is switched off`,
		`a.hcl:1 warning: one message waits for channel "the old lamp", which is gone`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkHidden(t, stranded, in)
	for i, want := range []string{
		`--channel "ana's\x1b mail" --to NAME`, "tocsin outbox retry --channel phone --to phones", "Switch it on again, or move them with tocsin outbox retry --channel tablet --to NAME", `--channel "the old lamp"`,
	} {
		if !strings.Contains(stranded[i].Detail, want) {
			t.Errorf("%q is missing in %q", want, stranded[i].Detail)
		}
	}
	if extra := diag.ExtraOf(stranded[1]); extra.Label != `was it renamed to "phones"?` || extra.In != `channel "bell" "phones"` {
		t.Errorf("label %q in %q", extra.Label, extra.In)
	}
}

// TestStrandedInAnEmptyFolder: there is a place to point at also without files.
func TestStrandedInAnEmptyFolder(t *testing.T) {
	config, _ := rules.Load(testInput(t, nil))
	stranded := config.Stranded(map[string]int{"phone": 3})
	if len(stranded) != 1 || stranded[0].Subject.Filename == "" {
		t.Errorf("got %v", stranded)
	}
	if none := config.Stranded(nil); len(none) > 0 {
		t.Errorf("got %v", none)
	}
}
