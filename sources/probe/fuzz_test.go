package probe_test

import (
	"testing"
	"time"

	"tocsin/sources/probe"
)

// Whatever a state says and a look finds, the judge comes to an end, and what it
// remembers can be read again.
func FuzzJudge(f *testing.F) {
	rules := []*probe.Rule{
		load(f, `source "http" "pipes" {
  every    = "1m"
  url      = "http://barn.example"
  each     = "result.json.*.list"
  key      = "{{ .item.name }}"
  when     = "item.litres > 5 or item.changed and item.previous.litres == 3"
  emit     = "leak"
}`),
		load(f, `source "command" "pipes" {
  every    = "1m"
  command  = ["pipes"]
  matches  = { pipes = "^(?P<pipe>\\w*) ?(?P<litres>\\d*)" }
  each     = "result.matches.pipes"
  when     = "item.litres > 5"
  emit     = "leak"
  resolved = "dry"
  data     = { marks = "{{ .item.pipe }}\n{{ .result.stdout }}" }
}`),
	}
	for _, body := range []string{`{"a": {"list": [{"name": "x", "litres": 9}]}}`, "[[]]", "a 7\nb\n", ""} {
		f.Add("", body)
		f.Add(`{"at":1,"mark":"x","items":{"a":{"since":1,"data":{"pipe":[1]},"was":{"litres":{}}}}}`, body)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		found, err := probe.NewText("", []byte(body))
		if err != nil {
			return
		}
		for _, r := range rules {
			state, _ := probe.ParseState(text)
			v := r.Judge(state, probe.Result{Values: map[string]any{"code": 0.0, "stdout": found.Body}, Texts: []probe.Text{found}, Mark: body}, time.Unix(1_700_000_000, 0))
			if _, err := probe.ParseState(state.String()); err != nil {
				t.Errorf("what is remembered cannot be read: %v\n%s", err, state)
			}
			for _, f := range v.Findings {
				if f.Event.Type == "" {
					t.Errorf("an event without a type: %+v", f.Event)
				}
			}
		}
	})
}

// A path is written as it was read.
func FuzzParsePath(f *testing.F) {
	for _, text := range []string{"result.json", "result.json.*.nodes", "result.", "item.x", "result..x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := probe.ParsePath(text); err == nil && p.String() != text {
			t.Errorf("%q is written as %q", text, p)
		}
	})
}
