package log

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/pattern"
)

const oven = "/var/log/oven/oven.log"

func compiled(text string) *pattern.Pattern {
	p, err := pattern.Compile(text)
	if err != nil {
		panic(err)
	}
	return p
}

var read = time.Date(2026, 11, 29, 8, 0, 0, 0, time.FixedZone("here", 3600))

func TestAnEventIsMadeOfALine(t *testing.T) {
	seen := map[string]any{}
	m := NewMatcher(oven, []*Rule{
		{Path: "/elsewhere", Rule: pattern.Rule{Name: "elsewhere", Pattern: compiled(`^oven`)}},
		{Path: oven, Rule: pattern.Rule{
			Name: "hot", Event: "oven_hot", Severity: "WARNING", Pattern: compiled(`^oven (?P<oven>\d+) reached (?P<degrees>\d+) C(?P<_rest>!*)$`),
			Types: map[string]event.FieldType{"oven": event.Number, "degrees": event.Number},
			When: func(values map[string]any) (bool, error) {
				for name, v := range values {
					seen[name] = v
				}
				return true, nil
			},
			Host: func(view map[string]any) (string, error) { return "kitchen", nil },
			Data: []sources.Datum{
				{Name: "log", Type: event.String, Text: func(view map[string]any) (string, error) {
					return fmt.Sprint(view["line"].(map[string]any)["path"], view["match"].(map[string]any)["_rest"]), nil
				}},
				{Name: "broken", Type: event.String, Text: func(map[string]any) (string, error) { return "", errors.New("no such thing") }},
			},
		}},
		{Path: oven, Rule: pattern.Rule{Name: "any", Event: "oven_said", Pattern: compiled(`^oven`)}},
		{Path: oven, Rule: pattern.Rule{Name: "odd", Pattern: compiled(`^oven`), When: func(map[string]any) (bool, error) { return true, errors.New("odd") }}},
	})
	matches, faults := m.Match([]byte("\x1b[31moven 7 reached 320 C!!\x1b[0m \r"), read)
	var names, parts []string
	for _, match := range matches {
		names = append(names, match.Rule.Name)
	}
	for _, f := range faults {
		parts = append(parts, f.Rule.Name+" "+f.Part)
	}
	if got := strings.Join(names, " "); got != "hot any" {
		t.Fatalf("events of %q", got)
	}
	if got := strings.Join(parts, ", "); got != "hot data broken, odd when" {
		t.Errorf("faults are %q", got)
	}
	e := matches[0].Event
	if e.Type != "oven_hot" || e.Severity != "WARNING" || e.Source != "log" || e.Host != "kitchen" || !e.Time.Equal(read) {
		t.Errorf("event is %+v", e)
	}
	if got := fmt.Sprint(e.Data); got != "map[degrees:320 log:/var/log/oven/oven.log!! oven:7]" {
		t.Errorf("data are %s", got)
	}
	for name, want := range map[string]any{"match.degrees": 320.0, "match._rest": "!!", "line.text": "oven 7 reached 320 C!!", "line.path": oven} {
		if seen[name] != want {
			t.Errorf("a condition sees %s as %v, want %v", name, seen[name], want)
		}
	}
	if matches, faults := m.Match([]byte("the oven is cold"), read); len(matches)+len(faults) > 0 {
		t.Errorf("%v %v", matches, faults)
	}
}

