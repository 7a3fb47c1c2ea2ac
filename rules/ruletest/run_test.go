package ruletest_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
)

func load(t testing.TB, src string) *rules.Config {
	t.Helper()
	c, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Files: map[string][]byte{"tests.hcl": []byte(src)}, Kinds: all.Kinds(all.Options{}), Host: "pve1",
	})
	if c == nil {
		t.Fatal(diags)
	}
	return c
}

// TestPromises runs stories of everything that the pipeline promises about time.
func TestPromises(t *testing.T) {
	src, err := os.ReadFile("testdata/promises.hcl")
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, string(src))
	if len(c.Tests) < 14 {
		t.Fatalf("only %d stories", len(c.Tests))
	}
	for i := range c.Tests {
		r := ruletest.Run(c, &c.Tests[i])
		for _, f := range r.Failures {
			t.Errorf("%s: %s: %s\n%v\n%s\n%q", r.Name, f.Place, f.Why, f.Types, f.Last, f.Led)
		}
	}
}

// TestByHand runs a policy and a story that no file describes.
func TestByHand(t *testing.T) {
	phone := &engine.Channel{Name: "phone", Place: "a.hcl:1"}
	config := &rules.Config{
		Policy:    &engine.Policy{Generic: &engine.Type{Name: "custom", Enabled: true}, Host: "pve1", Channels: []*engine.Channel{phone}},
		Templates: load(t, `tocsin {}`).Templates,
	}
	start := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	test := &rules.Test{
		Name: "by hand", Place: "a.hcl:2", Start: start, Channels: []*engine.Channel{{Name: "own", Place: "a.hcl:3"}},
		Sends: []rules.Send{ // the second one is told between two of the first
			{At: time.Minute, Count: 2, Every: 2 * time.Minute, Incoming: event.Incoming{Type: "a", Data: map[string]any{"n": "1"}}},
			{At: 2 * time.Minute, Count: 1, Incoming: event.Incoming{Type: "b"}},
		},
		Expects: []rules.Expect{ // not in the order of their moments
			{Place: "a.hcl:5", Channel: "phone", At: 3 * time.Minute, Types: []string{"a"}},
			{Place: "a.hcl:4", Channel: "phone", At: 2 * time.Minute, Types: []string{"a", "b"}},
			{Place: "a.hcl:6", Channel: "own", At: 5 * time.Minute, Types: []string{"a", "b", "a"}},
		},
	}
	got := ruletest.Run(config, test)
	if diff := cmp.Diff(ruletest.Result{Name: "by hand", Place: "a.hcl:2", Virtual: 5 * time.Minute}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if config.Policy.Enabled || len(config.Policy.Channels) != 1 {
		t.Error("the run changed the configuration")
	}
}

func TestRunsAreAlike(t *testing.T) {
	src, err := os.ReadFile("testdata/promises.hcl")
	if err != nil {
		t.Fatal(err)
	}
	config := load(t, string(src))
	for i := range config.Tests {
		test := config.Tests[i]
		test.Expects = slices.Clone(test.Expects)
		for n := range test.Expects { // all fail, so that everything shows
			test.Expects[n].Types, test.Expects[n].AnyTypes = []string{"never"}, false
		}
		first, again := ruletest.Run(config, &test), ruletest.Run(config, &test)
		if len(first.Failures) != len(test.Expects) {
			t.Errorf("%s: %d failures, want %d", test.Name, len(first.Failures), len(test.Expects))
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("%s: (-first +second):\n%s", test.Name, diff)
		}
	}
}

// TestAYear shows that time which passes costs nothing.
func TestAYear(t *testing.T) {
	config := load(t, `
channel "log" "phone" {
  digest {
    at = "09:00"
  }
}
test "a year" {
  start = "2026-01-01 00:00"
  send "backup_complete" {
    count = 8760
    every = "1h"
    data  = { vmid = 101, storage = "nas" }
  }
  expect "phone" {
    within   = "1d"
    contains = "Daily digest"
  }
}
`)
	began := time.Now()
	r := ruletest.Run(config, &config.Tests[0])
	if !r.Passed() || r.Virtual < 365*24*time.Hour {
		t.Errorf("%v of virtual time: %+v", r.Virtual, r.Failures)
	}
	t.Logf("a year took %v", time.Since(began))
}

func BenchmarkFlood(b *testing.B) {
	config := load(b, `
channel "log" "phone" {}
test "a flood" {
  send "auth_fail" {
    count = 10000
    every = "10ms"
    data  = { source_ip = "203.0.113.7" }
  }
  expect "phone" {
    within = "5m"
    types  = ["auth_fail", "burst_auth_fail"]
  }
}
`)
	for b.Loop() {
		if r := ruletest.Run(config, &config.Tests[0]); !r.Passed() {
			b.Fatalf("%+v", r.Failures)
		}
	}
}
