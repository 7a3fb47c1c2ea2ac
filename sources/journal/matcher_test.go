package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/pattern"
)

// line writes an entry as journalctl does.
func line(fields map[string]any) []byte {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return text
}

func compiled(text string) *pattern.Pattern {
	p, err := pattern.Compile(text)
	if err != nil {
		panic(err)
	}
	return p
}

// names are the rules that made events of an entry.
func names(t *testing.T, m *Matcher, fields map[string]any) string {
	t.Helper()
	matches, _, err := m.Match(line(fields))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, match := range matches {
		out = append(out, match.Rule.Name)
	}
	return strings.Join(out, " ")
}

func TestARuleIsForSomeEntries(t *testing.T) {
	m := NewMatcher([]*Rule{
		{Rule: pattern.Rule{Name: "program"}, Identifiers: []string{"app", "app2"}, Urgency: 7},
		{Rule: pattern.Rule{Name: "unit"}, Units: []string{"app.service", "app@.service"}, Urgency: 7},
		{Rule: pattern.Rule{Name: "both"}, Identifiers: []string{"app"}, Units: []string{"app.service"}, Urgency: 7},
		{Rule: pattern.Rule{Name: "urgent"}, Identifiers: []string{"app"}, Urgency: 4},
		{Rule: pattern.Rule{Name: "root"}, Identifiers: []string{"app"}, Users: []int{0, 33}, Urgency: 7},
		{Rule: pattern.Rule{Name: "kernel"}, Identifiers: []string{"app"}, Transports: []string{"kernel"}, Urgency: 7},
		{Rule: pattern.Rule{Name: "pattern", Pattern: compiled("^stop")}, Identifiers: []string{"app"}, Urgency: 7},
	})
	for _, c := range []struct {
		want   string
		fields map[string]any
	}{
		{"program root", map[string]any{"SYSLOG_IDENTIFIER": "app", "MESSAGE": "x"}},
		{"program root pattern", map[string]any{"SYSLOG_IDENTIFIER": "app", "MESSAGE": "stopped"}},
		{"program", map[string]any{"SYSLOG_IDENTIFIER": "app2", "MESSAGE": "stopped"}},
		{"program unit both root", map[string]any{"SYSLOG_IDENTIFIER": "app", "_SYSTEMD_UNIT": "app.service", "MESSAGE": "x"}},
		{"unit", map[string]any{"SYSLOG_IDENTIFIER": "other", "_SYSTEMD_UNIT": "app@7.service", "MESSAGE": "x"}},
		{"", map[string]any{"SYSLOG_IDENTIFIER": "other", "_SYSTEMD_UNIT": "app7.service", "MESSAGE": "x"}},
		{"program urgent root", map[string]any{"SYSLOG_IDENTIFIER": "app", "PRIORITY": "3", "MESSAGE": "x"}},
		{"program root", map[string]any{"SYSLOG_IDENTIFIER": "app", "PRIORITY": "5", "MESSAGE": "x"}},
		{"program root", map[string]any{"SYSLOG_IDENTIFIER": "app", "_UID": "33", "MESSAGE": "x"}},
		{"program", map[string]any{"SYSLOG_IDENTIFIER": "app", "_UID": "1000", "MESSAGE": "x"}},
		{"program", map[string]any{"SYSLOG_IDENTIFIER": "app", "_UID": []string{"0", "1000"}, "MESSAGE": "x"}},
		{"program root kernel", map[string]any{"SYSLOG_IDENTIFIER": "app", "_TRANSPORT": "kernel", "MESSAGE": "x"}},
		{"", map[string]any{"SYSLOG_IDENTIFIER": "app"}},
		{"", map[string]any{"_TRANSPORT": "kernel", "MESSAGE": "stopped"}},
		{"", map[string]any{"MESSAGE": "stopped"}},
		{"", map[string]any{"SYSLOG_IDENTIFIER": "app", "_COMM": "tocsin", "MESSAGE": "x"}},
		{"", map[string]any{"SYSLOG_IDENTIFIER": "app", "_SYSTEMD_UNIT": "tocsin.service", "MESSAGE": "x"}},
	} {
		if got := names(t, m, c.fields); got != c.want {
			t.Errorf("%v: %q, want %q", c.fields, got, c.want)
		}
	}
}

