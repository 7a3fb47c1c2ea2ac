package layout

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// settles is how many passes a layout takes at most.
const settles = 5

// Format returns a file in its canonical layout. A file that does not parse is
// returned as it is, with what is wrong with it; name is what the diagnostics
// call it. Line ends of Windows stay when every line has one.
func Format(src []byte, name string) (out []byte, diags hcl.Diagnostics) {
	defer func() {
		// The parser is not ours, and it panics where it finds itself at fault.
		if recover() != nil {
			out, diags = src, hcl.Diagnostics{fault(name, hcl.InitialPos, "file that does not parse", "Write it in a simpler way.")}
		}
	}()
	if deep := tooDeep(src, name); deep != nil {
		return src, hcl.Diagnostics{deep}
	}
	if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
		return src, diags
	}
	text, windows := src, endsLikeWindows(src)
	if windows {
		text = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	laid := settle(text)
	if !slices.Equal(words(text), words(laid)) {
		return src, nil // better no layout than a file that says something else
	}
	if windows {
		laid = bytes.ReplaceAll(laid, []byte("\n"), []byte("\r\n"))
	}
	return laid, nil
}

// settle lays a text out until nothing changes any more: the first pass may make
// room for what the second does.
func settle(text []byte) []byte {
	for range settles {
		next := tidy(hclwrite.Format(text))
		if bytes.Equal(next, text) {
			break
		}
		text = next
	}
	return text
}

// endsLikeWindows reports whether every line ends in CR LF.
func endsLikeWindows(src []byte) bool {
	n := bytes.Count(src, []byte("\n"))
	return n > 0 && n == bytes.Count(src, []byte("\r\n"))
}

// tidy takes away blanks at the ends of lines and blank lines that separate
// nothing, but for what stands in heredocs and comments of several lines.
func tidy(src []byte) []byte {
	lines := survey(src) // before it is cut: a heredoc ends with its line
	src = bytes.TrimRight(src, "\n")
	var out bytes.Buffer
	blank := false
	opened := true // at the beginning of the file, as behind a bracket
	n := 0
	for text := range bytes.SplitSeq(src, []byte("\n")) {
		l := lines[n]
		n++
		if !l.kept {
			text = bytes.TrimRight(text, " \t\r")
			if len(text) == 0 {
				blank = true
				continue
			}
		}
		if blank && !opened && !l.closes {
			out.WriteByte('\n')
		}
		out.Write(text)
		out.WriteByte('\n')
		blank, opened = false, l.opens
	}
	return out.Bytes()
}

// words are the tokens of a file without its line ends, and without what a
// layout may take away: blanks behind comments and behind the marker of a heredoc.
func words(src []byte) []string {
	tokens, _ := hclsyntax.LexConfig(bytes.TrimPrefix(src, []byte("\ufeff")), "", hcl.InitialPos)
	list := make([]string, 0, len(tokens))
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
