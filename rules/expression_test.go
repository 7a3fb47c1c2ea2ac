package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules"
)

// TestExpressions: what values can be written as.
func TestExpressions(t *testing.T) {
	for expr, want := range map[string]any{
		`"a ${"b"} c"`:                                 "a b c",
		`upper("x")`:                                   "X",
		`join("-", sort(["b", "a"]))`:                  "a-b",
		`env("BELL")`:                                  "from-env",
		`file("texts/hello.txt")`:                      "hello\nfarm\n",
		`trimspace(file("texts/hello.txt"))`:           "hello\nfarm",
		`formatdate("YYYY", "2026-01-02T03:04:05Z")`:   "2026",
		`timeadd("2026-01-02T03:04:05Z", "1h")`:        "2026-01-02T04:04:05Z",
		`format("%03d", 7)`:                            "007",
		`true ? 1 : 2`:                                 1.0,
		`[for x in ["a", "b"] : upper(x) if x != "a"]`: []any{"B"},
		`{ a = 1, b = [true, null] }`:                  map[string]any{"a": 1.0, "b": []any{true, nil}},
		`merge({ a = 1 }, { a = 2 }).a`:                2.0,
		`local.base.list[1]`:                           "two",
		`"${local.base.name}!"`:                        "base!",
		`length(local.base.list)`:                      2.0,
		`null`:                                         nil,
	} {
		c := loadOn(t, "locals {\n  base = { name = \"base\", list = [\"one\", \"two\"] }\n  x = "+expr+"\n}\n")
		if diff := cmp.Diff(want, c.Templates.Local["x"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", expr, diff)
		}
	}
}

// TestFilePaths: file() is relative to the file that calls it.
func TestFilePaths(t *testing.T) {
	in := testInput(t, map[string]string{
		"a.hcl": "tocsin {\n  enabled = true\n}\n", "conf.d/deep/x.hcl": "locals {\n  up = file(\"../../texts/hello.txt\")\n}\n",
		"texts/y.hcl": "locals {\n  beside = file(\"hello.txt\")\n}\n",
	})
	c, diags := rules.Load(in)
	if c == nil {
		t.Fatal(diags)
	}
	if diff := cmp.Diff(map[string]any{"up": "hello\nfarm\n", "beside": "hello\nfarm\n"}, c.Templates.Local); diff != "" {
		t.Errorf("locals (-want +got):\n%s", diff)
	}
}

// TestHeredoc: the last newline belongs to no value, and line ends are those
// of Unix.
func TestHeredoc(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"plain":     {"<<EOT\none\n  two\nEOT", "one\n  two"},
		"flush":     {"<<-EOT\n    one\n      two\n\n    three\n  EOT", "one\n  two\n\nthree"},
		"crlf":      {"<<EOT\r\none\r\ntwo\r\nEOT", "one\ntwo"},
		"empty":     {"<<EOT\nEOT", ""},
		"escapes":   {"<<EOT\n$${a} %%{b} \\n\nEOT", "${a} %{b} \\n"},
		"templated": {"<<EOT\n${\"x\"}\ny\nEOT", "x\ny"},
	} {
		c := load(t, map[string]string{"a.hcl": "tocsin {\n  enabled      = true\n  display_name = " + tt.text + "\n}\n"})
		if got := c.Settings.Tocsin.DisplayName; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestLongChain: locals may build on each other as deep as they like.
func TestLongChain(t *testing.T) {
	var s strings.Builder
	s.WriteString("locals {\n  a0 = \"x\"\n")
	for i := range 5000 {
		fmt.Fprintf(&s, "  a%d = local.a%d\n", i+1, i)
	}
	s.WriteString("}\n")
	if got := loadOn(t, s.String()).Templates.Local["a5000"]; got != "x" {
		t.Errorf("a5000 = %v", got)
	}
}

// TestGrowth: locals that double each other end in an error, not in memory.
func TestGrowth(t *testing.T) {
	var s strings.Builder
	s.WriteString("locals {\n  a0 = \"xxxxxxxx\"\n")
	for i := range 60 {
		fmt.Fprintf(&s, "  a%d = \"${local.a%[2]d}${local.a%[2]d}\"\n", i+1, i)
	}
	s.WriteString("}\n")
	_, diags := rules.Load(testInput(t, map[string]string{"x.hcl": s.String()}))
	if !diags.HasErrors() {
		t.Error("sixty doublings are fine")
	}
	count := 0
	for _, d := range diags {
		if d.Summary == "local too large" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("one cause gave %d errors", count)
	}
}

// TestSecretAsWritten: HCL would change the letters of a password.
func TestSecretAsWritten(t *testing.T) {
	in := testInput(t, map[string]string{"a.hcl": "tocsin {\n  enabled = true\n}\nchannel \"bell\" \"x\" {\n  token = secret(\"odd\")\n}\n"})
	odd := "u\u0308ber" // a letter and the dots that join it
	in.Secret = func(string) (string, error) { return odd, nil }
	c, diags := rules.Load(in)
	if c == nil {
		t.Fatal(diags)
	}
	if got := c.Channels["x"].Values.Secret("token").Reveal(); got != odd {
		t.Errorf("the secret became %q", got)
	}
}

// TestBounded: no function makes something large out of something small.
func TestBounded(t *testing.T) {
	nested := func(open, end string, n int) string {
		return strings.Repeat(open, n) + `"aaaa\""` + strings.Repeat(end, n)
	}
	for _, expr := range []string{
		nested("replace(", `, "a", "aaaaaaaaaa")`, 50),
		nested("regexreplace(", `, "a", "aaaaaaaaaa")`, 50),
		nested("jsonencode(", ")", 60),
		`join(file("big"), range(1000))`,
		`format("%5000d", 1)`,
		`formatlist("%.9999f", [1, 2])`,
		`[for i in range(800) : range(700)]`,
	} {
		in := testInput(t, map[string]string{"a.hcl": "locals {\n  x = " + expr + "\n}\n"})
		in.ReadFile = func(string) ([]byte, error) { return []byte(strings.Repeat("x", 1<<20)), nil }
		if _, diags := rules.Load(in); !diags.HasErrors() {
			t.Errorf("%.60s… loads", expr)
		}
	}
}
