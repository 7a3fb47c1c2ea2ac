package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/rules"
	"tocsin/sources/log"
)

const gateLog = `
locals {
  folder = "/var/log/gate"
}
source "log" "gate" {
  path     = "${local.folder}/gate.log"
  pattern  = <<-RE
    ^(?P<_time>\S+ \S+) door (?P<door>\w+) open for (?P<minutes>\d+)m$
  RE
  time     = "2006-01-02 15:04:05"
  types    = { minutes = "number", log = "string" }
  when     = "match.minutes >= 5 and not (line.text contains 'drill')"
  emit     = "door_open"
  severity = "CRITICAL"
  host     = "barn"
  data     = { log = "{{ .line.path | base }}" }
}
`

func TestLogSource(t *testing.T) {
	c := loadOn(t, gateLog)
	if len(c.Sources) != 1 {
		t.Fatalf("%d sources", len(c.Sources))
	}
	s := c.Sources[0]
	if s.Kind != "log" || s.Name != "gate" || fmt.Sprint(s.Emits) != "[door_open]" {
		t.Errorf("source is %+v", s)
	}
	rule := s.Spec.(*log.Rule)
	if rule.Path != "/var/log/gate/gate.log" {
		t.Errorf("path is %s", rule.Path)
	}
	m := log.NewMatcher(rule.Path, []*log.Rule{rule})
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	matches, faults := m.Match([]byte("2026-11-28 07:00:00 door north open for 12m"), now)
	if len(matches) != 1 || len(faults) != 0 {
		t.Fatalf("%v %v", matches, faults)
	}
	e := matches[0].Event
	if e.Type != "door_open" || e.Severity != "CRITICAL" || e.Host != "barn" || fmt.Sprint(e.Data) != "map[door:north log:gate.log minutes:12]" || !e.Time.Equal(now.Add(-25*time.Hour)) {
		t.Errorf("event is %+v", e)
	}
	if matches, _ := m.Match([]byte("2026-11-28 07:00:00 door north open for 4m"), now); len(matches) != 0 {
		t.Error("the condition does not count")
	}
	if other := loadOn(t, strings.Replace(gateLog, "15:04:05", "15:04", 1)); other.Sources[0].Version == s.Version {
		t.Error("another layout is no other version")
	}
}

func TestTooManyLogs(t *testing.T) {
	var b strings.Builder
	for i := range log.MaxFiles + 1 {
		for _, name := range []string{"a", "b"} { // two over each file
			fmt.Fprintf(&b, "source \"log\" \"%s%d\" {\n  path = \"/var/log/%d.log\"\n  pattern = \"^door (?P<door>\\\\w+)$\"\n  emit = \"door_open\"\n}\n", name, i, i)
		}
	}
	_, diags := rules.Load(testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\n", "farm.hcl": b.String()}))
	n := 0
	for _, d := range diags {
		if d.Summary == "too many log files" {
			n++
		}
	}
	if n != 2 || len(diags) != 2 {
		t.Errorf("%d are too many: %v", n, diags)
	}
}
