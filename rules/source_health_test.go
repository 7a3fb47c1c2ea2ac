package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/health"
)

const full = `
event "file_system_full" {
  group       = "barn"
  severity    = "WARNING"
  fields      = { mount = "string", value = "number", threshold = "number", total = "bytes", cores = "number", reason = "string" }
  fingerprint = ["mount"]
  title       = "{{ .data.mount }} is {{ .data.value }} full"
}

locals {
  limit = 85
}

source "health" "full" {
  category = "storage"
  each     = "host.mounts"
  exclude  = ["/mnt/*", "/boot"]
  every    = "1m"
  when     = "host.uptime.duration > duration('5m')"
  value    = "item.used_percent"
  warning  = "value >= local.limit"
  critical = "value >= 95 and item.total > bytes('1MiB')"
  clear    = "value < 80"
  sustain  = "1m"
  emit     = "file_system_full"
  severity = { warning = "INFO" }
  data = {
    cores  = "{{ .host.cpu.cores }}"
    reason = "{{ .level }}: {{ round .value 1 }}% of {{ .item.total }}"
  }
}
`

// mounts is what is read of a host with these mounts, up for so long.
func mounts(up time.Duration, used map[string]float64) map[string]health.Answer {
	one := func(fields map[string]any) health.Answer { return health.Answer{Items: []map[string]any{fields}} }
	answers := map[string]health.Answer{
		"uptime": one(map[string]any{"duration": event.Duration(up)}), "cpu": one(map[string]any{"cores": 8.0}), "mounts": {},
	}
	for mount, percent := range used {
		list := answers["mounts"]
		list.Items = append(list.Items, map[string]any{"mount": mount, "used_percent": percent, "total": event.Bytes(4 << 30)})
		answers["mounts"] = list
	}
	return answers
}

func TestHealthSource(t *testing.T) {
	c := loadOn(t, full)
	s := c.Sources[0]
	rule := s.Spec.(*health.Rule)
	if s.Kind != "health" || fmt.Sprint(s.Emits) != "[file_system_full error_resolved]" || !slices.Equal(rule.Reads(), []string{"cpu", "uptime", "mounts"}) {
		t.Errorf("source is %+v, reads %v", s, rule.Reads())
	}
	now := time.Date(2025, 4, 1, 6, 0, 0, 0, time.UTC)
	board, err := health.Open([]*health.Rule{rule}, "", now)
	if err != nil {
		t.Fatal(err)
	}
	minute := func(up time.Duration, used map[string]float64) []health.Change {
		t.Helper()
		now = now.Add(time.Minute)
		changes, faults := board.Look(now, "full", mounts(up, used))
		if len(faults) > 0 {
			t.Errorf("%+v", faults)
		}
		return changes
	}
	for _, up := range []time.Duration{time.Minute, 3 * time.Minute, 5 * time.Minute, 6 * time.Minute} {
		if got := minute(up, map[string]float64{"/": 86, "/mnt/x/y": 99}); len(got) != 0 {
			t.Fatalf("up for %v: %+v", up, got)
		}
	}
	got := minute(7*time.Minute, map[string]float64{"/": 86.25, "/boot": 99, "/mnt/x/y": 99})
	want := "map[category:storage cores:8 mount:/ reason:warning: 86.3% of 4 GiB threshold:85 total:4 GiB value:86.25]"
	if len(got) != 1 || got[0].Event.Type != "file_system_full" || got[0].Event.Severity != "INFO" || fmt.Sprint(got[0].Event.Data) != want {
		t.Fatalf("told %+v, want %s", got, want)
	}
	minute(8*time.Minute, map[string]float64{"/": 96})
	if got = minute(9*time.Minute, map[string]float64{"/": 96}); len(got) != 1 || got[0].Event.Severity != "CRITICAL" || got[0].Event.Data["threshold"] != 95.0 {
		t.Errorf("told %+v", got)
	}
	minute(10*time.Minute, map[string]float64{"/": 82})
	minute(11*time.Minute, map[string]float64{"/": 82}) // a warning again
	minute(12*time.Minute, map[string]float64{"/": 79})
	if got = minute(13*time.Minute, map[string]float64{"/": 79}); len(got) != 1 || got[0].Event.Type != "error_resolved" || got[0].Event.Data["original_severity"] != "INFO" {
		t.Errorf("told %+v", got)
	}
}

// A check that names no event raises the general ones; one without a list judges the
// host.
func TestHealthSourceDefaults(t *testing.T) {
	c := loadOn(t, `
source "health" "busy" {
  category = "cpu"
  value    = "host.cpu.used_percent"
  critical = "value > 90"
  resolved = ""
}
`)
	rule := c.Sources[0].Spec.(*health.Rule)
	if fmt.Sprint(c.Sources[0].Emits) != "[new_error error_escalated]" || rule.Every != 5*time.Minute || rule.Sustain != 0 || rule.Resolved != "" || fmt.Sprint(rule.Own) != "[cpu]" {
		t.Errorf("%+v", rule)
	}
}

func TestTheVersionOfAHealthSource(t *testing.T) {
	seen := map[string]string{}
	for _, arguments := range []string{
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"",
		"value = \"host.cpu.iowait_percent\"\n  warning = \"value > 1\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 2\"",
		"value = \"host.cpu.used_percent\"\n  critical = \"value > 1\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  clear = \"value < 1\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  when = \"host.load.load1 < 1\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  sustain = \"1m\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  every = \"1m\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  severity = { warning = \"INFO\" }",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  emit = \"door_open\"",
		"value = \"host.cpu.used_percent\"\n  warning = \"value > 1\"\n  emit = \"door_open\"\n  data = { door = \"x\" }",
		"each = \"host.mounts\"\n  value = \"item.used_percent\"\n  warning = \"value > 1\"",
		"each = \"host.mounts\"\n  value = \"item.used_percent\"\n  warning = \"value > 1\"\n  exclude = [\"/x\"]",
		"each = \"host.mounts\"\n  value = \"item.used_percent\"\n  warning = \"value > 1\"\n  exclude = [\"/y\"]",
	} {
		v := loadOn(t, "source \"health\" \"busy\" {\n  category = \"cpu\"\n  "+arguments+"\n}\n").Sources[0].Version
		if seen[v] != "" {
			t.Errorf("the same version for\n%s\n%s", seen[v], arguments)
		}
		seen[v] = arguments
	}
}
