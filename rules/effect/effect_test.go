package effect_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/rules"
	"tocsin/rules/effect"
)

const before = `
tocsin {
  enabled = true
}
channel "log" "desk" {
}
channel "log" "phone" {
  when = "event.severity >= 'WARNING'"
  digest {
    at = "09:00"
  }
}
channel "gotify" "flat" {
  when  = "false"
  url   = "https://gotify.lan"
  token = "hunter2hunter2"
}
rule "a" {
  events   = ["backups"]
  channels = ["desk"]
}
rule "b" {
  events = ["auth_fail"]
  drop   = true
}
rule "c" {
  events = ["updates"]
  stop   = true
}
`

// loader keeps what all tests have in common, which is the pack.
var loader rules.Loader

func load(t *testing.T, text string) *rules.Config {
	t.Helper()
	c, diags := loader.Load(rules.Input{
		Pack: builtin.Files(), Files: map[string][]byte{"a.hcl": []byte(text)}, Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Host: "pve1", Zone: time.UTC,
		Secret: func(name string) (string, error) { return "", fmt.Errorf("there is no secret %q", name) },
	})
	if c == nil {
		t.Fatal(diags)
	}
	return c
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a comment", "rule \"a\" {", "# a\nrule \"a\" {", ""},
		{"a master switch", "rule \"a\" {", "toggles {\n  auth_fail = false\n}\nrule \"a\" {", "auth_fail no longer reaches any channel"},
		{"a switch of a channel", "  digest {", "  toggles {\n    auth_fail = false\n    disk_space_low = false\n  }\n  digest {", "auth_fail and disk_space_low no longer reach phone"},
		{"a group", "  digest {", "  toggles {\n    backups = \"digest\"\n  }\n  digest {", "6 events (backup_complete, backup_fail, backup_warning, …) wait for the digest of phone"},
		{"a type that is off", "  digest {", "  toggles {\n    backup_start = true\n  }\n  digest {", "backup_start can reach phone now, where its when holds"},
		{"a type that is off, elsewhere", "channel \"log\" \"desk\" {", "channel \"log\" \"desk\" {\n  toggles {\n    backup_start = true\n  }", "backup_start now reaches desk"},
		{"a whole group", "rule \"a\" {", "toggles {\n  updates = false\n}\nrule \"a\" {", "the group updates no longer reaches any channel"},
		{"a condition", "'WARNING'", "'CRITICAL'", "phone takes what meets event.severity >= 'CRITICAL'"},
		{"a channel off", "channel \"log\" \"desk\" {", "channel \"log\" \"desk\" {\n  enabled = false", "channel desk is switched off: nothing reaches it"},
		{"a channel more", "rule \"a\" {", "channel \"log\" \"new\" {\n  when = \"true\"\n}\nrule \"a\" {", "channel new is new: it takes what meets true"},
		{"a field", "https://gotify.lan", "https://other.lan", "channel flat: url is now https://other.lan"},
		{"a secret", "hunter2hunter2", "hunter3hunter3", "channel flat: token is another one"},
		{"a secret that is not there", "\"hunter2hunter2\"", "secret(\"x\")", "channel flat: token is no longer set\nchannel flat is held: there is no secret \"x\""},
		{"a digest", "09:00", "10:00", "phone has a digest at 10:00, not a digest at 09:00"},
		{"no digest", "  digest {\n    at = \"09:00\"\n  }\n", "", "phone has no digest any more"},
		{"quiet hours", "  digest {", "  quiet_hours {\n    hours = \"22:00-07:00\"\n    pass  = \"event.group == 'security'\"\n  }\n  digest {", "phone has quiet hours 22:00-07:00, which event.group == 'security' passes"},
		{"a rate", "  digest {", "  rate = \"30/h\"\n  digest {", "phone takes 30 messages in 1h at most"},
		{"a fallback", "  digest {", "  fallback {\n    channel = \"desk\"\n  }\n  digest {", "phone has desk as its fallback after 15m"},
		{"a rule off", "rule \"b\" {", "rule \"b\" {\n  enabled = false", `rule "b" no longer runs`},
		{"a rule changed", "channels = [\"desk\"]", "severity = \"CRITICAL\"\n  cooldown = \"1h\"", `rule "a" is changed: backups becomes CRITICAL, cools down for 1h`},
		{"a severity", "rule \"a\" {", "event \"auth_fail\" {\n  severity = \"INFO\"\n}\nrule \"a\" {", "auth_fail is INFO, not WARNING"},
		{"an event off", "rule \"a\" {", "event \"auth_fail\" {\n  enabled = false\n}\nrule \"a\" {", "auth_fail no longer reaches any channel"},
		{"an event more", "rule \"a\" {", "event \"goat\" {\n  group = \"other\"\n  title = \"x\"\n}\nrule \"a\" {", "event goat is new"},
		{"a cooldown", "rule \"a\" {", "cooldown {\n  info = \"1h\"\n  auth_fail = \"2h\"\n}\nrule \"a\" {", "repeats of auth_fail are told after 2h\nrepeats of info are told after 1h, not 15m"},
		{"dedup", "rule \"a\" {", "dedup {\n  window = \"1m\"\n}\nrule \"a\" {", "repeats within 1m are one event, not within 10s"},
		{"off", "enabled = true", "enabled = false", "nothing is dispatched any more"},
		{"settings", "enabled = true", "enabled = true\n  display_name = \"x\"\n  read_only = true\n  timezone = \"Europe/Lisbon\"", "messages call this host x, not pve1\ntimes are in Europe/Lisbon, not UTC\npanel, API and tocsin set no longer change files"},
		{"proxies", "rule \"a\" {", "api {\n  trusted_proxies = [\"192.0.2.10\"]\n}\nrule \"a\" {", "the API believes 192.0.2.10/32 who a request comes from"},
		{"an old secret", "rule \"a\" {", "webhook {\n  secret = \"hunter4\"\n  old_secret = \"hunter5\"\n}\nrule \"a\" {", "the webhook is open to other hosts that know its secret\nthe webhook takes an old secret, too"},
		{"git", "rule \"a\" {", "git {\n  commit = true\n}\nhistory {\n  keep = \"10d\"\n}\nrule \"a\" {", "history is kept for 10d, not 90d\nsaved changes are committed to git"},
		{"a silence", "rule \"a\" {", "silence \"s\" {\n  events = [\"auth_fail\"]\n  hours = \"sun 02:00-05:00\"\n}\nrule \"a\" {", `silence "s" holds from now on: auth_fail, sun 02:00-05:00`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(before, tt.old) {
				t.Fatalf("%q is not there", tt.old)
			}
			got := effect.Compare(load(t, before), load(t, strings.Replace(before, tt.old, tt.new, 1)))
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(strings.Join(got, "\n"), "hunter") {
				t.Error("a secret is told")
			}
		})
	}
}

func TestOrder(t *testing.T) {
	rule := func(name string) string {
		return fmt.Sprintf("rule %q {\n  events = [\"auth_fail\"]\n  severity = \"INFO\"\n}\n", name)
	}
	text := func(names string) string {
		var b strings.Builder
		for _, n := range names {
			b.WriteString(rule(string(n)))
		}
		return b.String()
	}
	for _, tt := range []struct{ from, to, want string }{
		{"abcd", "abcd", ""},
		{"abcd", "dabc", `rule "d" now runs before rule "a"`},
		{"abcd", "bcda", `rule "a" now runs behind rule "d"`},
		{"abcd", "dcba", "the rules run in another order: d, c, b, a"},
		{"abcd", "abd", `rule "c" no longer runs`},
	} {
		got := strings.Join(effect.Compare(load(t, text(tt.from)), load(t, text(tt.to))), "\n")
		if got != tt.want {
			t.Errorf("%s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}
