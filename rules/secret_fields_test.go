package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/diag"
)

const hooks = `
tocsin {
  enabled = true
}
locals {
  shared = { Two = secret("bell") }
}
channel "hook" "a" {
  url     = "http://127.0.0.1:9000/hook"
  headers = { Plain = "%s", Hidden = secret("bell") }
  body    = <<-EOT
    {"text": {{ toJson .title }}}
  EOT
}
channel "hook" "b" {
  url     = secret("bell")
  headers = local.shared
  when    = "false"
}
`

// Entries of a map are read one by one, none of them prints, and a change of any
// makes another destination of the channel.
func TestMapsOfSecrets(t *testing.T) {
	load := func(plain string) (*rules.Config, string) {
		c, diags := rules.Load(testInput(t, map[string]string{"farm.hcl": fmt.Sprintf(hooks, plain)}))
		var rest []string
		for _, d := range diags {
			if code := diag.ExtraOf(d).Code; code != rules.CodeUnreached && code != rules.CodeTakesAll {
				rest = append(rest, d.Error())
			}
		}
		if c == nil || len(rest) > 0 {
			t.Fatal(rest, diags)
		}
		return c, c.Channels["a"].Hash
	}
	c, hash := load("one")
	a, b := c.Channels["a"].Values, c.Channels["b"].Values
	want, _ := testInput(t, nil).Secret("bell")
	if a.Map("headers")["Plain"].Reveal() != "one" || a.Map("headers")["Hidden"].Reveal() != want || b.Map("headers")["Two"].Reveal() != want {
		t.Errorf("headers are %d and %d entries, some of them wrong", len(a.Map("headers")), len(b.Map("headers")))
	}
	if got := a.String("body", ""); got != `{"text": {{ toJson .title }}}` {
		t.Errorf("body is %q", got)
	}
	if text := fmt.Sprintf("%v %+v %#v", a, a, a); strings.Contains(text, "one") || strings.Contains(text, "127.0.0.1") || strings.Contains(text, want) {
		t.Errorf("the values show a secret: %s", text)
	}
	if _, other := load("two"); other == hash {
		t.Error("another header makes no other destination")
	}
}

// The arguments of the block apprise reach the channels of the kind that shares
// them, and no other.
func TestApprise(t *testing.T) {
	in := testInput(t, map[string]string{"farm.hcl": `
tocsin {
  enabled = true
}
apprise {
  api = "http://127.0.0.1:8000"
}
channel "bell" "x" {
  token = secret("bell")
}
channel "note" "y" {
  to   = "ana"
  when = "true"
}
`})
	for i := range in.Kinds {
		if in.Kinds[i].Name == "bell" {
			in.Kinds[i].Shared = "apprise"
		}
	}
	c, diags := rules.Load(in)
	if c == nil {
		t.Fatal(diags)
	}
	if api, ok := c.Channels["x"].Values["api"].(event.Secret); !ok || api.Reveal() != "http://127.0.0.1:8000" {
		t.Errorf("the channel has %v", c.Channels["x"].Values)
	}
	if _, ok := c.Channels["y"].Values["api"]; ok {
		t.Error("a channel of another kind has it too")
	}
}
