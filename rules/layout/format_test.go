package layout_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/layout"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", ""},
		{"nothing but lines", "\n\n\n", ""},
		{"aligned", "a{\nb=1\nlong   =  2 # why\n}", "a {\n  b    = 1\n  long = 2 # why\n}\n"},
		{"tabs", "\ta = 1\t\t# x\t\n", "a = 1 # x\n"},
		{"blank lines", "\n\na {\n\n  b = 1\n\n\n\n  c = 2\n\n}\n\n\n\n# about d\nd {}\n\n", "a {\n  b = 1\n\n  c = 2\n}\n\n# about d\nd {}\n"},
		{"lists", "a = [\n\n\"x\",\n\n\n\"y\"\n\n]\n", "a = [\n  \"x\",\n\n  \"y\"\n]\n"},
		{"calls", "a = f(\n\n{\n\nb=1\n},\n\n)\n", "a = f(\n  {\n    b = 1\n  },\n)\n"},
		{"strings", "a = \"x   {\"\n\nb = 1\n", "a = \"x   {\"\n\nb = 1\n"},
		{"lines in a template", "a = \"${\n\n b\n\n}\"\n", "a = \"${\n  b\n}\"\n"},
		{"one line", "a   {b=1}\n", "a { b = 1 }\n"},
		{"a mark of the byte order", "\ufeffa=1\n", "a = 1\n"},

		{"heredoc", "a = <<EOT\n\n\n  x  \n\n}\nEOT\n\n\nb = 1\n", "a = <<EOT\n\n\n  x  \n\n}\nEOT\n\nb = 1\n"},
		{"heredoc at the end", "a=<<EOT\n\n x  \nEOT\n\n\n", "a = <<EOT\n\n x  \nEOT\n"},
		{"indented heredoc", "a {\nb = <<-EOT\n      x \n    y\n   EOT\n}\n", "a {\n  b = <<-EOT\n      x \n    y\n   EOT\n}\n"},
		{"heredoc in a heredoc", "a = <<A\n\n\nx   \n${<<B\ny  \nB\n}\n\n\nz   \nA\n", "a = <<A\n\n\nx   \n${<<B\ny  \nB\n}\n\n\nz   \nA\n"},
		{"two heredocs", "a = [<<A\n{\n\nA\n, <<B\n[\n\nB\n]\n\n\nb = 1\n", "a = [<<A\n{\n\nA\n  , <<B\n[\n\nB\n]\n\nb = 1\n"},

		{"comments", "/* one\n\n\n   two  */\na = 1   \n# ends in {\n\nb = 2\n", "/* one\n\n\n   two  */\na = 1\n# ends in {\n\nb = 2\n"},
		{"a comment with a bracket", "a = 1 # see {\n\nb = 2 // or [\n\nc = 3\n", "a = 1 # see {\n\nb = 2 // or [\n\nc = 3\n"},
		{"a comment behind a bracket", "a { # why\n\n  b = 1\n\n  # last\n\n}\n", "a { # why\n  b = 1\n\n  # last\n}\n"},
		{"a comment that begins with a bracket", "a = 1\n\n# } not the end\nb = 2\n", "a = 1\n\n# } not the end\nb = 2\n"},

		{"windows", "a {\r\nb=1\r\n\r\n\r\n}\r\n", "a {\r\n  b = 1\r\n}\r\n"},
		{"windows with a heredoc", "a = <<A\r\nx \r\n\r\n\r\nA\r\nb=1", "a = <<A\r\nx \r\n\r\n\r\nA\r\nb = 1\r\n"},
		{"both line ends", "a=1\r\nb=2\n", "a = 1\nb = 2\n"},
		{"both line ends and a heredoc", "a = <<A\r\nx\r\ny\nA\n", "a = <<A\nx\r\ny\nA\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := layout.Format([]byte(c.src), "t.hcl")
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again, _ := layout.Format(got, "t.hcl"); !bytes.Equal(again, got) {
				t.Errorf("its layout is another one: %q", again)
			}
		})
	}
}

// TestFormatRefuses: what does not parse stays as it is, and however deep it is,
// it neither ends the process nor takes long.
func TestFormatRefuses(t *testing.T) {
	const deep = 20_000
	for _, c := range []struct{ name, src, want string }{
		{"an open bracket", "a = {", "t.hcl:1"},
		{"an argument twice", "a = 1\na = 2\n", "t.hcl:2,1"},
		{"deep lists", "a = " + strings.Repeat("[", deep) + strings.Repeat("]", deep), "nested too deep"},
		{"deep blocks", strings.Repeat("a {\n", deep) + strings.Repeat("}\n", deep), "nested too deep"},
		{"deep templates", "a = " + strings.Repeat(`"${`, deep) + strings.Repeat(`}"`, deep), "nested too deep"},
		{"many signs", "a = " + strings.Repeat("!", deep) + "true", "expression too long"},
		{"many signs on lines", "a = (" + strings.Repeat("!\n", deep) + "true)", "expression too long"},
		{"many signs on lines of a for", "a = {for x in y : x => " + strings.Repeat("!\n", deep) + "true}", "expression too long"},
		{"many choices", "a = " + strings.Repeat("b ? c : ", deep) + "d", "expression too long"},
		{"many calls", "a = b" + strings.Repeat("[0]", deep), "expression too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, diags := layout.Format([]byte(c.src), "t.hcl")
			if !diags.HasErrors() || !strings.Contains(diags.Error(), c.want) {
				t.Errorf("diagnostics are %v, want some with %q", diags, c.want)
			}
			if string(got) != c.src {
				t.Error("the text changed")
			}
		})
	}
}

