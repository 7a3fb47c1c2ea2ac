package builtin_test

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
	"tocsin/sources/health"
)

// healthRules are the checks of the pack, by name.
func healthRules(t testing.TB) map[string]*health.Rule {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "barn"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	list := map[string]*health.Rule{}
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(*health.Rule); ok {
			list[s.Name] = rule
		}
	}
	return list
}

// spaced reads a word of testdata/health.txt.
func spaced(word string) string { return strings.ReplaceAll(word, "·", " ") }

// readFacts reads what stands in testdata/health.txt of a host, which is up for a day
// where nothing else is said.
func readFacts(t *testing.T, text string) map[string]health.Answer {
	t.Helper()
	known := map[string]health.Fact{}
	for _, f := range health.Facts() {
		known[f.Name] = f
	}
	facts := map[string]health.Answer{"uptime": {Items: []map[string]any{{"duration": event.Duration(24 * time.Hour)}}}}
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		fact, ok := known[words[0]]
		if !ok {
			t.Fatalf("there is no fact %q", words[0])
		}
		item := map[string]any{}
		for _, pair := range words[1:] {
			name, value, _ := strings.Cut(pair, "=")
			typ, ok := fact.Fields[name]
			if !ok {
				t.Fatalf("%s has no field %q", fact.Name, name)
			}
			v := any(spaced(value))
			if typ == event.Sequence {
				v = []any{}
				for word := range strings.SplitSeq(value, ",") {
					if word != "" {
						v = append(v.([]any), word)
					}
				}
			}
			if item[name], ok = event.Coerce(v, typ); !ok {
				t.Fatalf("%s is no %s", pair, typ)
			}
		}
		a := facts[fact.Name]
		if !fact.Each {
			a = health.Answer{}
		}
		a.Items = append(a.Items, item)
		facts[fact.Name] = a
	}
	return facts
}

// heldFor looks at the same facts as long as a check asks, and returns what it told.
func heldFor(t *testing.T, rule *health.Rule, facts map[string]health.Answer) []health.Change {
	t.Helper()
	now := time.Date(2025, 4, 1, 6, 0, 0, 0, time.UTC)
	board, err := health.Open([]*health.Rule{rule}, "", now)
	if err != nil {
		t.Fatal(err)
	}
	var told []health.Change
	for passed := time.Duration(0); passed <= rule.Sustain+rule.Every; passed += rule.Every {
		changes, faults := board.Look(now.Add(passed), rule.Name, facts)
		for _, f := range faults {
			t.Errorf("%s: %v", f.Part, f.Err)
		}
		if passed < rule.Sustain && len(changes) > 0 {
			t.Errorf("%s tells %s after %v already", rule.Name, changes[0].Event.Type, passed)
		}
		told = append(told, changes...)
	}
	return told
}

// TestHealth holds the checks against hosts of all kinds, and names those of which no
// line shows a level.
func TestHealth(t *testing.T) {
	checks := healthRules(t)
	src, err := os.ReadFile("testdata/health.txt")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for n, line := range strings.Split(string(src), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		part := strings.Split(line, " | ")
		if len(part) != 3 || checks[part[0]] == nil {
			t.Fatalf("line %d: %q is no check", n+1, part[0])
		}
		told := heldFor(t, checks[part[0]], readFacts(t, part[1]))
		want := strings.Fields(part[2])
		if want[0] == "none" {
			if len(told) > 0 {
				t.Errorf("line %d: tells %+v", n+1, told[0].Event)
			}
			continue
		}
		if len(told) != 1 {
			t.Errorf("line %d: %d events, want %s", n+1, len(told), want[0])
			continue
		}
		e := told[0].Event
		shown[part[0]+" "+e.Severity] = true
		if e.Type != want[0] || e.Severity != want[1] {
			t.Errorf("line %d: %s %s, want %s %s", n+1, e.Type, e.Severity, want[0], want[1])
		}
		for _, pair := range want[2:] {
			name, value, _ := strings.Cut(pair, "=")
			if got := event.Text(e.Data[name]); got != spaced(value) {
				t.Errorf("line %d: %s is %q, want %q in %v", n+1, name, got, spaced(value), e.Data)
			}
		}
	}
	for name, rule := range checks {
		for _, bound := range rule.Bounds {
			if key := name + " " + bound.Severity; !shown[key] {
				t.Errorf("no line of testdata/health.txt shows %s", key)
			}
		}
	}
}

