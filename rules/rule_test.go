package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/diag"
)

const farmRules = `
tocsin {
  enabled  = true
  timezone = "Europe/Madrid"
}

channel "note" "phone" {
  to   = "x"
  when = "event.severity >= 'WARNING'"
  quiet_hours {
    hours = "22:00-07:00"
    pass  = "event.group == 'barn'"
  }
  digest {
    at = "09:00"
  }
}

rule "goats have an owner" {
  events      = ["goat_*"]
  when        = "event.data.name == 'Vilma'"
  data        = { owner = "{{ .data.name }} of {{ .host }}", number = "7" }
  severity    = "CRITICAL"
  cooldown    = "1h"
  fingerprint = ["name", "host"]
}

rule "by owner" {
  when     = "event.data.owner == 'Vilma of farmhouse'"
  channels = ["phone"]
  stop     = true
}

rule "off" {
  enabled = false
  drop    = true
}

rule "nobody looked" {
  events = ["goat_escaped"]
  after  = "30m"
  every  = "4h"
}

silence "cleaning" {
  events  = ["barn"]
  hours   = ["sun 02:00-05:00"]
  comment = "every Sunday"
}

inhibit "doors" {
  cause  = "event.type == 'goat_escaped'"
  effect = "event.type == 'door_open' and event.host == cause.host"
  within = "2h"
}

test "a goat" {
  start = "2026-03-01 03:00"
  channel "note" "night" {
    quiet_hours {
      hours = "22:00-07:00"
    }
  }
  send "goat_escaped" {
    host = "pve1"
    data = { name = "Vilma", number = 7, friends = ["Emma"] }
  }
  send "goat_escaped" {
    at    = "10s"
    count = 3
    every = "20s"
  }
  expect "phone" {
    within = "5m"
    types  = ["goat_escaped"]
  }
  send "goat_back" {
    at    = "1h"
    guest = { id = "101", tags = ["a", "b"] }
  }
  expect "night" {
    types    = []
    contains = "x"
  }
  expect "phone" {}
}
`

func loadFarm(t *testing.T) *rules.Config {
	t.Helper()
	c, diags := rules.Load(testInput(t, map[string]string{"farm.hcl": farmRules}))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return c
}

func TestRulesAreLowered(t *testing.T) {
	p := loadFarm(t).Policy
	if len(p.Rules) != 3 || len(p.Silences) != 1 || len(p.Inhibitions) != 1 {
		t.Fatalf("%d rules, %d silences, %d inhibitions", len(p.Rules), len(p.Silences), len(p.Inhibitions))
	}
	owner, by, reminder := p.Rules[0], p.Rules[1], p.Rules[2]
	if owner.Name != "goats have an owner" || *owner.Severity != event.Critical || *owner.Cooldown != time.Hour {
		t.Errorf("got %+v", owner)
	}
	if diff := cmp.Diff([]string{"name", "host"}, owner.Fingerprint); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]engine.Key{{Attr: "data.name", Value: "Vilma"}}, owner.Keys); diff != "" {
		t.Error(diff)
	}
	if !by.Stop || by.Channels[0] != "phone" || reminder.After != 30*time.Minute || reminder.Every != 4*time.Hour {
		t.Errorf("got %+v and %+v", by, reminder)
	}
	phone := p.Channels[0]
	night := time.Date(2026, 3, 1, 23, 0, 0, 0, p.Zone)
	if !phone.Quiet.Hours.Contains(night) || phone.Digest.At.Next(night).Hour() != 9 || phone.Quiet.Pass == nil {
		t.Errorf("got %+v", phone)
	}
	if s := p.Silences[0]; !s.Events.Groups["barn"] || s.Comment != "every Sunday" || len(s.Hours) != 1 {
		t.Errorf("got %+v", s)
	}
	if inh := p.Inhibitions[0]; inh.Within != 2*time.Hour || inh.EffectKeys[0].Value != "door_open" {
		t.Errorf("got %+v", inh)
	}
}

// TestRulesActOnEvents judges with what was loaded: the data that one rule adds
// are typed and seen by the next.
func TestRulesActOnEvents(t *testing.T) {
	p := loadFarm(t).Policy
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	st, err := engine.NewState(p, engine.Saved{}, start)
	if err != nil {
		t.Fatal(err)
	}
	var fx engine.Effects
	p.Step(st, start, engine.Arrived{Event: &event.Incoming{ID: "1", Type: "goat_escaped", Data: map[string]any{"name": "Vilma"}}}, &fx)
	if len(fx.Sends) != 1 {
		t.Fatalf("%d sends; decisions %+v", len(fx.Sends), fx.Decisions)
	}
	e := fx.Sends[0].Notification.Event
	if e.Severity != event.Critical || e.Data["owner"] != "Vilma of farmhouse" || e.Data["number"] != 7.0 {
		t.Errorf("got %+v", e)
	}
}