func TestAnEventIsMadeOfItsEntry(t *testing.T) {
	seen := map[string]any{}
	m := NewMatcher([]*Rule{{
		Identifiers: []string{"app"}, Urgency: 7, Fields: []string{"COREDUMP_EXE"}, Rule: pattern.Rule{Name: "disk", Event: "disk_io_error", Severity: "WARNING",
			Pattern: compiled(`^(?P<device>\w+): (?P<count>\d+) of (?P<size>.*?)(?: (?P<more>x))?(?P<_rest>!*)$`),
			Types:   map[string]event.FieldType{"device": event.String, "count": event.Number, "size": event.Size},
			When: func(values map[string]any) (bool, error) {
				for key, v := range values {
					seen[key] = v
				}
				return true, nil
			},
			Host: func(view map[string]any) (string, error) { return view["entry"].(map[string]any)["host"].(string), nil },
			Data: []sources.Datum{
				{Name: "reason", Type: event.String, Text: func(view map[string]any) (string, error) {
					return fmt.Sprint("rest ", view["match"].(map[string]any)["_rest"]), nil
				}},
				{Name: "count", Type: event.Number, Text: func(map[string]any) (string, error) { return "8", nil }},
				{Name: "empty", Type: event.String, Text: func(map[string]any) (string, error) { return "", nil }},
				{Name: "broken", Type: event.String, Text: func(map[string]any) (string, error) { return "", errors.New("no such thing") }},
			}},
	}})
	matches, faults, err := m.Match(line(map[string]any{
		"SYSLOG_IDENTIFIER": "app", "MESSAGE": "sda: 7 of 2 MiB!!", "_HOSTNAME": "pve7", "COREDUMP_EXE": "/bin/x", "OTHER": "y", "PRIORITY": "4",
		"__REALTIME_TIMESTAMP": "1773446880598500", "__MONOTONIC_TIMESTAMP": "61000000", "_PID": "44",
	}))
	if err != nil || len(matches) != 1 {
		t.Fatalf("%d events, %v", len(matches), err)
	}
	e := matches[0].Event
	if want := time.UnixMicro(1773446880598500).UTC(); !e.Time.Equal(want) || e.Type != "disk_io_error" || e.Severity != "WARNING" || e.Host != "pve7" || e.Source != "journal" {
		t.Errorf("event is %+v", e)
	}
	want := map[string]any{"device": "sda", "count": 8.0, "size": event.Bytes(2 << 20), "reason": "rest !!"}
	if fmt.Sprint(e.Data) != fmt.Sprint(want) {
		t.Errorf("data are %v, want %v", e.Data, want)
	}
	for key, want := range map[string]any{
		"match.device": "sda", "match._rest": "!!", "entry.COREDUMP_EXE": "/bin/x", "entry.priority": 4.0, "entry.pid": 44.0, "entry.repeated": 1.0,
		"entry.uptime": event.Duration(61 * time.Second), "entry.OTHER": nil, "match.more": nil, "entry.message": "sda: 7 of 2 MiB!!",
	} {
		if seen[key] != want {
			t.Errorf("a condition sees %s as %v, want %v", key, seen[key], want)
		}
	}
	if len(faults) != 1 || faults[0].Part != "data broken" {
		t.Errorf("faults are %v", faults)
	}
	if fields := m.Fields(); !slices.Contains(fields, "COREDUMP_EXE") || !slices.Contains(fields, "MESSAGE") || slices.Contains(fields, "OTHER") || slices.Contains(fields, "__CURSOR") {
		t.Errorf("fields are %q", fields)
	}
}

func TestAConditionThatFailsIsFalse(t *testing.T) {
	m := NewMatcher([]*Rule{{
		Rule:        pattern.Rule{Name: "odd", When: func(map[string]any) (bool, error) { return true, errors.New("odd") }},
		Identifiers: []string{"app"}, Urgency: 7,
	}})
	matches, faults, err := m.Match(line(map[string]any{"SYSLOG_IDENTIFIER": "app", "MESSAGE": "x"}))
	if len(matches) != 0 || len(faults) != 1 || faults[0].Part != "when" || err != nil {
		t.Errorf("%v %v %v", matches, faults, err)
	}
}

func TestNoEntry(t *testing.T) {
	m := NewMatcher(nil)
	if _, _, err := m.Match([]byte("-- No entries --")); err == nil {
		t.Error("garbage is an entry")
	}
	if cursor, at, err := Cursor([]byte(`{"__CURSOR":"s=a;i=1","__REALTIME_TIMESTAMP":"1000000"}`)); cursor != "s=a;i=1" || at.Unix() != 1 || err != nil {
		t.Errorf("%q %v %v", cursor, at, err)
	}
}

// A thousand rules for a program cost an entry that fits none what ten cost.
func TestTheNumberOfRulesDoesNotMatter(t *testing.T) {
	tried := 0
	var rules []*Rule
	for i := range 1000 {
		rules = append(rules, &Rule{
			Rule: pattern.Rule{
				Name: fmt.Sprint(i), Pattern: compiled(fmt.Sprintf("^reason %04d: (.*)", i)),
				When: func(map[string]any) (bool, error) { tried++; return true, nil },
			},
			Identifiers: []string{"app"}, Urgency: 7,
		})
	}
	m := NewMatcher(rules)
	if got := names(t, m, map[string]any{"SYSLOG_IDENTIFIER": "app", "MESSAGE": "reason 0777: x"}); got != "777" {
		t.Errorf("%q", got)
	}
	if len(m.candidates()) > 10 || tried != 1 {
		t.Errorf("%d rules are tried", len(m.candidates()))
	}
	harmless := line(map[string]any{"SYSLOG_IDENTIFIER": "app", "MESSAGE": "everything is as it should be"})
	if n := testing.AllocsPerRun(100, func() { _, _, _ = m.Match(harmless) }); n > 1 {
		t.Errorf("an entry that fits nothing costs %v allocations", n)
	}
}
