package templates

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/google/go-cmp/cmp"
)

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		line, column int
		summary      string
		remedy       string // part of the detail
	}{
		{"unclosed action", "a\n b {{ .host ", 2, 4, "unclosed action", "}}"},
		{"unclosed action before another", "{{ .host } {{ .id }}", 1, 0, "malformed template", "quotes"},
		{"unclosed quote", "x {{ print \"a\n\" }}", 1, 12, "unclosed quote", "back-quotes"},
		{"unclosed back-quote", "{{ print `a }}", 1, 10, "unclosed quote", "close the text with `"},
		{"unclosed comment", "{{ .a }}{{/* never", 1, 9, "unclosed comment", "*/}}"},
		{"comment with more", "{{/* a */ .host }}", 1, 1, "unclosed comment", "at once"},
		{"comment before a blank", "{{/* a */ }}", 1, 1, "unclosed comment", "at once"},
		{"missing end", "{{ if .a }}\n{{ range .b }}\nx{{ end }}", 1, 1, "missing end", "this if"},
		{"end too many", "{{ if .a }}{{ end }}\n {{ end }}", 2, 2, "unexpected end", "remove it"},
		{"else alone", "{{ else }}", 1, 1, "unexpected else", "between"},
		{"parenthesis too few", "{{ upper (print .a }}", 1, 1, "unbalanced parentheses", "no )"},
		{"parenthesis too many", "{{ upper .a) }}", 1, 12, "unbalanced parentheses", "no ("},
		{"define", "x{{- define `a` }}{{ end }}", 1, 2, "no named templates", "local"},
		{"template", "{{template `a`}}", 1, 1, "no named templates", "local"},
		{"block", "{{ block `a` . }}{{ end }}", 1, 1, "no named templates", "local"},
		{"typo in a function", "é {{ .data.size | uper }}", 1, 20, "unknown function", "did you mean upper?"},
		{"far from any function", "{{ quixotic .a }}", 1, 4, "unknown function", "begin with a dot"},
		{"field without its dot", "{{ severity }}", 1, 4, "unknown function", "write .severity"},
		{"environment", "{{ env `TOKEN` }}", 1, 4, "unknown function", "local"},
		{"clock", "{{ now | date `2006` }}", 1, 4, "unknown function", ".time"},
		{"must", "{{ mustToJson . }}", 1, 4, "unknown function", "without must"},
		{"too few arguments", "{{ trunc 5 }}", 1, 4, "wrong number of arguments", "write trunc N TEXT"},
		{"too many arguments", "{{ .a | upper .b }}", 1, 9, "wrong number of arguments", "upper got 2"},
		{"argument to a field", "{{ .data.vmid 3 }}", 1, 0, "not a function", ".data.vmid takes no arguments"},
		{"field behind a bar", "{{ .host | .data }}", 1, 12, "not a function", "upper"},
		{"method", "{{ .time.Format `2006` }}", 1, 0, "not a function", "takes no arguments"},
		{"nil", "{{ nil }}", 1, 4, "nothing to print", "remove it"},
		{"dollar set", "{{ $ := 1 }}", 1, 4, "$ is taken", "$x"},
		{"dollar assigned", "{{ $ = 1 }}", 1, 4, "$ is taken", "$x"},
		{"dollar of a range", "{{ range $, $x := .data }}{{ end }}", 1, 10, "$ is taken", "$x"},
		{"variable unknown", "{{ $x }}", 1, 0, "malformed template", "give it a value first"},
		{"empty action", "\n{{ }}", 2, 0, "malformed template", "name a field"},
		{"backslash", "{{ default \\\"x\\\" .a }}", 1, 0, "unclosed quote", "close"},
		{"break outside", "{{ break }}", 1, 0, "malformed template", "between {{ range }}"},
		{"operators", "{{ .a + 1 }}", 1, 0, "malformed template", "add 1 2"},
		{"complex number", "{{ print 2i }}", 1, 10, "no number for templates", "imaginary"},
		{"large number", "{{ print 99999999999999999999 }}", 1, 0, "malformed template", "63 bits"},
		{"number of 64 bits", "{{ print 9223372036854775808 }}", 1, 10, "no number for templates", "63 bits"},
		{"imaginary zero", "{{ print 0i }}", 1, 10, "no number for templates", "imaginary"},
		{"bad pattern", "{{ regexMatch `a(` .a }}", 1, 15, "invalid argument", "regular expression"},
		{"long pattern", "{{ regexMatch `" + strings.Repeat("a", 1001) + "` .a }}", 1, 15, "invalid argument", "1000 bytes"},
		{"many patterns", manyPatterns(51), 1, 0, "invalid argument", "at most 50"},
		{"bad format", "{{ .a | printf `%5z` }}", 1, 16, "invalid argument", "%5z"},
		{"width from a value", "{{ printf `%*d` 5 .a }}", 1, 11, "invalid argument", "no verb"},
		{"wide format", "{{ printf `%9999d` .a }}", 1, 11, "invalid argument", "at most 200"},
		{"unfinished format", "{{ printf `50%` }}", 1, 11, "invalid argument", "%%"},
		{"zone unknown", "{{ dateInZone `15:04` .time `Europe/Madird` }}", 1, 29, "invalid argument", "Europe/Madrid"},
		{"zone of the machine", "{{ dateInZone `15:04` .time `Local` }}", 1, 29, "invalid argument", "no time zone"},
		{"zone from the event", "{{ dateInZone `15:04` .time .data.zone }}", 1, 0, "invalid argument", "written out"},
		{"long source", strings.Repeat("a", maxSource+1), 1, maxSource + 1, "template too long", "64 KiB"},
		{"deep parentheses", "{{ " + strings.Repeat("(", 50_000) + " }}", 1, 104, "nesting too deep", "variable"},
		{"deep blocks", strings.Repeat("{{if 1}}", 8000), 1, 801, "nesting too deep", "100"},
		{"deep else if", "{{if 1}}" + strings.Repeat("{{else if 1}}", 3000), 1, 1296, "nesting too deep", "100"},
		{"many variables", variables(101), 1, 0, "too many variables", "at most 100"},
		{"many arguments", "{{ list" + strings.Repeat(" 1", 201) + " }}", 1, 4, "wrong number of arguments", "list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.text)
			var parseErr *ParseError
			if !errors.As(err, &parseErr) {
				t.Fatalf("error %v of type %T", err, err)
			}
			if parseErr.Line != test.line || test.column > 0 && parseErr.Column != test.column {
				t.Errorf("at %d:%d, want %d:%d", parseErr.Line, parseErr.Column, test.line, test.column)
			}
			if parseErr.Summary != test.summary || !strings.Contains(parseErr.Detail, test.remedy) {
				t.Errorf("got %v; want %q with %q", parseErr, test.summary, test.remedy)
			}
			if strings.Contains(parseErr.Detail, "template: "+treeName) {
				t.Errorf("%q shows the inside of the parser", parseErr.Detail)
			}
		})
	}
}

