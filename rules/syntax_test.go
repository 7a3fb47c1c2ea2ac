package rules_test

import (
	"bytes"
	"strings"
	"testing"

	"tocsin/channels"
	"tocsin/rules"
	"tocsin/rules/diag"
)

// TestSyntax: of one file, all that does not parse, and nothing else.
func TestSyntax(t *testing.T) {
	kinds := []channels.Kind{{Name: "pager", Fields: []channels.Field{{Name: "pin", Type: channels.Secret}}}}
	for _, c := range []struct {
		name, src string
		want      []string // codes and lines
	}{
		{"nothing", "", nil},
		{"what means nothing", "nonsense \"x\" {\n  a = b.c\n}\n", nil},
		{"two faults", "rule \"a\" {\n  when = \n}\nrule \"b\" {\n  drop = ]\n}\n", []string{"C101 2", "C101 5"}},
		{"a depth", "locals {\n  a = " + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "\n}\n", []string{"C102 2"}},
		{"no text", "a = \"\xff\"\n", []string{"C101 1"}},
		{"a secret", "channel \"pager\" \"a\" {\n  pin = \"hunter2\n}\n", []string{"C101 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			diags := rules.Syntax("f.hcl", []byte(c.src), kinds)
			var got []string
			for _, d := range diags {
				got = append(got, diag.ExtraOf(d).Code+" "+string('0'+rune(d.Subject.Start.Line)))
			}
			if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("got %q, want %q", got, c.want)
			}
			var b bytes.Buffer
			if err := (&diag.Printer{Sources: map[string][]byte{"f.hcl": []byte(c.src)}}).Print(&b, diags); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "hunter2") {
				t.Errorf("a secret is shown:\n%s", b.String())
			}
		})
	}
}
