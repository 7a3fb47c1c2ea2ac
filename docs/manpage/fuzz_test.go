package main

import (
	"strings"
	"testing"
)

// FuzzPage looks for text that becomes a macro of roff.
func FuzzPage(f *testing.F) {
	f.Add("# T\n\ntext `code` **b** [l](#m)\n\n- i\n\n| a | b |\n|---|---|\n| `c` | d |\n\n```\nx\n```\n")
	f.Add("|\n|")
	f.Add("- \n- ")
	f.Fuzz(func(t *testing.T, markdown string) {
		out, err := page(markdown)
		if err != nil {
			return
		}
		for line := range strings.Lines(strings.TrimPrefix(out, head)) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch word {
			case ".SH", ".SS", ".PP", ".IP", ".TP", ".RS", ".EX", ".EE", ".RE":
			default:
				if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
					t.Errorf("%q became the macro %q", markdown, line)
				}
			}
		}
	})
}
