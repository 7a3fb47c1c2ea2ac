package rules

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// file is one parsed source. It is immutable, so that a Loader can keep it.
type file struct {
	path   string
	pack   bool // of the built-in pack
	src    []byte
	sum    [sha256.Size]byte
	blocks []*block
	stray  []*argument // outside of any block
	faults []finding   // of syntax

	commented []commented // arguments in comments
}

// maxFaults is how many syntax errors of one file are looked for.
const maxFaults = 20

// parse reads one source. HCL's parser tells the first error only and then
// keeps quiet, so it is set on again at the next block that begins a line.
func parse(path string, pack bool, src []byte) (f *file) {
	f = &file{path: path, pack: pack, src: src, sum: sha256.Sum256(src)}
	defer func() {
		// The parser is not ours, and it panics where it finds itself at fault:
		// a file that trips it up must not end the daemon.
		if recover() != nil {
			f.blocks, f.stray = nil, nil
			f.faults = []finding{{code: CodeSyntax, at: f.spot(0), summary: "file that does not parse", detail: "Write it in a simpler way, and report it: this is a fault in tocsin."}}
		}
	}()
	if g := gate(src); g != nil {
		f.faults = []finding{{code: g.code, at: f.spot(g.offset), summary: g.summary, detail: g.detail}}
		return f
	}
	f.commented = commentedOut(src)
	for start := 0; start < len(src) && len(f.faults) < maxFaults; {
		body, diags := hclsyntax.ParseConfig(src[start:], path, f.position(start))
		bad := firstError(diags)
		if bad == nil {
			f.take(body.Body.(*hclsyntax.Body), len(src)+1)
			break
		}
		f.take(body.Body.(*hclsyntax.Body), bad.Subject.Start.Byte)
		f.faults = append(f.faults, f.syntaxFault(bad))
		start = f.nextBlock(max(bad.Subject.Start.Byte, start))
	}
	return f
}

// firstError returns the diagnostic that stands first in the source. Those behind
// it are often only what follows from it.
func firstError(diags hcl.Diagnostics) *hcl.Diagnostic {
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return d.Subject == nil })
	if len(diags) == 0 {
		return nil
	}
	return slices.MinFunc(diags, func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte) })
}

// take adds what ends before the byte offset end: what stands behind an error
// is not what its author wrote.
func (f *file) take(body *hclsyntax.Body, end int) {
	for _, b := range body.Blocks {
		if b.Range().End.Byte < end && b.CloseBraceRange.End.Byte < end {
			f.blocks = append(f.blocks, newBlock(f, b))
		}
	}
	for _, a := range body.Attributes {
		if a.SrcRange.End.Byte < end {
			f.stray = append(f.stray, newArgument(f, a))
		}
	}
	slices.SortFunc(f.stray, func(a, b *argument) int { return cmp.Compare(a.nameRange.Start.Byte, b.nameRange.Start.Byte) })
}

// blockStart finds the beginning of a block that begins a line.
var blockStart = regexp.MustCompile(`(?m)^[A-Za-z_][\w-]*([ \t]+"[^"\n]*")*[ \t]*\{`)

// nextBlock returns where the next block behind the line of at begins.
func (f *file) nextBlock(at int) int {
	end := bytes.IndexByte(f.src[min(at, len(f.src)):], '\n')
	if end < 0 {
		return len(f.src)
	}
	at += end + 1
	if m := blockStart.FindIndex(f.src[at:]); m != nil {
		return at + m[0]
	}
	return len(f.src)
}

// syntaxFault puts an error of HCL's parser into our form.
func (f *file) syntaxFault(d *hcl.Diagnostic) finding {
	out := finding{code: CodeSyntax, at: *d.Subject, summary: strings.ToLower(d.Summary[:1]) + d.Summary[1:], detail: firstLine(d.Detail)}
	at := d.Subject.Start.Byte
	lineStart := bytes.LastIndexByte(f.src[:at], '\n') + 1
	for _, opening := range []string{"%{", "${"} {
		if i := strings.LastIndex(string(f.src[lineStart:min(at+2, len(f.src))]), opening+"{"); i >= 0 {
			offset := lineStart + i
			out.at = f.between(offset, offset+len(opening))
			out.summary = fmt.Sprintf("%s begins a template of HCL", opening)
			out.detail = fmt.Sprintf("Double the sign to mean the text: %c%s{.", opening[0], opening)
			return out
		}
	}
	switch d.Summary {
	case "Attribute redefined":
		out.code, out.summary = CodeTwice, "argument set twice"
		out.detail = "Keep one of the two: " + firstLine(d.Detail)
	case "Invalid escape sequence":
		out.detail = `In quotes a backslash is written as \\. A pattern is easier to read in a heredoc, where a backslash is itself.`
	}
	return out
}

// firstLine returns a text without what HCL tells over several lines.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// position returns the place of a byte of the source. Columns count what
// people see as one character.
func (f *file) position(at int) hcl.Pos {
	at = min(max(at, 0), len(f.src))
	lineStart := bytes.LastIndexByte(f.src[:at], '\n') + 1
	line := f.src[lineStart:at]
	number := 1 + bytes.Count(f.src[:lineStart], []byte("\n"))
	return hcl.Pos{Line: number, Column: 1 + characters(line), Byte: at}
}

// characters counts what people see as one character, as HCL's columns do.
func characters(line []byte) int {
	all := func(data []byte, _ bool) (int, []byte, error) { return len(data), data, nil }
	sc := hcl.NewRangeScanner(line, "", all)
	if !sc.Scan() {
		return 0
	}
	return sc.Range().End.Column - 1
}

// lineAround returns the bounds of the line that holds a byte, without its end.
func (f *file) lineAround(at int) (start, end int) {
	at = min(max(at, 0), len(f.src))
	start = bytes.LastIndexByte(f.src[:at], '\n') + 1
	end = len(f.src)
	if i := bytes.IndexByte(f.src[at:], '\n'); i >= 0 {
		end = at + i
	}
	return start, end
}

// between returns the range between two bytes of the source.
func (f *file) between(from, to int) hcl.Range {
	return hcl.Range{Filename: f.path, Start: f.position(from), End: f.position(to)}
}

// spot returns the range of the one byte at an offset.
func (f *file) spot(at int) hcl.Range { return f.between(at, min(at+1, len(f.src))) }

// place returns the file:line of a range, as decisions and panels show it.
func place(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }
