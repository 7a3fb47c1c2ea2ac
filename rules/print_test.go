package rules_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules"
	"tocsin/rules/diag"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestPrint pins down how diagnostics look, for people and for programs.
func TestPrint(t *testing.T) {
	src, err := os.ReadFile("testdata/print/farm.hcl")
	if err != nil {
		t.Fatal(err)
	}
	in := testInput(t, map[string]string{"conf.d/farm.hcl": string(src)})
	_, diags := rules.Load(in)
	var human, machine bytes.Buffer
	if err := (&diag.Printer{Sources: in.Sources()}).Print(&human, diags); err != nil {
		t.Fatal(err)
	}
	if err := diag.WriteJSON(&machine, diags, in.Sources()); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/print/farm.txt", human.Bytes())
	golden(t, "testdata/print/farm.json", machine.Bytes())
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
