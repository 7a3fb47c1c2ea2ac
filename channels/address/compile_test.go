package address_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels/address"
)

func TestCompileErrors(t *testing.T) {
	tests := []struct{ shape, want string }{
		{"slack", "it lacks ://"},
		{"x y://{a}", "its scheme is not of lower-case letters"},
		{"X://{a}", "its scheme is not of lower-case letters"},
		{"x|://{a}", "its scheme is not of lower-case letters"},
		{"x://{a", "it has a { without }"},
		{"x://a}", "it has a } without {"},
		{"x://{A}", "{A} is no field"},
		{"x://h/{a?...}", "{a?...} is no field"},
		{"x://h/{}", "a field has no name"},
		{"x://{a}{b}", "two fields stand in one part"},
		{"x://h/{a}/{a}", "two fields are called {a}"},
		{"x://h/{a}|{b}", "only lists may share a place"},
		{"x://h/{a...}/{b...}", "two lists stand in its path"},
		{"x://{a...}/b", "nothing may follow it"},
		{"x://{a...}:{port}", "nothing may follow it"},
		{"x://{a...}@h", "{a} is a list"},
		{"x://h?a={b...}", "{b} is a list"},
		{"x://h/{a+}/{b+?}", "two fields of several segments"},
		{"x://{a+}:{port}", "no port may follow it"},
		{"x://h?a={b+}", "{b+} takes segments"},
		{"x://h/{a:[}", "the pattern of {a} is no regular expression"},
		{"x://{a@?}", "is an e-mail address"},
		{"x://h/{a@}", "stands in the host's place only"},
		{"x://{a@}:{port?}", "takes the part before the @ itself"},
		{"x://{k?}:{a@}", "cannot be optional"},
		{"x://{a}:{b}", "is no port"},
		{"x://{a}:99999", "is no port"},
		{"x://:{port}", "a port without a host"},
		{"x://h?{a}&b", "its query is not"},
		{"x://a%20b", "it holds a %"},
		{"x://a b", "it holds a space"},
		{"x://@h", "a part of it is empty"},
		{"x://" + strings.Repeat("a", 3000), "longer than 2048 bytes"},
	}
	for _, tt := range tests {
		_, err := address.Compile(tt.shape)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60s: error %v, want %q", tt.shape, err, tt.want)
		}
	}
}

func TestForm(t *testing.T) {
	for shape, want := range map[string]string{
		"://{host}:{port?}/{topics...?}":                    "any://{host}[:{port}][/{topics}…]",
		"x(s)://{user?}:{password?}@{host}:80/a/{b/...}":    "x://[{user}:{password}@]{host}:80/a/{b}…",
		"x://{user}:{password?}@{list...}":                  "x://{user}[:{password}]@{list}…",
		"x://{key}:{sender@}/{a?}":                          "x://{key}:{sender}[/{a}]",
		"x://{t}.chat.example/#{a...?}|{b...}?m=1&n={o?}":   "x://{t}.chat.example/#{a}|{b}…?m=1[&n={o}]",
		"x://{a:[0-9]{3}}?{token}":                          "x://{a}?{token}",
		"x://?k={key}":                                      "x://?k={key}",
		"https://discord.example/api/webhooks/{id}/{token}": "https://discord.example/api/webhooks/{id}/{token}",
	} {
		if got := compile(t, shape)[0].Form("any"); got != want {
			t.Errorf("%s\n got %s\nwant %s", shape, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	shape := compile(t, "a(s)|b://{u?}:{p}@{h}:{port?}/x/{s?}/#{l...}|{m/...?}?k={q}&mode=bot&{bare?}")[0]
	want := []address.Field{
		{Name: "u", Place: address.User, Optional: true},
		{Name: "p", Place: address.Password},
		{Name: "h", Place: address.Host},
		{Name: "port", Place: address.Port, Optional: true},
		{Name: "s", Place: address.Path, Optional: true},
		{Name: "l", Place: address.Path, List: true},
		{Name: "m", Place: address.Path, List: true, Optional: true},
		{Name: "q", Place: address.Query},
		{Name: "bare", Place: address.Query, Optional: true},
	}
	if diff := cmp.Diff(want, shape.Fields()); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "as", "b"}, shape.Schemes()); diff != "" {
		t.Errorf("schemes (-want +got):\n%s", diff)
	}
}
