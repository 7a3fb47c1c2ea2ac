package ruletest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/channels/all"
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
	if len(c.Tests) < 11 {
		t.Fatalf("%d tests", len(c.Tests))
	}
	for i := range c.Tests {
		r := ruletest.Run(c, &c.Tests[i])
		for _, f := range r.Failures {
			t.Errorf("%s: %s: %s\n%v\n%s\n%s", r.Name, f.Place, f.Why, f.Types, f.Last, strings.Join(f.Led, "\n"))
		}
	}
}

const story = `
tocsin {
  enabled = false
}
channel "log" "phone" {
  when = "event.severity >= 'WARNING'"
}
test "it" {
  start = "2026-03-10 10:00"
  send "auth_fail" {
    count = 50
    every = "1s"
    data  = { source_ip = "203.0.113.7" }
  }
  send "vm_start" {
    at = "10s"
  }
  expect "phone" {
    within = "5m"
    %s
  }
}
`

func TestFailuresSayWhatDiffersAndWhy(t *testing.T) {
	for _, c := range []struct{ expect, why, types string }{
		{`types = ["auth_fail", "burst_auth_fail"]`, "", ""},
		{`types = ["auth_fail"]`, "channel phone was expected to tell auth_fail, and told 2 messages", "  auth_fail\n+ burst_auth_fail\n"},
		{`types = []`, "channel phone was expected to tell nothing, and told 2 messages", "+ auth_fail\n+ burst_auth_fail\n"},
		{`types = ["vm_start", "burst_auth_fail"]`, "channel phone was expected to tell 2 messages, and told 2 messages", "- vm_start\n+ auth_fail\n  burst_auth_fail\n"},
		{`contains = "51"`, `the last message of channel phone does not contain "51"`, ""},
		{`contains = ["50", "failed"]`, "", ""},
	} {
		config := load(t, fmt.Sprintf(story, c.expect))
		r := ruletest.Run(config, &config.Tests[0])
		if c.why == "" {
			if !r.Passed() {
				t.Errorf("%s: %+v", c.expect, r.Failures)
			}
			continue
		}
		if len(r.Failures) != 1 {
			t.Errorf("%s: %d failures", c.expect, len(r.Failures))
			continue
		}
		f := r.Failures[0]
		var types strings.Builder
		for _, l := range f.Types {
			fmt.Fprintf(&types, "%c %s\n", l.Sign, l.Text)
		}
		if diff := cmp.Diff([]string{c.why, c.types}, []string{f.Why, types.String()}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.expect, diff)
		}
		led := strings.Join(f.Led, "\n")
		if !strings.Contains(led, "auth_fail: ") || !strings.Contains(led, "×") || !strings.Contains(led, "vm_start: the condition of channel phone does not take it: event.severity is INFO (tests.hcl:6)") {
			t.Errorf("%s: the decisions are\n%s", c.expect, led)
		}
		if len(f.Told) != 2 || f.Place == "" {
			t.Errorf("%s: told %+v", c.expect, f.Told)
		}
	}
}

func TestLongListsAreShortened(t *testing.T) {
	config := load(t, `
tocsin {
  enabled = true
}
dedup {
  window = "0s"
}
cooldown {
  critical = "0s"
  warning  = "0s"
  info     = "0s"
}
channel "log" "phone" {}
test "many" {
  send "backup_warning" {
    count = 2000
    data  = { vmid = 101 }
  }
  expect "phone" {
    types = []
  }
}
`)
	r := ruletest.Run(config, &config.Tests[0])
	if r.Passed() || len(r.Failures[0].Types) > 10 || len(r.Failures[0].Led) > 20 {
		t.Errorf("got %+v", r.Failures)
	}
}

func TestANightTakesNoTime(t *testing.T) {
	config := load(t, `
tocsin {
  enabled = true
}
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
	config := load(b, strings.Replace(fmt.Sprintf(story, `types = ["auth_fail", "burst_auth_fail"]`), "count = 50\n    every = \"1s\"", "count = 10000\n    every = \"10ms\"", 1))
	for b.Loop() {
		ruletest.Run(config, &config.Tests[0])
	}
}
