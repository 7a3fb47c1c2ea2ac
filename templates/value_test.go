package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wireCalls shows what a template of a request yields, with its type.
var wireCalls = []struct {
	text string
	want any
}{
	{`{{ .data.vmid }}`, 101.0},
	{`{{ .data.ok }}`, true},
	{`{{ .data.nope }}`, nil},
	{`{{ .data.empty }}`, ""},
	{`{{ list 1 "a" }}`, []any{1, "a"}},
	{`{{ only .data.ok "yes" }}`, "yes"},
	{`{{ only .data.no "yes" }}`, nil},
	{`{{ present .data.empty }}`, nil},
	{`{{ present .data.text }}`, "Zürich düst"},
	{`{{ isSet .data.zero }}`, true},
	{`{{ isSet .data.nope }}`, false},
	{`{{ .data.vmid }} `, "101 "},
	{`{{ if .data.ok }}yes{{ end }}`, "yes"},
	{`plain`, "plain"},
	{``, ""},
	{`{{ basic "u" "p" }}`, "Basic dTpw"},
	{`{{ basic .data.nope .data.nope }}`, nil},
	{`{{ bearer "t" }}`, "Bearer t"},
	{`{{ bearer .data.nope }}`, nil},
	{`{{ segment "a/b c" }}`, "a%2Fb%20c"},
	{`{{ xml "<a b='c'>&\"\x01" }}`, "&lt;a b=&apos;c&apos;&gt;&amp;&quot;"},
	{"{{ toAsciiJson (dict `k` `<é> 🔥 \"q\"`) }}", `{"k":"<\u00e9> \ud83d\udd25 \"q\""}`},
	{`{{ orNull "" }}`, Null{}},
	{`{{ orNull "a" }}`, "a"},
	{`a{{ orNull "" }}b`, "ab"},
	{`{{ mailName "Night watch" }}`, "Night watch"},
	{"{{ mailName `Ops, \"north\" \\ <a@b>` }}", `"Ops, \"north\" \\ <a@b>"`},
	{"{{ mailName \"a\\r\\nBcc: b\" }}", `"aBcc: b"`},
	{`{{ digits "+1 (555) 01" }}`, "155501"},
	{"{{ mailBody `Größe` }}", "R3LDtsOfZQ=="},
	{"{{ mailBody (repeat 60 `x`) }}", strings.Repeat("eHh4", 19) + "\r\neHh4"},
	{`{{ mailHeader "Disk full" }}`, "Disk full"},
	{"{{ mailHeader `Größe` }}", "=?utf-8?b?R3LDtsOfZQ==?="},
	{`{{ mailHeader "a\r\nBcc: b@c.example" }}`, "=?utf-8?b?YQ0KQmNjOiBiQGMuZXhhbXBsZQ==?="},
	{`{{ digest "md5" "a" }}`, "0cc175b9c0f1b6a831c399e269772661"},
	{`{{ sign "sha256" "key" "text" }}`, "6afa9046a9579cad143a384c1b564b9a250d27d6f6a63f9f20bf3a7594c9e2c6"},
	{`{{ base64 "a/b c" }}`, "YS9iIGM="},
	{`{{ signBase64 "sha1" "key" "text" }}`, "Np4pWetJRQM4shJ0j3fY3tdIR7s="},
}

func TestValue(t *testing.T) {
	for _, c := range wireCalls {
		tmpl, err := ParseValue(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got, err := tmpl.Value(sampleView(t))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
}

// A message cannot call what is made for requests.
func TestWireFunctionsAreForRequests(t *testing.T) {
	for _, f := range Wire() {
		if _, err := Parse("{{ " + f.Name + " }}"); err == nil {
			t.Errorf("%s can be called in a message", f.Name)
		}
	}
	tmpl, err := ParseValue("{{ digest `crc` .host }}")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tmpl.Value(sampleView(t)); err == nil {
		t.Error("a hash that there is not makes no error")
	}
}

// TestExecuteLone: the text of a template that has a value is that value's.
func TestExecuteLone(t *testing.T) {
	for src, want := range map[string]string{"{{ .name }}": "tank", "{{ digits .size }}": "42", "{{ .none }}": "", "{{ present .none }}": ""} {
		tmpl, err := ParseValue(src)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tmpl.Execute(map[string]any{"name": "tank", "size": "42 GB"}); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", src, got, err, want)
		}
	}
}
