package ruletest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules/ruletest"
)

// story has a flood, and an event that the channel does not take.
const story = `
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

func TestFailuresSayWhatDiffers(t *testing.T) {
	for _, c := range []struct{ expect, why, types, last string }{
		{`types = ["auth_fail", "burst_auth_fail"]`, "", "", ""},
		{`contains = ["50", "failed"]`, "", "", ""},
		{`types = ["auth_fail"]`, "channel phone: expected auth_fail; told auth_fail, burst_auth_fail", "  auth_fail\n+ burst_auth_fail\n", ""},
		{`types = []`, "channel phone: expected nothing; told auth_fail, burst_auth_fail", "+ auth_fail\n+ burst_auth_fail\n", ""},
		{
			`types = ["vm_start", "burst_auth_fail"]`, "channel phone: expected vm_start, burst_auth_fail; told auth_fail, burst_auth_fail",
			"- vm_start\n+ auth_fail\n  burst_auth_fail\n", "",
		},
		{`contains = "51"`, `channel phone: the last message does not contain "51"`, "", "50 failed"},
		{ // the types come first: with others, another message would be the last
			"types = [\"auth_fail\"]\ncontains = \"51\"", "channel phone: expected auth_fail; told auth_fail, burst_auth_fail",
			"  auth_fail\n+ burst_auth_fail\n", "",
		},
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
		if diff := cmp.Diff([]string{c.why, c.types}, []string{f.Why, drawn(f.Types)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.expect, diff)
		}
		if !strings.Contains(f.Last, c.last) || (c.last == "") != (f.Last == "") {
			t.Errorf("%s: the last message is %q", c.expect, f.Last)
		}
		if len(f.Told) != 2 || f.Total != 2 || f.Place != "tests.hcl:15" || f.At.Format("15:04:05") != "10:05:49" {
			t.Errorf("%s: at %s %v, told %+v", c.expect, f.Place, f.At, f.Told)
		}
	}
}

func drawn(lines []ruletest.Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%c %s\n", l.Sign, l.Text)
	}
	return b.String()
}

func TestFailuresSayWhatLedThere(t *testing.T) {
	config := load(t, fmt.Sprintf(story, "types = []"))
	led := ruletest.Run(config, &config.Tests[0]).Failures[0].Led
	for _, want := range []string{
		"Tue 10:00:01 auth_fail, dedup: the same event came 1s ago, inside the dedup window of 10s ×9 until Tue 10:00:09 (builtin/",
		"Tue 10:00:10 auth_fail, cooldown: the same event was told 10s ago and cools down for 5m ×40 until Tue 10:00:49 (builtin/",
		"Tue 10:00:10 vm_start, channel: the condition of channel phone does not take it: event.severity is INFO (tests.hcl:3)",
		"Tue 10:00:10 vm_start, channel: no channel takes it",
	} {
		if !strings.Contains(strings.Join(led, "\n"), want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(led, "\n"))
		}
	}
	if len(led) > 6 {
		t.Errorf("too much:\n%s", strings.Join(led, "\n"))
	}
}

// TestEachChannelHasItsOwnPast looks at one channel while another is followed.
func TestEachChannelHasItsOwnPast(t *testing.T) {
	config := load(t, `
channel "log" "a" {
  when = "event.type == 'vm_start'"
}
channel "log" "b" {
  when = "false"
}
channel "log" "c" {
  enabled = false
}
test "it" {
  send "vm_start" {}
  expect "a" {
    types = ["vm_start"]
  }
  expect "b" {
    types = ["vm_start"]
  }
  expect "b" {
    within = "2m"
    types  = ["vm_start"]
  }
  expect "c" {
    within   = "2m"
    contains = "started"
  }
}
`)
	r := ruletest.Run(config, &config.Tests[0])
	if len(r.Failures) != 3 {
		t.Fatalf("%d failures: %+v", len(r.Failures), r.Failures)
	}
	first, second, off := r.Failures[0], r.Failures[1], r.Failures[2]
	if len(first.Led) != 1 || !strings.Contains(first.Led[0], "the condition of channel b does not take it") {
		t.Errorf("what led to the first: %q", first.Led)
	}
	if len(second.Led) != 0 {
		t.Errorf("what was looked at already is told again: %q", second.Led)
	}
	if want := `channel c: expected a message that contains "started"; told nothing; it is switched off (tests.hcl:8)`; off.Why != want {
		t.Errorf("got %q, want %q", off.Why, want)
	}
}

func TestLongListsAreShortened(t *testing.T) {
	config := load(t, `
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
    types = ["backup_warning", "backup_fail"]
  }
}
`)
	f := ruletest.Run(config, &config.Tests[0]).Failures[0]
	want := "  backup_warning\n- backup_fail\n+ backup_warning\n+ backup_warning\n+ … 1995 more\n+ backup_warning\n+ backup_warning\n"
	if diff := cmp.Diff(want, drawn(f.Types)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := "channel phone: expected backup_warning, backup_fail; told 2000 messages"; f.Why != want {
		t.Errorf("got %q, want %q", f.Why, want)
	}
	if f.Total != 2000 || len(f.Told) > 20 {
		t.Errorf("%d of %d messages are shown", len(f.Told), f.Total)
	}
}
