package edit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/edit"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]edit.Address{
		"channel.telegram.phone.chat_id":   {{Name: "channel"}, {Name: "telegram"}, {Name: "phone"}, {Name: "chat_id"}},
		`rule["a b"].channels[0]`:          {{Name: "rule"}, {Name: "a b"}, {Name: "channels"}, {Index: 0, At: true}},
		`rule."a b"`:                       {{Name: "rule"}, {Name: "a b"}},
		`channel.log.träger-1@x`:           {{Name: "channel"}, {Name: "log"}, {Name: "träger-1@x"}},
		`rule["say \"x\" \\ y"].when`:      {{Name: "rule"}, {Name: `say "x" \ y`}, {Name: "when"}},
		`channel["log"]["a.b"].toggles.x`:  {{Name: "channel"}, {Name: "log"}, {Name: "a.b"}, {Name: "toggles"}, {Name: "x"}},
		`test.t.send[12]["data"].source.1`: {{Name: "test"}, {Name: "t"}, {Name: "send"}, {Index: 12, At: true}, {Name: "data"}, {Name: "source"}, {Name: "1"}},
	} {
		got, err := edit.ParseAddress(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"":                       "the path is empty",
		"a..b":                   `a name is missing behind "a."`,
		"a.":                     `a name is missing behind "a."`,
		".a":                     "a name is missing",
		"a b":                    `a "." or "[" is missing before " b"`,
		"a[b]":                   "brackets hold a number or a quoted name",
		"a[-1]":                  "brackets hold a number or a quoted name",
		"a[99999999999]":         "brackets hold a number or a quoted name",
		`a["b`:                   "a quote is left open",
		`a["b"`:                  "a ] is missing",
		`a["b\q"]`:               "is no quoted name",
		"a\xff":                  "not UTF-8",
		strings.Repeat("a.", 99): "more than 32 steps",
		strings.Repeat("a", 5e3): "longer than 4096 bytes",
	} {
		if got, err := edit.ParseAddress(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, %v, want an error with %q", text, got, err, want)
		}
	}
}

// FuzzAddress: what is read is written so that it reads the same.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"a.b[0]", `a["b c"]`, `"a".b`, `a["\u00e4\x41"]`, "a.1.2", `a[""]`, "a[0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := edit.ParseAddress(text)
		if err != nil {
			return
		}
		again, err := edit.ParseAddress(a.String())
		if err != nil || !slices.Equal(a, again) {
			t.Errorf("%q is %v, written %q, read %v, %v", text, a, a.String(), again, err)
		}
	})
}

// FuzzEdit: whatever a file looks like, an edit of it is refused or leaves one
// that parses.
func FuzzEdit(f *testing.F) {
	f.Add("toggles {\n  a = 1 # x\n}\n", "toggles.b", "[1, 2]", byte(0))
	f.Add("rule \"a\" { events = [\"x\", # y\n \"z\"] }", "rule.a.events[1]", "{ a = <<X\nx\nX\n}", byte(1))
	f.Add("channel \"log\" \"c\" {\r\n  digest {}\r\n}", "channel.c.digest.at", "\"09:00\"", byte(2))
	f.Add("rule \"a\" {}\n/* x */ rule \"b\" {}", "rule.a", "rule.b", byte(5))
	f.Add("\ufefflocals { a = {\n b : 1, c = [] }\n}", "locals.a.c", "2", byte(3))
	ops := []edit.Op{edit.Set, edit.Unset, edit.Add, edit.Remove, edit.Rename, edit.Move}
	f.Fuzz(func(t *testing.T, src, path, value string, op byte) {
		e := edit.Edit{Op: ops[int(op)%len(ops)], Path: path}
		switch e.Op {
		case edit.Rename:
			e.To = value
		case edit.Move:
			e.Before = value
		default:
			e.Word = value
		}
		tree := edit.Tree{Files: map[string][]byte{"a.hcl": []byte(src)}, Edits: "a.hcl", Pack: map[string][]byte{"p.hcl": []byte(pack)}}
		r, err := edit.Apply(tree, e)
		if err != nil {
			if strings.Contains(err.Error(), "beyond what tocsin can edit") || strings.Contains(err.Error(), "by hand") {
				t.Errorf("%q, %+v, value %q: %v", src, e, value, err)
			}
			return
		}
		for _, out := range r.Changed {
			if _, diags := hclsyntax.ParseConfig(out, "", hcl.InitialPos); diags.HasErrors() {
				t.Errorf("%q, %+v: %v\n%q", src, e, diags, out)
			}
		}
	})
}