// TestFormatTakesMuch: the bounds are of one expression, not of a file.
func TestFormatTakesMuch(t *testing.T) {
	const many = 1000
	for _, src := range []string{
		strings.Repeat("a {} # x\n", many),
		strings.Repeat("a \"x\" {\n  b = -1 # -\n}\n", many),
		"a = [\n" + strings.Repeat("  -1, # -\n", many) + "]\n",
		"a = {\n" + strings.Repeat("  \"${b}\" = !c # x\n", many) + "}\n",
		"a = \"" + strings.Repeat("${b} and ", many/10) + "\"\n",
	} {
		if got, diags := layout.Format([]byte(src), "t.hcl"); len(diags) > 0 || string(got) != src && !strings.Contains(src, "${b}\" =") {
			t.Errorf("%.40q… gives %v and %.80q…", src, diags, got)
		}
	}
}

// placeholder is what init fills in.
var placeholder = regexp.MustCompile(`<< .* >>`)

// TestOurFilesAreCanonical: what is shipped is laid out like what fmt writes.
func TestOurFilesAreCanonical(t *testing.T) {
	for _, pattern := range []string{"../../builtin/*.hcl", "../../examples/*/*.hcl", "../../examples/*/*/*.hcl", "../../cmd/tocsin/starter/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of ours at %s: %v", pattern, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			src = placeholder.ReplaceAll(src, []byte(`"x"`))
			got, diags := layout.Format(src, file)
			if len(diags) > 0 {
				t.Errorf("%s: %v", file, diags)
			}
			if !bytes.Equal(got, src) {
				t.Errorf("%s: (-file +canonical)\n%s", file, cmp.Diff(string(src), string(got)))
			}
		}
	}
}

// TestDamageIsUndone: whatever blanks and blank lines come into a file of ours,
// its layout is the file.
func TestDamageIsUndone(t *testing.T) {
	files, err := filepath.Glob("../../builtin/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for seed, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		damaged := damage(r, src)
		got, diags := layout.Format(damaged, file)
		if diff := cmp.Diff(string(src), string(got)); diff != "" {
			t.Errorf("%s: %v (-file +layout of the damaged one)\n%s", file, diags, diff)
		}
	}
}

// damage changes the blanks around lines that are not in a heredoc, and the
// number of blank lines.
func damage(r *rand.Rand, src []byte) []byte {
	fixed := map[int]bool{}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	begun := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOHeredoc:
			begun = t.Range.Start.Line
		case hclsyntax.TokenCHeredoc:
			for n := begun + 1; n <= t.Range.Start.Line; n++ {
				fixed[n] = true
			}
			fixed[begun] = true // blanks behind the marker would make it another
		}
	}
	blanks := func() string { return strings.Repeat([]string{" ", "\t"}[r.IntN(2)], r.IntN(4)) }
	var out strings.Builder
	for n, line := range strings.Split(strings.TrimSuffix(string(src), "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case fixed[n+1]:
			out.WriteString(line + "\n")
		case trimmed == "":
			for range 1 + r.IntN(3) {
				out.WriteString(blanks() + "\n")
			}
		default:
			if strings.HasPrefix(trimmed, "}") {
				out.WriteString(strings.Repeat("\n", r.IntN(3)))
			}
			out.WriteString(blanks() + trimmed + blanks() + "\n")
			if strings.HasSuffix(trimmed, "{") && !strings.HasPrefix(trimmed, "#") {
				out.WriteString(strings.Repeat(blanks()+"\n", r.IntN(3)))
			}
		}
	}
	return []byte(out.String() + strings.Repeat("\n", r.IntN(3)))
}

// FuzzFormat: the layout of a layout is itself, and a file says the same.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{
		"a{\nb=1\n}", "a = <<-EOT\n  x\n\n  EOT\nb = 1", "/* {\n */ a = [ 1,\n\n2 ]", "x \"y\" { z = \"${a}  {\" }\r\n",
		"a = <<A\n\nx   \n${<<B\ny  \nB\n}\n\n\nA\n", "a = { # {\n\nb = 1\n\n}\n", "a = b ? f([for x in y : x\n\n]) : -1 // ]\n\n",
		"a = <<A\n%{ if b ~}\n x \n%{ endif }\nA\r\n", "\ufeffa = (\n\n1 + 2)\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		once, diags := layout.Format(src, "t.hcl")
		if diags.HasErrors() {
			return
		}
		twice, _ := layout.Format(once, "t.hcl")
		if !bytes.Equal(once, twice) {
			t.Errorf("%q becomes %q, which becomes %q", src, once, twice)
		}
		if diff := cmp.Diff(words(src), words(once)); diff != "" {
			t.Errorf("%q says something else as %q:\n%s", src, once, diff)
		}
		if _, diags := hclsyntax.ParseConfig(once, "t.hcl", hcl.InitialPos); diags.HasErrors() {
			t.Errorf("%q becomes %q, which does not parse: %v", src, once, diags)
		}
	})
}

// words are the tokens of a file without its line ends. Every byte of texts
// counts; comments may lose the blanks at their end.
func words(src []byte) []string {
	tokens, _ := hclsyntax.LexConfig(bytes.TrimPrefix(src, []byte("\ufeff")), "", hcl.InitialPos)
	var list []string
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		case hclsyntax.TokenComment, hclsyntax.TokenOHeredoc:
			list = append(list, string(bytes.TrimRight(t.Bytes, " \t\r\n")))
		default:
			list = append(list, string(t.Bytes))
		}
	}
	return list
}