// Each finding that a check tells can be ended: what ends it has what tells one open
// event from another.
func TestFindingsAreResolved(t *testing.T) {
	config, _ := rules.Load(rules.Input{Pack: builtin.Files(), Host: "barn"})
	resolver := config.Policy.Types[health.Resolved]
	resolves := fmt.Sprint(resolver.Resolves)
	for name, rule := range healthRules(t) {
		if rule.Resolved == "" {
			continue
		}
		for _, typ := range []string{rule.Event, rule.Worse} {
			if !strings.Contains(resolves, typ) {
				t.Errorf("%s: nothing resolves %s", name, typ)
			}
			for _, field := range config.Policy.Types[typ].Fingerprint {
				if _, declared := resolver.Fields[field]; !declared && field != "host" {
					t.Errorf("%s: %s is told apart by %s, which %s does not have", name, typ, field, health.Resolved)
				}
			}
		}
	}
}

// Everything that can be wrong with resources, storage and the network is looked for.
func TestEveryTroubleIsLookedFor(t *testing.T) {
	config, _ := rules.Load(rules.Input{Pack: builtin.Files(), Host: "barn"})
	raised := map[string]bool{}
	for _, s := range config.Sources {
		for _, typ := range s.Emits {
			raised[typ] = true
		}
	}
	for name, typ := range config.Policy.Types {
		switch typ.Group {
		case "resources", "storage", "network":
			if !raised[name] {
				t.Errorf("no source raises %s", name)
			}
		}
	}
}

// story takes what is read of a host through checks of the pack, round by round, and
// the judge, and returns what was told in each.
func story(t *testing.T, config string, names []string, rounds ...string) []string {
	t.Helper()
	c, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Host: "barn", Kinds: all.Kinds(all.Options{Stdout: io.Discard}),
		Files: map[string][]byte{"a.hcl": []byte("tocsin {\n  enabled = true\n}\nchannel \"log\" \"console\" {}\n" + config)},
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var list []*health.Rule
	for _, s := range c.Sources {
		if rule, ok := s.Spec.(*health.Rule); ok && slices.Contains(names, s.Name) {
			rule.Sustain = 0
			list = append(list, rule)
		}
	}
	now := time.Date(2025, 4, 1, 6, 0, 0, 0, time.UTC)
	board, err := health.Open(list, "", now)
	if err != nil {
		t.Fatal(err)
	}
	var told, out []string
	world := ruletest.NewWorld(c.Policy, c.Templates, now)
	world.Told = func(_ string, m event.Message) { told = append(told, m.Type+" "+m.Severity.String()) }
	for _, round := range rounds {
		now = now.Add(20 * time.Minute)
		world.Until(now)
		facts := readFacts(t, round)
		var changes []health.Change
		for _, rule := range list {
			found, _ := board.Look(now, rule.Name, facts)
			changes = append(changes, found...)
		}
		for _, change := range append(changes, board.Close(now)...) {
			world.Arrive(change.Event)
		}
		out = append(out, strings.Join(told, ", "))
		told = nil
	}
	return out
}

// One thing that is wrong is one message, and its end another.
func TestOneFindingIsOneMessage(t *testing.T) {
	mount := func(percent string) string { return "mounts mount=/var fstype=ext4 used_percent=" + percent }
	pool := func(percent string) string {
		return "zfs_pools pool_name=tank health=ONLINE used_percent=" + percent + "; pve_storages storage=tank storage_type=zfspool status=available used_percent=" + percent
	}
	for name, c := range map[string]struct {
		config string
		checks []string
		rounds []string
		want   []string
	}{
		"a finding": {
			"", []string{"mounts"}, []string{mount("91"), mount("97"), mount("97"), mount("10")},
			[]string{"disk_space_low WARNING", "disk_space_low CRITICAL", "", "error_resolved INFO"},
		},
		"one that is switched off": {
			"toggles {\n  disk_space_low = false\n}\n", []string{"mounts"}, []string{mount("91"), mount("97"), mount("97")},
			[]string{"health_degraded WARNING", "health_degraded CRITICAL", ""},
		},
		"a pool and the storage on it": {
			"", []string{"zfs_space", "storage_space"}, []string{pool("96"), pool("10")},
			[]string{"zfs_pool_full CRITICAL", "error_resolved INFO"},
		},
		"changes of categories": {
			"toggles {\n  state_change = true\n}\n", []string{"mounts"}, []string{mount("91"), mount("10")},
			[]string{"disk_space_low WARNING, state_change WARNING", "error_resolved INFO, state_change INFO"},
		},
	} {
		if got := story(t, c.config, c.checks, c.rounds...); !slices.Equal(got, c.want) {
			t.Errorf("%s: told %q, want %q", name, got, c.want)
		}
	}
}