func manyPatterns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{{ regexMatch `a{%d}` .a }}", i)
	}
	return b.String()
}

func TestParseAccepts(t *testing.T) {
	for _, text := range []string{
		"",
		"plain",
		"{ { }} }",
		"{{`{{`}} and }}",
		"{{- .host -}}",
		"{{/* a comment with {{ and ( */}}",
		"{{- /* trimmed */ -}} x",
		"{{/*/ a slash */}}",
		"{{ print \"}} ( \\\" \" '}' `}}` }}",
		"{{ if .a }}a{{ else if .b }}b{{ else }}c{{ end }}",
		"{{ with .a }}{{ . }}{{ else with .b }}{{ . }}{{ end }}",
		"{{ range $k, $v := .data }}{{ if $v }}{{ break }}{{ else }}{{ continue }}{{ end }}{{ else }}none{{ end }}",
		"{{ $x := (($.data).vmid) }}{{ $x = 'a' }}{{ $x }}",
		"{{ join `, ` list }}",
		"{{ (dict `a` 1).a }}",
		strings.Repeat("{{if 1}}", maxDepth) + strings.Repeat("{{end}}", maxDepth),
		"{{ " + strings.Repeat("(", maxDepth) + ".a" + strings.Repeat(")", maxDepth) + " }}",
		strings.Repeat("a", maxSource),
		variables(maxVariables),
		manyPatterns(50) + manyPatterns(50),
	} {
		if _, err := Parse(text); err != nil {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

func TestRefs(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string // "path@text at the offset", up to its end
	}{
		{"plain", nil},
		{"{{ .title }} {{ .data.vmid }}", []string{"title@.title", "data.vmid@.data.vmid"}},
		{"é {{ .data.a.b.c | default $.data.d }}", []string{"data.a.b.c@.data.a.b.c", "data.d@.data.d"}},
		{"{{ upper (print .host .data.x) }}", []string{"host@.host", "data.x@.data.x"}},
		{"{{ if eq .type `x` }}{{ .id }}{{ else }}{{ .cluster }}{{ end }}", []string{"type@.type", "id@.id", "cluster@.cluster"}},
		{"{{ with .guest }}{{ .name }}{{ else }}{{ .host }}{{ end }}", []string{"guest@.guest", "guest.name@.name", "host@.host"}},
		{"{{ with .data }}{{ with .a }}{{ .b }}{{ end }}{{ . }}{{ end }}", []string{"data@.data", "data.a@.a", "data.a.b@.b"}},
		{"{{ with . }}{{ .host }}{{ end }}{{ with $ }}{{ .id }}{{ end }}", []string{"host@.host", "id@.id"}},
		{"{{ with upper .a }}{{ .b }}{{ $.c }}{{ end }}", []string{"a@.a", "c@.c"}},
		{"{{ range .samples }}{{ .data.x }}{{ $.count }}{{ else }}{{ .host }}{{ end }}", []string{"samples@.samples", "count@.count", "host@.host"}},
		{"{{ range $k, $v := .data }}{{ $v.x }}{{ end }}", []string{"data@.data"}},
		{"{{ $x := .data }}{{ $x.vmid }}{{ (.guest).name }}", []string{"data@.data", "guest@.guest"}},
		{"{{ .data.a.a }}{{ .a.a }}", []string{"data.a.a@.data.a.a", "a.a@.a.a"}},
		{"{{ . }}{{ $ }}", nil},
	} {
		var got []string
		for _, ref := range parsed(t, test.text).Refs() {
			rest := test.text[ref.Offset:]
			got = append(got, strings.Join(ref.Path, ".")+"@"+rest[:strings.IndexFunc(rest+" ", func(r rune) bool { return r == ' ' || r == '}' || r == ')' })])
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

// FuzzParse holds Parse to its word: no panic, an error that names a place and a
// remedy, and no fault in the structure seen where the parser sees none.
func FuzzParse(f *testing.F) {
	for _, test := range calls {
		f.Add("{{ " + test.text + " }}")
	}
	for _, test := range hostile {
		if len(test.text) < 1000 {
			f.Add(test.text)
		}
	}
	for _, text := range []string{"{{/*", "{{- /* a */ -}}", "{{\"\\", "{{'", "{{ if }}{{ else if }}", "{{end", "{{ .a -}} b", "{{ $.a.b }}", "a{{", "{{}}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := Parse(text)
		if err == nil {
			for _, ref := range tmpl.Refs() {
				if len(ref.Path) == 0 || !strings.HasPrefix(text[ref.Offset:], "."+ref.Path[len(ref.Path)-1]) && !strings.HasPrefix(text[ref.Offset:], ".") {
					t.Errorf("reference %v is not at %d of %q", ref.Path, ref.Offset, text)
				}
			}
			return
		}
		var parseErr *ParseError
		if !errors.As(err, &parseErr) {
			t.Fatalf("error %v of type %T", err, err)
		}
		if parseErr.Line < 1 || parseErr.Line > 1+strings.Count(text, "\n") || parseErr.Column < 0 || parseErr.Summary == "" || parseErr.Detail == "" {
			t.Errorf("%q: %+v", text, parseErr)
		}
		switch parseErr.Summary {
		case "missing end", "unexpected end", "unexpected else", "unclosed action", "unclosed quote", "unclosed comment", "unbalanced parentheses":
			tree := parse.New(treeName)
			tree.Mode = parse.SkipFuncCheck
			if _, err := tree.Parse(text, "", "", map[string]*parse.Tree{}); err == nil {
				t.Errorf("%q is sound, but: %v", text, parseErr)
			}
		}
	})
}
