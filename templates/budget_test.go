package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBudgetIsGenerous(t *testing.T) {
	words := strings.Repeat("word ", 2000)
	view := map[string]any{"data": map[string]any{"words": words}}
	for _, test := range []struct{ text, want string }{
		{"{{ range until 1000 }}{{ if eq (mod . 100) 0 }}{{ . }} {{ end }}{{ end }}", "0 100 200 300 400 500 600 700 800 900 "},
		{"{{ len (splitList ` ` (trim .data.words)) }}", "2000"},
		{"{{ range $i, $w := splitList ` ` .data.words }}{{ if eq $i 1999 }}{{ upper $w }}{{ end }}{{ end }}", "WORD"},
		{"{{ range 9999 }}{{ end }}done", "done"},
		{"{{ len (until 10000) }}", "10000"},
		{"{{ len (repeat 65536 `x`) }}", "65536"},
		{"{{ printf `%200d` 1 | len }} {{ indent 200 `x` | len }}", "200 201"},
	} {
		out, err := parsed(t, test.text).Execute(view)
		if err != nil || out != test.want {
			t.Errorf("%s: got %q, %v; want %q", test.text, out, err, test.want)
		}
	}
}

// The same template ends the same way each time, at the same place.
func TestBudgetIsExact(t *testing.T) {
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{"{{ range 100000 }}{{ end }}", true}, // an empty body is one step a pass
		{"{{ range 100001 }}{{ end }}", false},
		{"{{ range 25000 }}{{ if true }}{{ end }}{{ end }}", true}, // the step itself, if, and what it looks at
		{"{{ range 50000 }}{{ if true }}{{ end }}{{ end }}", false},
		{strings.Repeat("x", maxSource), true},
		{"{{ repeat 65537 `x` }}", false},
		{strings.Repeat("x", maxSource-7) + "{{`xx`}}", false}, // 64 KiB and a byte
	} {
		_, err := Parse(test.text)
		if err != nil {
			if test.ok {
				t.Errorf("%.40s: %v", test.text, err)
			}
			continue
		}
		for range 2 {
			if _, err := parsed(t, test.text).Execute(nil); (err == nil) != test.ok {
				t.Errorf("%.40s: error %v", test.text, err)
			}
		}
	}
}

// Once an event's own text may be printed, but not twice.
func TestOutputIsTheEventAndALittleMore(t *testing.T) {
	view := map[string]any{"data": map[string]any{"mail": strings.Repeat("m", 200<<10), "deep": []any{map[string]any{"x": strings.Repeat("d", 100<<10)}}}}
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{"{{ .data.mail }}{{ range .data.deep }}{{ .x }}{{ end }} and more", true},
		{"{{ .data.mail }}{{ repeat 65535 `x` }}", true},
		{"{{ .data.mail }}{{ .data.mail }}", false},
		{"{{ if true }}{{ .data.mail }}{{ .data.mail }}{{ end }}", false},
		{"{{ print .data.mail .data.mail }}", false},
		{"{{ list .data.mail .data.mail }}", false},
		{"{{ toJson (list .data.mail .data.mail) }}", false},
		{"{{ quote .data.mail .data.mail }}", false},
		{"{{ join `` (list .data.mail .data.mail) }}", false},
		{"{{ replace `m` `mm` .data.mail }}", false},
		{"{{ regexReplaceAllLiteral `^m` .data.mail .data.mail }}", false},
		{"{{ printf `%s%s` .data.mail .data.mail }}", false},
		{"{{ indent 200 (replace `m` `\n` .data.mail) }}", false},
	} {
		out, err := parsed(t, test.text).Execute(view)
		if (err == nil) != test.ok {
			t.Errorf("%s: %d bytes, %v", test.text, len(out), err)
		}
		if err != nil && !strings.Contains(err.Error(), "KiB") {
			t.Errorf("%s: error %q names no bound", test.text, err)
		}
	}
}

func TestTidy(t *testing.T) {
	for _, test := range []struct{ text, title, body, value string }{
		{"", "", "", ""},
		{" \n\t\n", "", "", ""},
		{"a", "a", "a", "a"},
		{"\n\n a \n\n\n b\n", "a b", " a\n\n b", "a b"},
		{"a\r\nb\rc", "a b<U+000D>c", "a\nb<U+000D>c", "a b<U+000D>c"},
		{"a\n\nb", "a b", "a\n\nb", "a b"},
	} {
		got := []string{tidyTitle(test.text), tidyBody(test.text), tidyValue(test.text)}
		if diff := cmp.Diff([]string{test.title, test.body, test.value}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}