func TestTestsAreLowered(t *testing.T) {
	tests := loadFarm(t).Tests
	if len(tests) != 1 {
		t.Fatalf("%d tests", len(tests))
	}
	test := tests[0]
	if got := test.Start.Format(time.RFC3339); got != "2026-03-01T03:00:00+01:00" {
		t.Errorf("starts at %s", got)
	}
	if len(test.Sends) != 3 || len(test.Expects) != 3 || len(test.Channels) != 1 || test.Channels[0].Quiet == nil {
		t.Fatalf("got %+v", test)
	}
	want := map[string]any{"name": "Vilma", "number": 7.0, "friends": []any{"Emma"}}
	if diff := cmp.Diff(want, test.Sends[0].Incoming.Data); diff != "" {
		t.Error(diff)
	}
	if g := test.Sends[2].Incoming.Guest; g.ID != "101" || len(g.Tags) != 2 {
		t.Errorf("guest %+v", g)
	}
	var got []rules.Expect
	for _, e := range test.Expects {
		e.Place = ""
		got = append(got, e)
	}
	if diff := cmp.Diff([]rules.Expect{
		{Channel: "phone", At: 50*time.Second + 5*time.Minute, Types: []string{"goat_escaped"}, Sends: 2},
		{Channel: "night", At: time.Hour + time.Minute, Contains: []string{"x"}, Sends: 3},
		{Channel: "phone", At: time.Hour + time.Minute, AnyTypes: true, Sends: 3},
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRuleOrder(t *testing.T) {
	in := testInput(t, map[string]string{
		"b.hcl":   "rule \"three\" {\n  drop = true\n}\n",
		"a/z.hcl": "rule \"one\" {\n  when = \"event.host == 'x'\"\n  drop = true\n}\nrule \"two\" {\n  when = \"event.host == 'y'\"\n  drop = true\n}\n",
		"t.hcl":   "tocsin {\n  enabled = true\n}\nrule \"zero\" {\n  severity = null\n  stop = true\n}\n",
	})
	in.Pack["builtin/rules.hcl"] = []byte("rule \"zero\" {\n  when     = \"event.host == 'z'\"\n  severity = \"INFO\"\n}\n")
	c, diags := rules.Load(in)
	if c == nil {
		t.Fatal(diags)
	}
	var names []string
	for _, r := range c.Policy.Rules {
		names = append(names, r.Name)
	}
	if diff := cmp.Diff([]string{"zero", "one", "two", "three"}, names); diff != "" {
		t.Error(diff)
	}
	if zero := c.Policy.Rules[0]; zero.Severity != nil || !zero.Stop || zero.When == nil {
		t.Errorf("the overlaid rule is %+v", zero)
	}
}

func TestManyRulesThatCannotBeLookedUp(t *testing.T) {
	var s strings.Builder
	s.WriteString("tocsin {\n  enabled = true\n}\n")
	for i := range 101 {
		s.WriteString("rule \"r" + strings.Repeat("x", i%90) + string(rune('a'+i/90)) + "\" {\n  when = \"event.host != 'h'\"\n  severity = \"INFO\"\n}\n")
	}
	_, diags := rules.Load(testInput(t, map[string]string{"farm.hcl": s.String()}))
	if len(diags) != 1 || diag.ExtraOf(diags[0]).Code != rules.CodeUnindexed || diags[0].Subject.Start.Line != 4 {
		t.Errorf("got %v", diags)
	}
}

// TestEveryCodeHasAFixture: a code that no file in testdata/wrong brings about is
// one that nobody has seen working.
func TestEveryCodeHasAFixture(t *testing.T) {
	elsewhere := map[string]string{
		rules.CodeNesting:   "TestGate",
		rules.CodeTakenPath: "TestLoad",
		rules.CodeUnindexed: "TestManyRulesThatCannotBeLookedUp",
		rules.CodeStranded:  "TestStranded",
	}
	seen := map[string]bool{}
	files, _ := filepath.Glob("testdata/wrong/*.hcl")
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, diags := rules.Load(testInput(t, map[string]string{"farm.hcl": string(src)}))
		for _, d := range diags {
			seen[diag.ExtraOf(d).Code] = true
		}
	}
	code := regexp.MustCompile(`"(C\d{3})"`)
	for _, path := range []string{"codes.go", "condition/problem.go"} {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range code.FindAllStringSubmatch(string(src), -1) {
			all = append(all, m[1])
		}
		slices.Sort(all)
		if len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%s has a code twice", path)
		}
		for _, c := range all {
			if !seen[c] && elsewhere[c] == "" {
				t.Errorf("no fixture brings about %s", c)
			}
		}
	}
}
