package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/diag"
)

// render returns the message of a goat that escaped, as lines.
func render(c *rules.Config) string {
	m, faults := c.Templates.Render(&event.Notification{Event: &event.Event{Type: "goat_escaped", Data: map[string]any{
		"name": "Greta", "number": 7.0, "weight": event.Bytes(2048), "away": event.Duration(time.Hour), "vet": "Dr. Who",
	}}})
	lines := []string{m.Icon + m.Title, m.Body}
	for _, d := range m.Details {
		lines = append(lines, d.Label+": "+d.Value)
	}
	for _, f := range faults {
		lines = append(lines, "fault: "+f.Reason)
	}
	return strings.Join(lines, "\n")
}

// TestOverlayTexts: a block of the user goes over the pack's one argument at a
// time, a map key by key in the order written, and null takes away.
func TestOverlayTexts(t *testing.T) {
	body := "Greta went 1h ago.\n  Look behind the barn."
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "🐐Greta is gone\n" + body + "\nNumber: 7\nWeight: 2 KiB"},
		{"an argument", `title = "{{ .data.name }}!"`, "🐐Greta!\n" + body + "\nNumber: 7\nWeight: 2 KiB"},
		{"a key that is there", `details = { Number = "#{{ .data.number }}" }`, "🐐Greta is gone\n" + body + "\nNumber: #7\nWeight: 2 KiB"},
		{"a key that is new", `details = { Away = "{{ .data.away }}" }`, "🐐Greta is gone\n" + body + "\nNumber: 7\nWeight: 2 KiB\nAway: 1h"},
		{"a key taken away", `details = { Number = null, Nothing = null }`, "🐐Greta is gone\n" + body + "\nWeight: 2 KiB"},
		{"a map taken away", `details = null`, "🐐Greta is gone\n" + body},
		{"an argument taken away", "body = null\nicon = null", "Greta is gone\n\nNumber: 7\nWeight: 2 KiB"},
		{"a map that is worked out", `details = merge({ Weight = "heavy" }, { A = "1" })`, "🐐Greta is gone\n" + body + "\nNumber: 7\nWeight: heavy\nA: 1"},
		{"a field that is new", "fields = { vet = \"string\" }\ntitle = \"{{ .data.vet }}\"", "🐐Dr. Who\n" + body + "\nNumber: 7\nWeight: 2 KiB"},
	} {
		c := loadOn(t, "event \"goat_escaped\" {\n"+tt.text+"\n}\n")
		if diff := cmp.Diff(tt.want, render(c)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestOverlayTypes(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		change     func(*engine.Type)
	}{
		{"nothing but switched off", "enabled = false", func(e *engine.Type) { e.Enabled, e.Place = false, "farm.hcl:2" }},
		{"a list is replaced", `fingerprint = ["host"]`, func(e *engine.Type) { e.Fingerprint, e.Place = []string{"host"}, "farm.hcl:1" }},
		{"a list is taken away", `fingerprint = null`, func(e *engine.Type) { e.Fingerprint, e.Place = nil, "farm.hcl:1" }},
		{"severity and group", "severity = \"CRITICAL\"\ngroup = \"barn\"", func(e *engine.Type) {
			e.Severity, e.Group, e.Place = event.Critical, "barn", "farm.hcl:1"
		}},
		{"a default by null", `severity = null`, func(e *engine.Type) { e.Severity, e.Place = event.Info, "farm.hcl:1" }},
	} {
		want := *loadOn(t, "").Policy.Types["goat_escaped"]
		tt.change(&want)
		got := loadOn(t, "event \"goat_escaped\" {\n"+tt.text+"\n}\n").Policy.Types["goat_escaped"]
		if diff := cmp.Diff(&want, got, cmpopts.IgnoreFields(engine.Type{}, "Burst")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if (want.Fingerprint == nil) != (got.Fingerprint == nil) {
			t.Errorf("%s: fingerprint %#v, want %#v", tt.name, got.Fingerprint, want.Fingerprint)
		}
	}
}

// TestOverlayRequired: what the pack gives need not be given again, and what is
// taken away is missing.
func TestOverlayRequired(t *testing.T) {
	loadOn(t, "burst \"burst_goats\" {\n  threshold = 9\n}\n")
	_, diags := rules.Load(testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\nevent \"goat_back\" {\n  group = null\n}\n"}))
	if len(diags) != 1 || diag.ExtraOf(diags[0]).Code != rules.CodeMissingArg || diags[0].Subject.Filename != "a.hcl" {
		t.Errorf("diagnostics: %v", diags)
	}
}

func TestOverlayLocals(t *testing.T) {
	in := testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled      = true\n  display_name = local.farm\n}\n", "b.hcl": "locals {\n  farm = \"ours\"\n}\n"})
	in.Pack["builtin/locals.hcl"] = []byte("locals {\n  farm = \"builtin\"\n  barn = \"${local.farm} barn\"\n}\n")
	c, diags := rules.Load(in)
	if c == nil {
		t.Fatal(diags)
	}
	if diff := cmp.Diff(map[string]any{"farm": "ours", "barn": "ours barn"}, c.Templates.Local); diff != "" {
		t.Errorf("locals (-want +got):\n%s", diff)
	}
}

// TestPackFaults: the pack has no privileges; a field that it does not declare
// is even an error.
func TestPackFaults(t *testing.T) {
	in := testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\n"})
	in.Pack["builtin/more.hcl"] = []byte("event \"x\" {\n  group = \"barn\"\n  title = \"{{ .data.nothing }}\"\n}\n")
	if _, diags := rules.Load(in); !diags.HasErrors() {
		t.Errorf("diagnostics: %v", diags)
	}
}