func TestWhenALineWasWritten(t *testing.T) {
	for _, c := range []struct{ layout, stamp, want string }{
		{"", "2026-11-28 07:00:00", "2026-11-29T08:00:00+01:00"},
		{"2006-01-02 15:04:05", "2026-11-28 07:00:00", "2026-11-28T07:00:00+01:00"},
		{"2006-01-02 15:04:05", "2026-11-28 07:00:00,123", "2026-11-28T07:00:00+01:00"},
		{"2006-01-02T15:04:05Z07:00", "2026-11-28T07:00:00Z", "2026-11-28T07:00:00Z"},
		{"02/Jan/2006:15:04:05 -0700", "28/Nov/2026:07:00:00 +0300", "2026-11-28T07:00:00+03:00"},
		{"Jan _2 15:04:05", "Nov  9 07:00:00", "2026-11-09T07:00:00+01:00"},
		{"Jan _2 15:04:05", "Dec 31 23:59:59", "2025-12-31T23:59:59+01:00"}, // not a month ahead
		{"Jan _2 15:04:05", "Nov 29 09:00:00", "2026-11-29T08:00:00+01:00"}, // ahead
		{"2006-01-02 15:04:05", "2031-01-01 00:00:00", "2026-11-29T08:00:00+01:00"},
		{"2006-01-02 15:04:05", "yesterday", "2026-11-29T08:00:00+01:00"},
	} {
		m := NewMatcher(oven, []*Rule{{Path: oven, Layout: c.layout, Rule: pattern.Rule{Pattern: compiled(`^\[(?P<_time>.*)\] hot$`)}}})
		matches, faults := m.Match([]byte("["+c.stamp+"] hot"), read)
		if len(matches) != 1 {
			t.Fatalf("%d events", len(matches))
		}
		if got := matches[0].Event.Time.Format(time.RFC3339); got != c.want {
			t.Errorf("%s as %q: %s, want %s", c.stamp, c.layout, got, c.want)
		}
		if (len(faults) > 0) != (c.stamp == "yesterday") {
			t.Errorf("%s: faults are %v", c.stamp, faults)
		}
	}
}

func TestLayouts(t *testing.T) {
	for layout, want := range map[string]bool{
		"2006-01-02 15:04:05": true, "Jan _2 15:04:05": true, time.RFC3339Nano: true, time.ANSIC: true, "02/Jan/2006:15:04:05 -0700": true,
		"1/2/06 3:04:05 PM": true, "2006-01-02 15:04:05,000": true, "Jan 2 15:04": true,
		"": false, "YYYY-MM-DD": false, "%Y-%m-%d": false, "15:04:05": false, "2006-01-02": false, "2006-01-02 03:04:05": false,
	} {
		if CheckLayout(layout) != want {
			t.Errorf("%q: %v", layout, !want)
		}
	}
}

// Whatever a line says: its text can be shown anywhere, and its time is not ahead.
func FuzzMatch(f *testing.F) {
	f.Add([]byte("2026-11-28 07:00:00 oven is hot"))
	f.Add([]byte("0000-00-00 99:99:99 oven \x00\xff\x1b[31m\u202e hot"))
	m := NewMatcher(oven, []*Rule{{Path: oven, Layout: "2006-01-02 15:04:05", Rule: pattern.Rule{
		Pattern: compiled(`(?s)(?P<_time>.{19})?.*oven(?P<what>.*)`), Types: map[string]event.FieldType{"what": event.String},
	}}})
	f.Fuzz(func(t *testing.T, line []byte) {
		matches, _ := m.Match(line, read)
		for _, match := range matches {
			what, _ := match.Event.Data["what"].(string)
			if event.Clean(what) != what || match.Event.Time.After(read.Add(tooNew)) {
				t.Errorf("%q makes %+v", line, match.Event)
			}
		}
	})
}

// BenchmarkMatch looks at lines that mean nothing, among a hundred rules.
func BenchmarkMatch(b *testing.B) {
	var rules []*Rule
	for i := range 100 {
		rules = append(rules, &Rule{Path: oven, Rule: pattern.Rule{Pattern: compiled(fmt.Sprintf(`^\S+ reason %03d: (?P<what>.*)$`, i))}})
	}
	m := NewMatcher(oven, rules)
	line := []byte("2026-02-11 09:14:01,310 fail2ban.filter         [611]: INFO    [sshd] Found 198.51.100.92 - 2026-02-11 09:14:01")
	b.ReportAllocs()
	for b.Loop() {
		if matches, _ := m.Match(line, read); len(matches) > 0 {
			b.Fatal("it fits")
		}
	}
}
