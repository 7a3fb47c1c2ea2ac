package address_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

var slack = []string{
	"slack://{bot?}@{a:[A-Z0-9]+}/{b:[A-Z0-9]+}/{c}/#{channels...?}|@{users...?}",
	"slack://{bot?}@{token:xox[abp]-.+}/#{channels...?}",
	"https://hooks.slack.example/services/{a}/{b}/{c}",
}

var ntfy = []string{
	"ntfy(s)://{topic}",
	"ntfy(s)://{user?}:{password?}@{host}:{port?}/{topics...}",
	"ntfy(s)://{token}@{host}:{port?}/{topics...}?auth=token",
}

// A name with an @ may stand in the host's place.
func TestMatchNameWithAt(t *testing.T) {
	got, err := compile(t, "sms://{user}:{password}@{to...}").Match(parse(t, "sms://u:p@ss@@ops/@night"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"user": {"u"}, "password": {"p@ss"}, "to": {"@ops", "@night"}}
	if diff := cmp.Diff(want, got.Values); diff != "" {
		t.Error(diff)
	}
}

// A value of several segments ends where what follows it can begin, and keeps
// the slash that ends the path.
func TestMatchSeveralSegments(t *testing.T) {
	type values = map[string][]string
	line := []string{"line://{token+:.+=}/{to...?}", "line://{token}/{to...?}"}
	hook := []string{"json://{host}/{path+?}"}
	keyed := []string{"mm://{host}/{path+?}/{key}"}
	tests := []struct {
		shapes []string
		url    string
		want   values
	}{
		{line, "line://a/b=/U1/U2", values{"token": {"a/b="}, "to": {"U1", "U2"}}},
		{line, "line://a=/U1=", values{"token": {"a="}, "to": {"U1="}}},
		{line, "line://a/U1/", values{"token": {"a"}, "to": {"U1"}}},
		{hook, "json://h", values{"host": {"h"}}},
		{hook, "json://h/", values{"host": {"h"}}},
		{hook, "json://h/in", values{"host": {"h"}, "path": {"in"}}},
		{hook, "json://h/in//my%20hook/?a=b", values{"host": {"h"}, "path": {"in/my hook/"}}},
		{keyed, "mm://h/k", values{"host": {"h"}, "key": {"k"}}},
		{keyed, "mm://h/a/b/k/", values{"host": {"h"}, "path": {"a/b"}, "key": {"k"}}},
	}
	for _, tt := range tests {
		got, err := compile(t, tt.shapes...).Match(parse(t, tt.url))
		if err != nil {
			t.Error(err)
		} else if diff := cmp.Diff(tt.want, got.Values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.url, diff)
		}
	}
}

func TestMatchErrors(t *testing.T) {
	const slackForms = "write it as slack://[{bot}@]{a}/{b}/{c}[/#{channels}|@{users}…] or slack://[{bot}@]{token}[/#{channels}…]"
	tests := []struct {
		shapes    []string
		url, want string
	}{
		{slack, "slack://T/B", "slack://***: {c} is missing: the path has 1 segment of 2; " + slackForms},
		{slack, "slack://T", "slack://***: {b} and {c} are missing: the path has 0 segments of 2; " + slackForms},
		{slack, "slack://T/b/c", "path segment 1 is no {b}, which is written [A-Z0-9]+;"},
		{slack, "slack://T/B/c/ops", "path segment 3 is none of [#{channels}|@{users}…];"},
		{slack, "slack://me:pw@T/B/c", "the password has no meaning here;"},
		{slack, "slack://T:80/B/c", "the port has no meaning here;"},
		{slack, "slack://", "the host's place, {a}, is missing;"},
		{slack, "https://hooks.slack.example/services/T/B", "{c} is missing: the path has 3 segments of 4; write it as https://hooks.slack.example/services/{a}/{b}/{c}"},
		{slack, "https://hooks.slack.example/other/T/B/c", "path segment 1 is not services;"},
		{slack, "https://elsewhere.example/x", "the host is not hooks.slack.example;"},
		{slack, "discord://a/b", "discord://***: the scheme is of another service; " + slackForms + " or https://hooks"},
		{ntfy, "ntfy://me:p/w@host/topic", "what stands behind the host's colon is no port, or a / ? or # in a password is not escaped (%2F %3F %23);"},
		{ntfy, "ntfy://host:80a/topic", "what stands behind the host's colon is no port"},
		{ntfy, "ntfy://ho!st/topic", "the host holds a character that no host name has;"},
		{ntfy, "ntfy://me:p@@host/topic", "the host begins with an @; the last one of a password is written %40;"},
		{ntfy, "ntfy://me@host", "{topics} is missing; write it as ntfy://[{user}:{password}@]{host}[:{port}]/{topics}… or"},
		{[]string{"x://{a}"}, "x://a/b/c", "the path has 2 segments, 2 too many; write it as x://{a}"},
		{[]string{"x://{u}@{a}"}, "x://a", "the user, {u}, is missing;"},
		{[]string{"x://{u}:{p}@{a...}"}, "x://u:p@", "{a} is missing; write it as x://{u}:{p}@{a}…"},
		{[]string{"x://{a}?mode=bot"}, "x://a", `the value of "mode" in the query is missing;`},
		{[]string{"x://{a}?mode=bot"}, "x://a?mode=b", `the value of "mode" in the query is not bot; write it as x://{a}?mode=bot`},
		{[]string{"x://{k}:{s@}"}, "x://k", "the part before the colon, {k}, is missing;"},
		{[]string{"x://{k}:{s@}"}, "x://k:mail.example", "the e-mail address {s} is missing or lacks a part;"},
		{[]string{"x://{a}"}, "y://a", "y://***: the scheme is of another service; write it as x://{a}"},
		{[]string{"x://{a+:.+=}/{b}"}, "x://p/q/r", "path segment 1 is no {a}, which is written .+=; write it as x://{a}/{b}"},
		{nil, "x://a", "the service has no address;"},
	}
	for _, tt := range tests {
		_, err := compile(t, tt.shapes...).Match(parse(t, tt.url))
		var e *address.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v, want an *Error", tt.url, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.url, err, tt.want)
		}
	}
}

