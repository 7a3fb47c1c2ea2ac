package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/rules"
	"tocsin/sources/probe"
)

const release = `
source "http" "release" {
  every   = "6h"
  url     = "https://farm.example/latest.json"
  headers = { Authorization = secret("bell") }
  each    = "result.json.*"
  when    = "result.status == 200 and item.version != item.previous.version"
  emit    = "door_open"
  data    = { door = "{{ .item.keys | join ` + "`/`" + ` }} {{ .result.headers }}" }
}
`

func TestProbeSource(t *testing.T) {
	c := loadOn(t, release)
	r, ok := c.Sources[0].Spec.(*probe.Rule)
	if !ok || r.Kind != probe.HTTP || r.Every != 6*time.Hour || r.Timeout != 15*time.Second || r.Request.Method != "GET" || r.Request.Any || r.Optional || r.Held != "" {
		t.Fatalf("%+v", c.Sources[0])
	}
	if r.Request.URL.Reveal() != "https://farm.example/latest.json" || r.Request.Headers["Authorization"].Reveal() != "hunter2-secret" {
		t.Error("the request lacks what is written")
	}
	if want := []string{"headers", "json", "status"}; !slices.Equal(r.Reads, want) || !r.Moment || !slices.Equal(r.Previous, []string{probe.All}) {
		t.Errorf("reads %v, moment %v, previous %v", r.Reads, r.Moment, r.Previous)
	}
	if strings.Contains(c.Sources[0].Version, "hunter2") {
		t.Error("the version shows a secret")
	}
}

// A state is told by what is; a change by what was.
func TestMoments(t *testing.T) {
	for when, moment := range map[string]bool{
		"result.days_left < 3": false, "result.changed": true, "result.previous.issuer != result.issuer": true,
		"result.previous == nil": true, "result.chain_error != nil": false,
	} {
		c := loadOn(t, "source \"cert\" \"x\" {\n  every = \"1m\"\n  address = \"farm.example\"\n  when = \""+when+"\"\n  emit = \"door_open\"\n}\n")
		r := c.Sources[0].Spec.(*probe.Rule)
		if r.Moment != moment || r.Address != "farm.example:443" {
			t.Errorf("%s: %+v", when, r)
		}
	}
}

// A secret that is another makes the source another, although nothing shows it.
func TestTheVersionOfAProbe(t *testing.T) {
	version := func(text, bell string) string {
		t.Helper()
		in := testInput(t, map[string]string{"farm.hcl": "tocsin {\n  enabled = true\n}\n" + text})
		in.Secret = func(string) (string, error) { return bell, nil }
		c, diags := rules.Load(in)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return c.Sources[0].Version
	}
	seen := map[string]bool{version(release, "a"): true}
	if !seen[version("\n"+release, "a")] {
		t.Error("another place is another version")
	}
	for _, text := range []string{
		strings.Replace(release, "6h", "7h", 1), strings.Replace(release, "latest", "newest", 1), strings.Replace(release, "json.*", "json", 1),
		strings.Replace(release, "== 200", "== 204", 1), strings.Replace(release, `join `, `join `+"`x` | print ", 1),
	} {
		v := version(text, "a")
		if seen[v] {
			t.Errorf("the same version for\n%s", text)
		}
		seen[v] = true
	}
	if seen[version(release, "b")] {
		t.Error("another secret is the same version")
	}
}

// What is read of a file decides whether its text is.
func TestTextIsReadWhenItIsWanted(t *testing.T) {
	for line, want := range map[string]bool{
		`when = "result.age > duration('1h')"`: false, `when = "result.size > 5"`: false, `when = "not result.exists"`: false,
		`when = "result.content contains 'x'"`: true, `when = "result.changed"`: true, `when = "result.json.x == 1"`: true,
		"each = \"result.files\"\n  when = \"item.age > duration('1h')\"": false, "each = \"result.files\"\n  when = \"item.content contains 'x'\"": true,
		"each = \"result.files\"\n  data = { door = \"{{ .item.content }}\" }": true,
		"matches = { x = \"x\" }\n  when = \"len(result.matches.x) > 0\"":      true,
	} {
		c := loadOn(t, "source \"file\" \"x\" {\n  every = \"1m\"\n  path = \"/srv/*\"\n  emit = \"door_open\"\n  "+line+"\n}\n")
		if got := c.Sources[0].Spec.(*probe.Rule).WantsText(); got != want {
			t.Errorf("%s: the text is wanted: %v, want %v", line, got, want)
		}
	}
}
