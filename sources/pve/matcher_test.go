package pve_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/pve"
)

const own = `
event "flux" {
  group    = "other"
  severity = "WARNING"
  fields   = { site = "string", title = "string", level = "number", guests = "list", message = "string" }
  title    = "Flux"
}
source "pve" "flux" {
  notifications = ["flux", "vzdump"]
  types         = { level = "number" }
  when          = "post.fields.level > 3 or post.failed_count >= 2 and 'a' in post.vmids"
  emit          = "flux"
  data = {
    site    = "{{ .post.fields.site }}, {{ .post.outcome }} on {{ .post.host }}"
    message = ""
    guests  = "{{ if .post.guests }}[\"x\"]{{ end }}"
  }
}
source "pve" "unknown" {
  severity = "CRITICAL"
}
source "pve" "test" {
  enabled = false
}
source "pve" "replication_failed" {
  when = "post.failures > 100"
}
`

// TestOwnSources: sources of a configuration are asked first, and lie over those of the
// pack in the pack's place.
func TestOwnSources(t *testing.T) {
	m := packWith(t, own)
	made := func(kind, severity, fields string) string {
		body := fmt.Sprintf(`{"title":"x","message":"y","severity":%q,"fields":{"type":%q,"hostname":"alder"%s}}`, severity, kind, fields)
		d, err := m.Decode([]byte(body))
		if err != nil || len(d.Faults) > 0 {
			t.Fatalf("%v %v", err, d.Faults)
		}
		name := "none"
		if d.Rule != nil {
			name = d.Rule.Name
		}
		return fmt.Sprintf("%s %s %q %t", name, d.Event.Type, d.Event.Severity, d.Event.AtLeast)
	}
	for _, tt := range [][4]string{
		{"flux", "error", `,"level":4`, `flux flux "error" true`},
		{"flux", "error", `,"level":"5"`, `flux flux "error" true`},
		{"flux", "error", `,"level":3`, `unknown system_problem "CRITICAL" false`},
		{"flux", "error", ``, `unknown system_problem "CRITICAL" false`},
		{"vzdump", "info", ``, `vzdump_ok backup_complete "info" true`},
		{"vzdump", "info", `,"level":9`, `flux flux "info" true`},
		{"gc", "info", ``, `store_ok custom "info" true`},
		{"", "info", ``, `unknown system_problem "CRITICAL" false`},
		{"replication", "error", ``, `unknown system_problem "CRITICAL" false`},
	} {
		if got := made(tt[0], tt[1], tt[2]); got != tt[3] {
			t.Errorf("%s %s %s: got %s, want %s", tt[0], tt[1], tt[2], got, tt[3])
		}
	}
	d, err := m.Decode([]byte(`{"title":"x","message":"y","severity":"error","fields":{"type":"flux","hostname":"alder.a","level":4,"site":"roof"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"hostname": "alder.a", "level": 4.0, "site": "roof, failed on alder", "title": "x", "reason": "x: y",
		"pve_severity": "error", "pve_title": "x", "pve_type": "flux",
	}
	if diff := cmp.Diff(want, d.Event.Data); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNothingIsLost: where no source fits, and where one fails, the notification is told
// in its own words.
func TestNothingIsLost(t *testing.T) {
	broken := errors.New("broken")
	rule := &pve.Rule{Name: "odd", When: func(map[string]any) (bool, error) { return true, broken }, Event: "custom"}
	for _, list := range [][]*pve.Rule{nil, {rule}} {
		d, err := pve.NewMatcher(list).Decode([]byte(`{"title":"Flux low","message":"y","severity":"loud","fields":{"type":"flux"}}`))
		if err != nil || d.Event.Type != "custom" || d.Event.Data["title"] != "Flux low" || d.Event.Data["message"] != "y" || d.Event.Severity != "unknown" {
			t.Errorf("got %+v, %v", d.Event, err)
		}
		if len(d.Faults) != len(list) {
			t.Errorf("got faults %v", d.Faults)
		}
	}
	rule = &pve.Rule{Name: "odd", Event: "custom", Fields: map[string]event.FieldType{"title": event.String}, Data: []sources.Datum{{Name: "x", Text: func(map[string]any) (string, error) { return "", broken }}}}
	d, err := pve.NewMatcher([]*pve.Rule{rule}).Decode([]byte(`{"title":"Flux low"}`))
	if err != nil || d.Event.Data["title"] != "Flux low" || len(d.Faults) != 1 || d.Faults[0].Part != "data x" {
		t.Errorf("got %+v, %v", d, err)
	}
}
