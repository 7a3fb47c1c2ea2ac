package rules_test

import (
	"strings"
	"testing"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// TestShapes holds the shapes against the decoders: each block that a shape
// names is known where it stands, and takes that many labels.
func TestShapes(t *testing.T) {
	for _, s := range rules.Shapes() {
		checkShape(t, s, "", "")
	}
}

func checkShape(t *testing.T, s rules.Shape, before, behind string) {
	t.Helper()
	head := s.Kind
	for _, label := range s.Labels {
		if label == "kind" {
			label = "note"
		}
		head += " \"" + label + "\""
	}
	before, behind = before+head+" {\n", "}\n"+behind
	_, diags := rules.Load(testInput(t, map[string]string{"a.hcl": before + behind}))
	for _, d := range diags {
		if code := diag.ExtraOf(d).Code; code == rules.CodeUnknownBlock || code == rules.CodeLabels {
			t.Errorf("%s: %s: %s", strings.ReplaceAll(before, "\n", " "), d.Summary, d.Detail)
		}
	}
	for _, inner := range s.Blocks {
		checkShape(t, inner, before, behind)
	}
}
