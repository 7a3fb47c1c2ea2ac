package api

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testPath = Prefix + "/test"

func TestTestBodies(t *testing.T) {
	for body, want := range map[string]Test{
		`{}`:                  {},
		`{"channel":"phone"}`: {Channel: "phone"},
		`{"channel":"phone","title":"Hi","body":"there","severity":"warning","outcome":"success"}`: {Channel: "phone", Title: "Hi", Body: "there", Severity: "warning", Outcome: "success"},
		`{"channel":{"kind":"gotify","name":"x","token":"t","priority":5}}`:                        {Unsaved: map[string]any{"kind": "gotify", "name": "x", "token": "t", "priority": 5.0}},
		` { "channel" : { } } `: {Unsaved: map[string]any{}},
	} {
		f := newFront(t)
		var got Test
		f.tester.test = func(asked Test) ([]TestResult, error) { got = asked; return nil, nil }
		f.do("POST", testPath, body, f.as(ScopeAdmin)).want(t, 200, `"results":[]`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestTestBodiesThatAreRefused(t *testing.T) {
	f := newFront(t)
	f.tester.test = func(Test) ([]TestResult, error) { t.Error("a message was sent"); return nil, nil }
	for body, word := range map[string]string{
		" ":                               "the body is empty",
		`null`:                            "no JSON object", // not: every channel
		`[]`:                              "no JSON object",
		`"phone"`:                         "no JSON object",
		`{"channel":""}`:                  "channel is empty", // a script whose variable was not set
		`{"channel":null}`:                "neither a name nor an object",
		`{"channel":7}`:                   "neither a name nor an object",
		`{"channel":["phone"]}`:           "neither a name nor an object",
		`{"chanel":"phone"}`:              "there is no field \\\"chanel\\\"",
		`{"channel":{"n":1e999}}`:         "out of range",
		`{"title":7}`:                     "title has the wrong type: number",
		`{"severity":"loud"}`:             "none of INFO, WARNING and CRITICAL",
		`{"outcome":"failure"}`:           "outcome is not success",
		`{"channel":"a"}{}`:               "something follows",
		`{"channel":`:                     "ends in the middle",
		strings.Repeat(`{"channel":`, 50): "nested more than 32",
	} {
		got := f.do("POST", testPath, body, f.as(ScopeAdmin))
		got.want(t, 400, word)
		if got.fault.Do == "" {
			t.Errorf("%s: no remedy: %s", body, got.body)
		}
	}
	f.do("POST", testPath, `{"body":"`+strings.Repeat("x", maxBody)+`"}`, f.as(ScopeAdmin)).want(t, 413)
	f.do("POST", testPath, `{}`, f.as(ScopeAdmin), header("Content-Type", "text/plain")).want(t, 415)
}

func TestTestAnswers(t *testing.T) {
	f := newFront(t)
	f.tester.test = func(Test) ([]TestResult, error) {
		return []TestResult{
			{Channel: "phone", Success: true, Latency: 412, Rendered: "Hello"},
			{Channel: "mail", Error: &TestError{"auth", "the password is wrong", "set it"}},
		}, nil
	}
	f.do("POST", testPath, `{}`, f.as(ScopeAdmin)).want(t, 200,
		`{"channel":"phone","success":true,"latency_ms":412,"rendered":"Hello"}`,
		`"error":{"code":"auth","why":"the password is wrong","do":"set it"}`)
	f.tester.test = func(Test) ([]TestResult, error) {
		return nil, &NotFound{"no channel is named foo", "tocsin channels lists them"}
	}
	f.do("POST", testPath, `{"channel":"foo"}`, f.as(ScopeAdmin)).want(t, 404, "no channel is named foo", "tocsin channels")
	f.tester.test = func(Test) ([]TestResult, error) { return nil, errors.New("https://bot/123:secret") }
	if got := f.do("POST", testPath, `{}`, f.as(ScopeAdmin)); got.status != 500 || strings.Contains(got.body, "bot") {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}
