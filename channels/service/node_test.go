package service

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/templates"
)

func tmpl(t testing.TB, text string) *templates.Template {
	t.Helper()
	out, err := templates.ParseValue(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func leaf(t testing.TB, text string) *Node { return &Node{Template: tmpl(t, text)} }

// hostile is what a stranger may put into an event.
const hostile = "\"}], \"x\": [{ \n<b>&amp; {{ .channel.token }}"

func TestNodes(t *testing.T) {
	view := map[string]any{
		"title": hostile, "targets": []any{"a", "b"}, "channel": map[string]any{"on": true, "n": 3, "more": map[string]any{"k": "v"}},
	}
	dict := func(entries ...Entry) *Node { return &Node{Dict: &Dict{Entries: entries}} }
	for name, c := range map[string]struct {
		node *Node
		want string
	}{
		"text":           {leaf(t, "{{ .title }}"), `"\"}], \"x\": [{ \n<b>&amp; {{ .channel.token }}"`},
		"types stay":     {dict(Entry{"a", leaf(t, "{{ .channel.n }}")}, Entry{"b", leaf(t, "{{ .channel.on }}")}), `{"a":3,"b":true}`},
		"missing is out": {dict(Entry{"a", leaf(t, "{{ .channel.nope }}")}, Entry{"b", &Node{Const: nil}}), `{"b":null}`},
		"null is in":     {dict(Entry{"a", leaf(t, "{{ orNull .channel.nope }}")}, Entry{"b", leaf(t, "{{ orNull .channel.n }}")}), `{"a":null,"b":3}`},
		"in a list":      {&Node{List: []*Node{leaf(t, "{{ .channel.nope }}"), leaf(t, "x")}}, `["x"]`},
		"a list":         {leaf(t, "{{ .targets }}"), `["a","b"]`},
		"each":           {&Node{Dict: &Dict{Each: tmpl(t, "{{ .targets }}"), Entries: []Entry{{"to", leaf(t, "+{{ .item }}")}}}}, `[{"to":"+a"},{"to":"+b"}]`},
		"each in a list": {&Node{List: []*Node{{Const: 1}, {Dict: &Dict{Each: tmpl(t, "{{ .targets }}"), Entries: []Entry{{"to", leaf(t, "{{ .item }}")}}}}}}, `[1,{"to":"a"},{"to":"b"}]`},
		"if not":         {dict(Entry{"a", &Node{Dict: &Dict{If: tmpl(t, "{{ .channel.nope }}")}}}), `{}`},
		"if":             {dict(Entry{"a", &Node{Dict: &Dict{If: tmpl(t, "{{ .channel.on }}"), Entries: []Entry{{"b", &Node{Const: 1}}}}}}), `{"a":{"b":1}}`},
		"merge":          {dict(Entry{"a", &Node{Const: 1}}, Entry{"$merge", leaf(t, "{{ .channel.more }}")}), `{"a":1,"k":"v"}`},
	} {
		v, err := c.node.value(view)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if several, ok := v.(spread); ok {
			v = []any(several)
		}
		got, err := encodeJSON(v)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
}

// Whatever an event says, a header stays one header and a pair one pair.
func TestCallsHoldTogether(t *testing.T) {
	r := &Request{
		URL:   tmpl(t, "https://bell.example/{{ segment .title }}?a=1"),
		Query: []Entry{{"q", leaf(t, "{{ .title }}")}}, Form: []Entry{{"to.{n}", leaf(t, "{{ .targets }}")}, {"text", leaf(t, "{{ .title }}")}},
	}
	view := map[string]any{"title": "a&b=c\r\nX: y/é", "targets": []any{"1&2", "3"}, "channel": map[string]any{}}
	calls, err := r.calls(view, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := []Call{{
		Method: "POST", URL: "https://bell.example/a&b=c%0D%0AX:%20y%2F%C3%A9?a=1&q=a%26b%3Dc%0D%0AX%3A+y%2F%C3%A9",
		Headers: []Pair{{"Content-Type", "application/x-www-form-urlencoded"}},
		Body:    []byte("to.1=1%262&to.2=3&text=a%26b%3Dc%0D%0AX%3A+y%2F%C3%A9"),
	}}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Headers = []Entry{{"X-Title", leaf(t, "{{ .title }}")}}
	if _, err := r.calls(view, time.Now()); err == nil {
		t.Error("a header with a line end in it is sent")
	}
}

func TestBatches(t *testing.T) {
	view := map[string]any{"channel": map[string]any{"rooms": []any{"a", "b", "c"}, "users": []any{"u"}}}
	r := &Request{URL: tmpl(t, "https://bell.example/{{ .kind }}/{{ join `,` .targets }}"), Each: []Targets{{Name: "rooms"}, {Name: "users"}}, Batch: tmpl(t, "2")}
	calls, err := r.calls(view, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.URL)
	}
	want := []string{"https://bell.example/rooms/a,b", "https://bell.example/rooms/c", "https://bell.example/users/u"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnswers(t *testing.T) {
	s := &Spec{
		Title:   "Bell",
		Success: Success{Checks: []Check{{Path: ParsePath("results.*.status"), Values: []any{0, "ok"}}, {Path: ParsePath("error")}}},
		Why:     []Path{ParsePath("error.message"), ParsePath("error")}, Receipt: ParsePath("results.0.id"),
	}
	for body, took := range map[string]bool{
		`{"results":[{"status":0,"id":7},{"status":"ok"}]}`: true,
		`{"results":[{"status":0},{"status":9}]}`:           false,
		`{"results":[]}`: false,
		`{"results":[{"status":0}],"error":"no"}`: false,
		`{"results":[{"status":0}],"error":""}`:   true,
		`{"results":[{"sta`:                       true,
		`<html>`:                                  false,
		``:                                        false,
	} {
		if got := s.Took(&Answer{Status: 200, Body: []byte(body)}); got != took {
			t.Errorf("%s: %v", body, got)
		}
	}
	if got := s.MessageID(&Answer{Status: 200, Body: []byte(`{"results":[{"id":7}]}`)}); got != "7" {
		t.Errorf("id %q", got)
	}
	e := s.Refused(&Answer{Status: 400, Phrase: "Bad Request", Body: []byte(`{"error":{"message":"bad\nthing"}}`)}, &event.SendError{Class: event.Unfit, Code: "rejected"}, func(s string) string { return s })
	if e.Why != "Bell answered 400 Bad Request (bad thing)" {
		t.Error(e.Why)
	}
}

func FuzzPath(f *testing.F) {
	f.Add("a.*.0", []byte(`{"a":[[1]]}`))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		a := &Answer{Status: 200, Body: body}
		ParsePath(path).all(a.doc())
		ParsePath(path).first(a.doc())
	})
}
