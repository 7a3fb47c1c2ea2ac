package proxmenux

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"tocsin/rules/layout"
)

// setting is an argument that is given a value, an expression of HCL.
type setting struct{ name, value string }

// page is a file that is written.
type page struct{ text strings.Builder }

// comment writes a line of comment. What comes from outside stays on its line.
func (p *page) comment(format string, args ...any) {
	p.text.WriteString(strings.TrimRight("# "+inert(fmt.Sprintf(format, args...)), " ") + "\n")
}

func (p *page) gap() { p.text.WriteByte('\n') }

// bytes is the file in the canonical layout.
func (p *page) bytes() []byte {
	src := []byte(p.text.String())
	if out, diags := layout.Format(src, ""); !diags.HasErrors() {
		return out
	}
	return src
}

// block is a block of a page. A block in which nothing is written until its end
// leaves no trace; one at the top has an empty line before and behind it.
type block struct {
	page *page
	in   *block
	head string
	body strings.Builder
}

func (p *page) block(kind string) *block { return &block{page: p, head: kind} }

func (p *page) channel(kind, name string) *block {
	return p.block(fmt.Sprintf("channel %s %s", quote(kind), quote(name)))
}

func (b *block) block(kind string) *block { return &block{in: b, head: kind} }

// set writes an argument, with a comment behind it if there is one.
func (b *block) set(name, value, comment string) {
	b.body.WriteString(name + " = " + value)
	if comment != "" {
		b.body.WriteString(" # " + inert(comment))
	}
	b.body.WriteByte('\n')
}

func (b *block) setAll(list []setting) {
	for _, s := range list {
		b.set(s.name, s.value, "")
	}
}

func (b *block) comment(format string, args ...any) {
	b.body.WriteString("# " + inert(fmt.Sprintf(format, args...)) + "\n")
}

// end writes the block into what it stands in.
func (b *block) end() {
	text := b.head + " {\n" + b.body.String() + "}\n"
	if b.in != nil {
		b.in.body.WriteString("\n" + text)
		return
	}
	b.page.text.WriteString(text + "\n")
}

// quote writes a text as HCL does.
func quote(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// inert keeps a text on one line of a comment.
func inert(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
