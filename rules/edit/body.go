package edit

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// frame is a body with its braces; the file itself has none.
type frame struct {
	page  *page
	block *hclsyntax.Block // nil: the file
}

func (f frame) body() *hclsyntax.Body {
	if f.block == nil {
		return f.page.body
	}
	return f.block.Body
}

// oneLine reports whether nothing but the braces' own line is there: HCL allows
// one argument in it, and no block.
func (f frame) oneLine() bool {
	if f.block == nil {
		return false
	}
	from := f.block.OpenBraceRange.End.Byte
	end, newline := f.page.afterLine(from)
	if !newline || end > f.block.CloseBraceRange.Start.Byte {
		return true
	}
	// { a = [
	//   1 ] }
	items := attributesInOrder(f.block.Body)
	return len(items) > 0 && items[0].NameRange.Start.Byte < end || len(f.block.Body.Blocks) > 0 && f.block.Body.Blocks[0].TypeRange.Start.Byte < end
}

// inside returns the indentation of what stands in the body.
func (f frame) inside() string {
	if f.block == nil {
		return ""
	}
	if !f.oneLine() {
		for _, a := range attributesInOrder(f.body()) {
			return f.page.indent(a.NameRange.Start.Byte)
		}
		for _, b := range f.body().Blocks {
			return f.page.indent(b.TypeRange.Start.Byte)
		}
	}
	return f.page.indent(f.block.TypeRange.Start.Byte) + f.page.unit()
}

// opened returns the text that takes the place of what is between the braces of
// a one-line block: its content on a line of its own, and more behind it. The
// text ends in a newline.
func (f frame) opened(more string) splice {
	from, to := f.block.OpenBraceRange.End.Byte, f.block.CloseBraceRange.Start.Byte
	inside, outside := f.inside(), f.page.indent(f.block.TypeRange.Start.Byte)
	text := "\n"
	if held := strings.TrimSpace(string(f.page.src[from:to])); held != "" {
		text += inside + held + "\n"
	}
	return splice{from, to, text + more + outside}
}

// addArgument returns the splice that gives the body one more argument.
func (f frame) addArgument(name string, v func(indent, unit string) string) splice {
	indent := f.inside()
	line := func(pad string) string {
		return indent + name + pad + " = " + v(indent, f.page.unit()) + "\n"
	}
	if f.oneLine() {
		return f.opened(line(""))
	}
	items := attributesInOrder(f.body())
	if len(items) == 0 {
		at, _ := f.page.afterLine(f.block.OpenBraceRange.End.Byte)
		return splice{at, at, line("")}
	}
	last := items[len(items)-1]
	pad := ""
	if column := last.EqualsRange.Start.Byte - last.NameRange.Start.Byte - 1; column > len(name) && column < 60 && !bytes.ContainsAny(f.page.src[last.NameRange.End.Byte:last.EqualsRange.Start.Byte], "\t") {
		pad = strings.Repeat(" ", column-len(name)) // in line with the one above
	}
	at, _ := f.page.afterLine(last.SrcRange.End.Byte)
	return splice{at, at, line(pad)}
}

// dropArgument returns the splice that takes an argument away, with the comments
// directly above and the one behind it.
func (f frame) dropArgument(a *hclsyntax.Attribute) splice {
	if f.oneLine() {
		return splice{f.block.OpenBraceRange.End.Byte, f.block.CloseBraceRange.Start.Byte, ""}
	}
	end, _ := f.page.afterLine(a.SrcRange.End.Byte)
	return splice{f.page.above(a.NameRange.Start.Byte), end, ""}
}

// addBlock returns the splice that puts a block at the end of the body, or
// behind one that is like it. The text is laid out for the left edge and two
// blanks a step, without a newline at its end.
func (f frame) addBlock(text string, behind *hclsyntax.Block) splice {
	text = f.laid(text)
	switch {
	case behind != nil:
		return f.follow(behind.CloseBraceRange.End.Byte, text)
	case f.block == nil:
		return f.append(text)
	case f.oneLine():
		s := f.opened("")
		sep := ""
		if strings.Count(s.text, "\n") > 1 {
			sep = "\n"
		}
		outside := f.page.indent(f.block.TypeRange.Start.Byte)
		s.text = strings.TrimSuffix(s.text, outside) + sep + text + "\n" + outside
		return s
	}
	at := f.page.lineStart(f.block.CloseBraceRange.Start.Byte)
	if first, _ := f.page.afterLine(f.block.OpenBraceRange.End.Byte); first >= at {
		return splice{at, at, text + "\n"} // nothing stands above it
	}
	return splice{at, at, "\n" + text + "\n"}
}

// laid indents the text of a block as the body is.
func (f frame) laid(text string) string {
	unit, indent := f.page.unit(), f.inside()
	lines := strings.Split(text, "\n")
	marker := ""
	for i, l := range lines {
		switch {
		case marker != "":
			if strings.TrimSpace(l) == marker {
				marker = ""
			}
			continue // the lines of a heredoc are its text
		case l != "":
			lines[i] = indent + steps(l, unit)
		}
		if at := strings.LastIndex(l, "<<"); at >= 0 && !strings.Contains(l[at:], `"`) {
			marker = strings.TrimPrefix(strings.TrimSpace(l[at+2:]), "-")
		}
	}
	return strings.Join(lines, "\n")
}

// follow puts text on the lines behind what ends at a byte.
func (f frame) follow(end int, text string) splice {
	at, newline := f.page.afterLine(end)
	if !newline {
		return splice{at, at, "\n\n" + text}
	}
	return splice{at, at, "\n" + text + "\n"}
}

// append puts text at the end of the file, which ends in a newline afterwards
// if it did before.
func (f frame) append(text string) splice {
	end := len(f.page.src)
	switch {
	case end == bom(f.page.src):
		return splice{end, end, text + "\n"}
	case f.page.src[end-1] != '\n':
		return splice{end, end, "\n\n" + text}
	}
	return splice{end, end, "\n" + text + "\n"}
}

// dropBlock returns the splice that takes a block away, with the comments
// directly above it and the blank line that kept it apart.
func (f frame) dropBlock(b *hclsyntax.Block) splice {
	if f.oneLine() {
		return splice{f.block.OpenBraceRange.End.Byte, f.block.CloseBraceRange.Start.Byte, ""}
	}
	p := f.page
	from := p.above(b.TypeRange.Start.Byte)
	end, newline := p.afterLine(b.CloseBraceRange.End.Byte)
	first := p.lineOf(from)
	switch {
	case p.blank(first - 1):
		from = p.lines[first-2].start
		if from == 0 {
			from = bom(p.src)
		}
	case newline && p.blank(p.lineOf(end)) && end < len(p.src):
		if first == 1 || f.block != nil { // the first of its body: the blank line below goes
			end, _ = p.afterLine(end)
		}
	}
	if !newline && from > 0 && p.src[from-1] == '\n' { // the file ends without a newline, and still does
		from--
		if from > 0 && p.src[from-1] == '\r' {
			from--
		}
	}
	return splice{from, end, ""}
}

// textOfBlock returns the lines of a block with the comments directly above,
// without a newline at its end.
func (p *page) textOfBlock(b *hclsyntax.Block) string {
	from := p.above(b.TypeRange.Start.Byte)
	end, _ := p.afterLine(b.CloseBraceRange.End.Byte)
	return strings.TrimRight(string(p.src[from:end]), "\r\n")
}
