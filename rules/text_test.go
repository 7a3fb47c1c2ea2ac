package rules

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// TestTextPlaces: every word of a text is found again in the source, through
// escapes, indentation and line ends.
func TestTextPlaces(t *testing.T) {
	for name, tt := range map[string]struct{ src, value string }{
		"plain":         {`x = "one two"`, "one two"},
		"escapes":       {`x = "\t\"one\" \\ two \u00e4 three \U0001F410 four"`, "\t\"one\" \\ two ä three 🐐 four"},
		"dollars":       {`x = "$${one} $ %%{two} % three"`, "${one} $ %{two} % three"},
		"heredoc":       {"x = <<EOT\none\n  two\nEOT\n", "one\n  two"},
		"flush heredoc": {"x = <<-EOT\n      one\n        two ü\n\n      three $${four} five\n    EOT\n", "one\n  two ü\n\nthree ${four} five"},
		"tabs":          {"x = <<-EOT\n\t\tone\n\t\t\ttwo\n\tEOT\n", "one\n\ttwo"},
		"crlf":          {"x = <<EOT\r\none\r\ntwo\r\nEOT\r\n", "one\ntwo"},
		"empty":         {`x = ""`, ""},
		"not composed":  {"x = \"u\u0308ber two\"", "u\u0308ber two"},
	} {
		f := parse("x.hcl", false, []byte(tt.src))
		if len(f.stray) != 1 {
			t.Fatalf("%s does not parse: %v", name, f.faults)
		}
		text, ok := f.literalText(f.stray[0].expr)
		if !ok || text.value != tt.value {
			t.Errorf("%s: %q, want %q", name, text.value, tt.value)
			continue
		}
		for _, word := range []string{"one", "two", "three", "four", "five", "ber"} {
			at := strings.Index(text.value, word)
			if at < 0 {
				continue
			}
			r := text.between(at, at+len(word))
			if got := string(f.src[r.Start.Byte:r.End.Byte]); got != word {
				t.Errorf("%s: %q is found at %q", name, word, got)
			}
			line := strings.Split(tt.src, "\n")[r.Start.Line-1]
			if !strings.Contains(line, word) {
				t.Errorf("%s: %q is found on the line %q", name, word, line)
			}
		}
	}
}

// FuzzText: whatever literal HCL reads, we read the same, and every place is
// inside of it.
func FuzzText(f *testing.F) {
	for _, seed := range []string{`"a\tb\u00e4"`, "<<EOT\n a\n\tb\nEOT", "<<-EOT\n  a\n   $${b}\n\n c\n  EOT", "<<-X\r\n \u2003a\r\n b\r\nX", `"$${$$"`, `"a\r\nb"`, `"\U0001F410%%{"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, literal string) {
		src := "x = " + literal + "\n"
		if !utf8.ValidString(src) || len(src) > 500 {
			return
		}
		file := parse("x.hcl", false, []byte(src))
		if len(file.faults) > 0 || len(file.stray) != 1 {
			return
		}
		text, ok := file.literalText(file.stray[0].expr)
		if !ok {
			return
		}
		v, diags := file.stray[0].expr.(*hclsyntax.TemplateExpr).Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		want := v.AsString()
		if file.isHeredoc(file.stray[0].expr) {
			want = strings.TrimSuffix(newlines(want), "\n")
		}
		if norm.NFC.String(text.value) != want {
			t.Errorf("%q reads as %q, HCL reads %q", literal, text.value, want)
		}
		// HCL takes a blank and a joiner behind it for one character of
		// indentation; then the whole text has one place.
		joined := strings.ContainsFunc(src, func(r rune) bool { return r > 0x7f && !unicode.IsLetter(r) })
		if len(text.runs) == 0 && want != "" && !joined {
			t.Errorf("%q has no places", literal)
		}
		for i := range text.value {
			if r := text.between(i, i+1); r.Start.Byte < text.whole.Start.Byte || r.End.Byte > text.whole.End.Byte {
				t.Errorf("%q: byte %d is at %v, outside of %v", literal, i, r, text.whole)
			}
		}
	})
}

// TestWrittenLineEnd: protocols ask for line ends of their own, which a quoted
// text writes out.
func TestWrittenLineEnd(t *testing.T) {
	file := parse("x.hcl", false, []byte(`x = "a\r\nb"`+"\n"))
	text, ok := file.literalText(file.stray[0].expr)
	if !ok || text.value != "a\r\nb" {
		t.Errorf("got %q", text.value)
	}
}
