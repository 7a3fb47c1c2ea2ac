package rules_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"tocsin/rules"
	"tocsin/sources/journal"
)

// entryLine writes an entry of the journal.
func entryLine(t *testing.T, fields map[string]string) []byte {
	t.Helper()
	line, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

const gate = `
locals {
  quiet = ["cellar"]
}
source "journal" "gate" {
  identifiers = ["gate", "gate2"]
  units       = ["gate.service"]
  uids        = [0, 33]
  transport   = "syslog"
  priority    = "notice"
  pattern     = <<-RE
    ^door (?P<door>\w+) open for (?P<minutes>\d+)m(?P<_mark>!*)$
  RE
  types       = { minutes = "number", exe = "string" }
  when        = "match.minutes >= 5 and match.door not in local.quiet and entry.COREDUMP_EXE != nil"
  emit        = "door_open"
  severity    = "CRITICAL"
  host        = "{{ .entry.host }}"
  data = {
    exe = "{{ .entry.COREDUMP_EXE }}{{ with .match._mark }} {{ . }}{{ end }} {{ .local.quiet | join ` + "`,`" + ` }}"
  }
}
`

func TestJournalSource(t *testing.T) {
	c := loadOn(t, gate)
	if len(c.Sources) != 1 {
		t.Fatalf("%d sources", len(c.Sources))
	}
	s := c.Sources[0]
	if s.Kind != "journal" || s.Name != "gate" || s.Place != "farm.hcl:5" || !s.Enabled || fmt.Sprint(s.Emits) != "[door_open]" {
		t.Errorf("source is %+v", s)
	}
	m := journal.NewMatcher([]*journal.Rule{s.Spec.(*journal.Rule)})
	entry := map[string]string{
		"SYSLOG_IDENTIFIER": "gate", "_SYSTEMD_UNIT": "gate.service", "_UID": "33", "_TRANSPORT": "syslog", "PRIORITY": "5",
		"_HOSTNAME": "barn", "COREDUMP_EXE": "/bin/x", "MESSAGE": "door north open for 12m!",
	}
	matches, faults, err := m.Match(entryLine(t, entry))
	if err != nil || len(faults) != 0 || len(matches) != 1 {
		t.Fatalf("%v %v %v", matches, faults, err)
	}
	e := matches[0].Event
	if e.Type != "door_open" || e.Severity != "CRITICAL" || e.Host != "barn" || fmt.Sprint(e.Data) != "map[door:north exe:/bin/x ! cellar minutes:12]" {
		t.Errorf("event is %+v", e)
	}
	if _, isNumber := e.Data["minutes"].(float64); !isNumber {
		t.Errorf("minutes are a %T", e.Data["minutes"])
	}
	for field, value := range map[string]string{
		"SYSLOG_IDENTIFIER": "gate3", "_SYSTEMD_UNIT": "x.service", "_UID": "1000", "_TRANSPORT": "kernel", "PRIORITY": "6",
		"MESSAGE": "door cellar open for 12m",
	} {
		other := map[string]string{}
		for k, v := range entry {
			other[k] = v
		}
		other[field] = value
		if matches, _, _ := m.Match(entryLine(t, other)); len(matches) != 0 {
			t.Errorf("%s=%s makes an event", field, value)
		}
	}
}

// The version of a source is another exactly when what it does is.
func TestTheVersionOfASource(t *testing.T) {
	version := func(text string) string {
		t.Helper()
		return loadOn(t, text).Sources[0].Version
	}
	source := func(data, when, local string) string {
		return fmt.Sprintf(`
locals {
  a = %q
}
source "journal" "gate" {
  identifiers = ["gate"]
  pattern     = "^door (?P<door>\\w+)"
  when        = %q
  emit        = "door_open"
  data        = { door = %q }
}
`, local, when, data)
	}
	base := version(source("x", "match.door != 'y'", "1"))
	if version("\n\n"+source("x", "match.door != 'y'", "1")) != base || version(source("x", "match.door != 'y'", "2")) != base {
		t.Error("another place, or a local that it does not read, is another version")
	}
	seen := map[string]bool{base: true}
	for _, text := range []string{
		source("z", "match.door != 'y'", "1"), source("x", "match.door != 'z'", "1"), source("x", "match.door != local.a", "1"), source("x", "match.door != local.a", "2"),
	} {
		v := version(text)
		if seen[v] {
			t.Errorf("the same version for\n%s", text)
		}
		seen[v] = true
	}
}

// Sources overlay like all blocks; the types that they give hold everywhere.
func TestSourcesOverlay(t *testing.T) {
	in := testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\n", "b.hcl": `
source "journal" "gate" {
  enabled = false
}
rule "r" {
  when = "event.data.minutes == '5'"
  stop = true
}
`})
	in.Pack["gate.hcl"] = []byte(gate)
	_, diags := rules.Load(in)
	if len(diags) != 1 || diags[0].Summary != "minutes is a number, not text" {
		t.Errorf("%v", diags)
	}
}
