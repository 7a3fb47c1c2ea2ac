package layout_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/layout"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", ""},
		{"aligned", "a{\nb=1\nlong   =  2 # why\n}", "a {\n  b    = 1\n  long = 2 # why\n}\n"},
		{"blank lines", "\n\na {\n\n  b = 1\n\n\n\n  c = 2\n\n}\n\n\n\n# about d\nd {}\n\n", "a {\n  b = 1\n\n  c = 2\n}\n\n# about d\nd {}\n"},
		{"lists", "a = [\n\n\"x\",\n\n\n\"y\"\n\n]\n", "a = [\n  \"x\",\n\n  \"y\"\n]\n"},
		{"heredoc", "a = <<EOT\n\n\n  x  \n\n}\nEOT\n\n\nb = 1\n", "a = <<EOT\n\n\n  x  \n\n}\nEOT\n\nb = 1\n"},
		{"comments", "/* one\n\n\n   two  */\na = 1   \n# ends in {\n\nb = 2\n", "/* one\n\n\n   two  */\na = 1\n# ends in {\n\nb = 2\n"},
		{"windows", "a {\r\nb=1\r\n\r\n\r\n}\r\n", "a {\r\n  b = 1\r\n}\r\n"},
		{"strings", "a = \"x   {\"\n\nb = 1\n", "a = \"x   {\"\n\nb = 1\n"},
	} {
		got, diags := layout.Format([]byte(c.src), "t.hcl")
		if len(diags) > 0 {
			t.Errorf("%s: %v", c.name, diags)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if _, diags := layout.Format([]byte("a = {"), "t.hcl"); !diags.HasErrors() {
		t.Error("a file that does not parse has no diagnostics")
	}
}

// TestOurFilesAreCanonical: what is shipped is laid out like what fmt writes.
func TestOurFilesAreCanonical(t *testing.T) {
	for _, pattern := range []string{"../../builtin/*.hcl", "../../examples/*/*.hcl", "../../examples/*/*/*.hcl", "../../cmd/tocsin/starter/*.hcl"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := layout.Format(src, file); !bytes.Equal(got, src) {
				t.Errorf("%s: (-file +canonical)\n%s", file, cmp.Diff(string(src), string(got)))
			}
		}
	}
}

// FuzzFormat: the layout of a layout is itself, and a file says the same.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"a{\nb=1\n}", "a = <<-EOT\n  x\n\n  EOT\nb = 1", "/* {\n */ a = [ 1,\n\n2 ]", "x \"y\" { z = \"${a}  {\" }\r\n"} {
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
	})
}

// words are the tokens of a file without its line ends.
func words(src []byte) []string {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	var list []string
	for _, t := range tokens {
		if t.Type != hclsyntax.TokenNewline && t.Type != hclsyntax.TokenEOF {
			list = append(list, string(bytes.TrimRight(bytes.ReplaceAll(t.Bytes, []byte("\r\n"), []byte("\n")), " \t\r\n")))
		}
	}
	return list
}
