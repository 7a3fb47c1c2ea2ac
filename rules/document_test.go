package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tocsin/builtin"
	"tocsin/rules"
)

const shownFile = `
tocsin {
  enabled = true
}
locals {
  site = "farm"
  pass = "heron-parasol-9"
  via  = local.pass
  port = 8000
}
event "backup_fail" {
  severity = "WARNING"
  details  = { Node = null, Site = "barn" }
}
channel "note" "desk" {
  to     = local.site
  copies = ["a", "b"]
  topic  = local.port + 1
  key    = local.via

  toggles {
    backups = false
  }
}
channel "hook" "out" {
  url     = env("HOOK")
  headers = { Authorization = secret("bell") }
  when    = "false"
}
channel "bell" "lost" {
  token = secret("nobody_has_it")
}
test "one" {
  send "backup_fail" {
    at = "0s"
  }
  send "backup_fail" {
    at = "1m"
  }
}
`

func shownInput(t testing.TB) rules.Input {
	in := testInput(t, map[string]string{"house.hcl": shownFile})
	in.Pack = map[string][]byte{"backups.hcl": []byte(`
group "backups" {
  title = "Backups"
}
event "backup_fail" {
  group    = "backups"
  severity = "CRITICAL"
  summary  = "A backup failed."
  title    = "Backup of {{ .data.vmid }} failed"
  fields   = { vmid = "number" }
  details  = { Guest = "{{ .data.vmid }}", Node = "{{ .host }}" }
}
`)}
	in.Env = func(name string) (string, bool) { return "https://hooks.example/marmot-lantern-4", name == "HOOK" }
	return in
}

func blocksOf(t testing.TB, in rules.Input) []rules.Block {
	t.Helper()
	var l rules.Loader
	c, diags := l.Load(in)
	if c == nil {
		t.Fatal(diags.Errs())
	}
	return l.Blocks(in, c)
}

// What is shown is what counts after the overlay, with its places, and nothing of
// a secret, whatever way it took.
func TestBlocksAreWhatCounts(t *testing.T) {
	in := shownInput(t)
	found := map[string]string{}
	pack := map[string]bool{}
	for _, b := range blocksOf(t, in) {
		name := strings.Join(append([]string{b.Kind}, b.Labels...), ".")
		for _, a := range b.Arguments {
			text, err := json.Marshal(a.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[name+"."+a.Name] = fmt.Sprintf("%s %s:%d", text, a.File, a.Line)
			pack[name+"."+a.Name] = a.Pack
		}
		for _, inner := range b.Blocks {
			found[name+"."+inner.Kind] += fmt.Sprint(len(inner.Arguments))
		}
	}
	for name, want := range map[string]string{
		"event.backup_fail.severity": `"WARNING" house.hcl:12`,
		"event.backup_fail.group":    `"backups" backups.hcl:6`,
		"event.backup_fail.details":  `{"Guest":"{{ .data.vmid }}","Site":"barn"} house.hcl:13`,
		"channel.note.desk.to":       `"farm" house.hcl:16`,
		"channel.note.desk.copies":   `["a","b"] house.hcl:17`,
		"channel.note.desk.topic":    `8001 house.hcl:18`,
		"channel.note.desk.key":      `{"set":true} house.hcl:19`,
		"channel.note.desk.toggles":  "1",
		"channel.hook.out.url":       `{"set":true} house.hcl:26`,
		"channel.hook.out.headers":   `{"Authorization":{"set":true}} house.hcl:27`,
		"channel.bell.lost.token":    `{"set":false} house.hcl:31`,
		"locals.pass":                `{"set":true} house.hcl:7`,
		"locals.via":                 `{"set":true} house.hcl:8`,
		"locals.port":                `8000 house.hcl:9`,
		"test.one.send":              "11",
	} {
		if found[name] != want {
			t.Errorf("%s is %s, want %s", name, found[name], want)
		}
	}
	if !pack["event.backup_fail.group"] || pack["event.backup_fail.severity"] {
		t.Error("what the pack says and what the user says is mixed up")
	}
	bell, _ := in.Secret("bell")
	for _, secret := range []string{"heron-parasol-9", "marmot-lantern-4", bell} {
		if strings.Contains(fmt.Sprint(found), secret) {
			t.Errorf("the secret %s is shown: %v", secret, found)
		}
	}
}

// BenchmarkBlocks lists the whole catalogue.
func BenchmarkBlocks(b *testing.B) {
	in := rules.Input{Pack: builtin.Files(), Files: map[string][]byte{"tocsin.hcl": []byte("tocsin {\n  enabled = true\n}\n")}}
	var l rules.Loader
	c := mustLoad(b, &l, in)
	b.ReportAllocs()
	for b.Loop() {
		if len(l.Blocks(in, c)) < 100 {
			b.Fatal("the catalogue is not there")
		}
	}
}