func parse(t testing.TB, text string) address.URL {
	t.Helper()
	u, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The shape that says most is taken, whatever the order.
func TestSetMatchChooses(t *testing.T) {
	tests := []struct {
		shapes []string
		url    string
		index  int
	}{
		{[]string{"x://{a}/{b...}", "x://{a}/{b...}?mode=bot"}, "x://1/2?mode=BOT", 1},
		{[]string{"x://{a}/{b...}?mode=bot", "x://{a}/{b...}"}, "x://1/2?mode=hook", 1},
		{[]string{"x://{a}/{b...}", "x://{a:[0-9]+}/{b...}"}, "x://1/2", 1},
		{[]string{"x://{a}/{b...?}", "x://{a}/{b}"}, "x://1/2", 1},
		{[]string{"x://{a}/{b}", "x://{c}/{d}"}, "x://1/2", 0},
		{[]string{"x://{a}/{b}", "x://{a}/in"}, "x://1/in", 1},
	}
	for _, tt := range tests {
		m, err := compile(t, tt.shapes...).Match(parse(t, tt.url))
		if err != nil {
			t.Error(err)
		} else if m.Index != tt.index {
			t.Errorf("%s was read by %s", tt.url, m.Shape)
		}
	}
}

// A value that the query gives may be missing in its place.
func TestMatchGiven(t *testing.T) {
	tests := []struct {
		shape, url string
		given      []string
		want       map[string][]string
	}{
		{"x://{a}/{b}/{c...}", "x://_/?a=1&b=2&c=3", []string{"a", "b", "c"}, map[string][]string{}},
		{"x://{a}/{b}/{c...}", "x://1/2", []string{"c"}, map[string][]string{"a": {"1"}, "b": {"2"}}},
		{"x://{u}:{p}@{h}", "x://h", []string{"u", "p"}, map[string][]string{"h": {"h"}}},
		{"x://{k}:{s@}", "x://k", []string{"s"}, map[string][]string{"k": {"k"}}},
		{"x://{s@}/{k}", "x://_/k", []string{"s"}, map[string][]string{"k": {"k"}}},
		{"x://{a...}", "x://", []string{"a"}, map[string][]string{}},
	}
	for _, tt := range tests {
		shape, u := compile(t, tt.shape)[0], parse(t, tt.url)
		got, err := shape.Match(u, tt.given...)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s by %s (-want +got):\n%s", tt.url, tt.shape, diff)
		}
		if _, err := shape.Match(u); err == nil {
			t.Errorf("%s fits %s with nothing given", tt.url, tt.shape)
		}
	}
}

func TestMatchLists(t *testing.T) {
	tests := []struct {
		shape, url string
		want       map[string][]string
	}{
		{"x://{a...}", "x://1,2/3", map[string][]string{"a": {"1", "2", "3"}}},
		{"x://h/{a...}", "x://h/1,2;3%204/5", map[string][]string{"a": {"1", "2", "3", "4", "5"}}},
		{"x://h/{a/...}", "x://h/1,2%203/4", map[string][]string{"a": {"1,2 3", "4"}}},
		{"x://h/{a/...?}/{b?}/{c}", "x://h/1", map[string][]string{"c": {"1"}}},
		{"x://h/{a/...?}/{b}/{c}", "x://h/1/2/3/4", map[string][]string{"a": {"1", "2"}, "b": {"3"}, "c": {"4"}}},
		{"x://h/{a?}/{b:[0-9]+}", "x://h/1", map[string][]string{"b": {"1"}}},
		{"x://h/{a...?:[0-9]+}/{b}", "x://h/1/2", map[string][]string{"a": {"1"}, "b": {"2"}}},
		{"x://h/{a...?:[0-9]{2,3}}|{b...?}", "x://h/1,22,4444/333", map[string][]string{"a": {"22", "333"}, "b": {"1", "4444"}}},
		{`x://h/{a:\{[a-z/?@]+\}}`, "x://h/{a%2Fb?@}", nil},
		{`x://h/{a:\{[a-z/?@]+\}}`, "x://h/{a%2Fb%3F@}", map[string][]string{"a": {"{a/b?@}"}}},
		{"x://{team}.chat.example/in-{id}", "x://Blue.chat.example/in-7", map[string][]string{"team": {"Blue"}, "id": {"7"}}},
	}
	for _, tt := range tests {
		got, err := compile(t, tt.shape)[0].Match(parse(t, tt.url))
		if tt.want == nil {
			if err == nil {
				t.Errorf("%s fits %s: %q", tt.url, tt.shape, got)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s by %s (-want +got):\n%s", tt.url, tt.shape, diff)
		}
	}
}

// The longest address against a shape that could be tried in many ways.
func TestMatchIsBounded(t *testing.T) {
	shape := compile(t, "x://h/"+optionals(30)+"/{list...?}/{last:[0-9]+}")[0]
	u := parse(t, "x://h"+strings.Repeat("/a", 4000))
	start := time.Now()
	if _, err := shape.Match(u); err == nil {
		t.Error("the address fits")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func optionals(n int) string {
	var names []string
	for i := range n {
		names = append(names, "{o"+strings.Repeat("x", i)+"?}")
	}
	return strings.Join(names, "/")
}
