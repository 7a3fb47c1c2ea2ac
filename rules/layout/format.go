package layout

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// settles is how many passes a layout takes at most.
const settles = 5

// Format returns a file in its canonical layout. A file that does not parse is
// returned as it is, with what is wrong with it.
func Format(src []byte, name string) ([]byte, hcl.Diagnostics) {
	if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
		return src, diags
	}
	windows := bytes.Contains(src, []byte("\r\n")) && bytes.Count(src, []byte("\r\n")) == bytes.Count(src, []byte("\n"))
	text := src
	if windows {
		text = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	out := text
	for range settles { // the first pass may make room for what the second does
		next := tidy(hclwrite.Format(out))
		if bytes.Equal(next, out) {
			break
		}
		out = next
	}
	if _, diags := hclsyntax.ParseConfig(out, name, hcl.InitialPos); diags.HasErrors() {
		return src, nil // better no layout than a broken file
	}
	if windows {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	return out, nil
}

// tidy takes away blanks at the ends of lines and blank lines that separate
// nothing, but for what stands in heredocs.
func tidy(src []byte) []byte {
	var out bytes.Buffer
	kept := keptLines(src)
	blank := 0
	opened := true // at the beginning of the file, as behind a brace
	for n, line := range bytes.Split(bytes.TrimRight(src, "\n"), []byte("\n")) {
		if !kept[n+1] {
			line = bytes.TrimRight(line, " \t\r")
		}
		if len(line) == 0 && !kept[n+1] {
			blank++
			continue
		}
		if blank > 0 && !opened && !closes(line) {
			out.WriteByte('\n')
		}
		blank = 0
		out.Write(line)
		out.WriteByte('\n')
		opened = opens(line) && !kept[n+1]
	}
	return out.Bytes()
}

// opens and closes report whether a line ends in an opening bracket, or begins
// with a closing one.
func opens(line []byte) bool {
	return len(line) > 0 && bytes.IndexByte([]byte("{[("), line[len(line)-1]) >= 0 && !isComment(line)
}

func closes(line []byte) bool {
	trimmed := bytes.TrimLeft(line, " \t")
	return len(trimmed) > 0 && bytes.IndexByte([]byte("}])"), trimmed[0]) >= 0
}

func isComment(line []byte) bool {
	trimmed := bytes.TrimLeft(line, " \t")
	return bytes.HasPrefix(trimmed, []byte("#")) || bytes.HasPrefix(trimmed, []byte("//")) || bytes.HasPrefix(trimmed, []byte("/*"))
}

// keptLines returns the numbers of the lines that belong to heredocs and to
// comments of several lines: every byte of them counts.
func keptLines(src []byte) map[int]bool {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	kept := map[int]bool{}
	heredoc := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOHeredoc:
			heredoc = t.Range.Start.Line
		case hclsyntax.TokenCHeredoc:
			for n := heredoc + 1; n <= t.Range.Start.Line; n++ {
				kept[n] = true
			}
		case hclsyntax.TokenComment:
			if bytes.HasPrefix(t.Bytes, []byte("/*")) {
				for n := t.Range.Start.Line; n < t.Range.End.Line; n++ {
					kept[n] = true
				}
			}
		}
	}
	return kept
}
