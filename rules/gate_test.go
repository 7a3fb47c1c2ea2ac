package rules

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestGate(t *testing.T) {
	deep := func(open, end string, n int) string {
		return "x = " + strings.Repeat(open, n) + "1" + strings.Repeat(end, n) + "\n"
	}
	for name, tt := range map[string]struct{ src, want string }{
		"a usual file":             {"a \"b\" {\n  c = \"d ${e} $${f} \\\" g\" # h (((\n  i = [1, 2]\n}\n", ""},
		"sixty brackets":           {deep("(", ")", 60), ""},
		"many brackets":            {deep("(", ")", 100_000), "nested too deep"},
		"many lists":               {deep("[", "]", 70), "nested too deep"},
		"many blocks":              {strings.Repeat("a {\n", 70) + strings.Repeat("}\n", 70), "nested too deep"},
		"brackets in a template":   {"x = \"${" + strings.Repeat("(", 70) + "1" + strings.Repeat(")", 70) + "}\"\n", "nested too deep"},
		"templates in templates":   {"x = " + strings.Repeat(`"${`, 40) + "1" + strings.Repeat(`}"`, 40) + "\n", "nested too deep"},
		"brackets in a heredoc":    {"x = <<EOT\n${" + strings.Repeat("(", 70) + "}\nEOT\n", "nested too deep"},
		"brackets in quotes":       {`x = "` + strings.Repeat("(", 500) + "\"\n", ""},
		"brackets in comments":     {"# " + strings.Repeat("(", 500) + "\n/* " + strings.Repeat("[", 500) + "\n*/ // " + strings.Repeat("{", 500), ""},
		"brackets in heredoc text": {"x = <<-EOT\n" + strings.Repeat("(\n", 500) + "  EOT\n", ""},
		"an open comment":          {"x = /* " + strings.Repeat("(", 500), "nested too deep"},
		"behind a lost bracket":    {`x = "${(}" ` + strings.Repeat("(", 70) + ` "` + "\n", "nested too deep"},
		"a quote in a comment":     {"# it's \" fine\nx = 1\n", ""},
		"escaped openings":         {`x = "$${ %%{ $$ %% $"` + "\n", ""},
		"two hundred operators":    {"x = 1" + strings.Repeat(" + 1", 200) + "\n", ""},
		"more operators":           {"x = 1" + strings.Repeat(" + 1", 201) + "\n", "expression too long"},
		"unary operators":          {"x = " + strings.Repeat("-", 5000) + "1\n", "expression too long"},
		"ternaries":                {"x = " + strings.Repeat("a ? b : ", 201) + "c\n", "expression too long"},
		"indexes":                  {"x = a" + strings.Repeat("[0]", 201) + "\n", "expression too long"},
		"operators on many lines":  {strings.Repeat("x = 1 + 1\n", 1000), ""},
		"a long list":              {"x = [" + strings.Repeat("-1, ", 1000) + "]\n", ""},
		"a long map":               {"x = {\n" + strings.Repeat("  a = -1\n", 1000) + "}\n", ""},
		"a long for expression":    {"x = {for a in b : a => 1" + strings.Repeat(" +\n1", 300) + "}\n", "expression too long"},
		"control directives":       {"x = <<EOT\n" + strings.Repeat("%{ if true }", 300) + "\nEOT\n", "expression too long"},
		"an open quote":            {"x = \"abc\ny = \"def\"\nz = \"ghi\"\n", "quote left open"},
		"an open quote at the end": {"x = \"abc", "quote left open"},
		"latin-1":                  {"# caf\xe9\n", "not UTF-8"},
		"a quote in a template":    {"x = \"${a(\"b)}\"\n", "quote left open"},
	} {
		got := ""
		if f := gate([]byte(tt.src)); f != nil {
			got = f.summary
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestGatePointsAtTheQuote(t *testing.T) {
	src := "a = 1\nb = \"x ${c} y\nc = 2\n"
	f := gate([]byte(src))
	if f == nil || f.offset != strings.IndexByte(src, '"') {
		t.Errorf("fault %+v, want one at the quote", f)
	}
}

func TestGateIsQuick(t *testing.T) {
	start := time.Now()
	for _, unit := range []string{"(", "\"", "${", "<<A\n", "/*", "a = {\n", "\\", "$", "[for "} {
		gate([]byte(strings.Repeat(unit, (1<<20)/len(unit))))
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

// FuzzGate: what passes the gate does not nest deep in the tokens that HCL's
// parser works on.
func FuzzGate(f *testing.F) {
	for _, seed := range []string{
		`x = "${(}" (( "`, "x = <<EOT\n$${ %{ if a }\n EOT\n", "/* ${ */ \"$$${(\"", "a{b[c(d)]}", "x = \"\\\"${\"${1}\"}\"", "<<-Ü\nÜ\n", "~}${~ a ~}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		const nesting = 3 // that the fuzzer reaches without trying hard
		if !utf8.ValidString(src) || scan([]byte(src), nesting) != nil {
			return
		}
		tokens, _ := hclsyntax.LexConfig([]byte(src), "x", hcl.InitialPos)
		if d := tokenDepth(tokens); d > nesting {
			t.Errorf("passes the gate and nests %d deep: %q", d, src)
		}
	})
}

// tokenDepth measures what the gate estimates.
func tokenDepth(tokens hclsyntax.Tokens) int {
	var open []hclsyntax.TokenType
	deepest := 0
	closes := func(kinds ...hclsyntax.TokenType) {
		for i := len(open) - 1; i >= 0; i-- {
			for _, k := range kinds {
				if open[i] == k {
					open = open[:i]
					return
				}
			}
		}
	}
	for _, tok := range tokens {
		switch tok.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, tok.Type)
			deepest = max(deepest, len(open))
		case hclsyntax.TokenCParen:
			if len(open) > 0 && open[len(open)-1] == hclsyntax.TokenOParen {
				open = open[:len(open)-1]
			}
		case hclsyntax.TokenCBrack:
			if len(open) > 0 && open[len(open)-1] == hclsyntax.TokenOBrack {
				open = open[:len(open)-1]
			}
		case hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
			closes(hclsyntax.TokenOBrace, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl)
		case hclsyntax.TokenCQuote:
			closes(hclsyntax.TokenOQuote)
		case hclsyntax.TokenCHeredoc:
			closes(hclsyntax.TokenOHeredoc)
		}
	}
	return deepest
}
