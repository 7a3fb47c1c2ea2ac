package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"tocsin/rules"
)

// setBlock gives several arguments of a block values at once; null takes one
// away.
func (w *work) setBlock(t *target, e Edit) (Place, error) {
	if _, err := w.below(t); err != nil {
		return Place{}, err
	}
	v, err := valueOf(e)
	if err != nil {
		return Place{}, err
	}
	object, ok := v.expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return Place{}, fmt.Errorf("%s is a block: name one of its arguments, or give a map of them", t.addr)
	}
	for _, item := range object.Items {
		key, ok := itemKey(item.KeyExpr)
		if !ok {
			return Place{}, fmt.Errorf("%s: the keys of the map are names of arguments", t.addr)
		}
		inner := Edit{Op: Set, Path: t.addr.with(key).String(), Value: v.part(item.ValueExpr), File: e.File, Here: e.Here}
		if lit, ok := item.ValueExpr.(*hclsyntax.LiteralValueExpr); ok && lit.Val.IsNull() {
			inner = Edit{Op: Unset, Path: inner.Path}
		}
		if _, err := w.do(inner); err != nil {
			return Place{}, err
		}
	}
	return w.placeOf(t), nil
}

// putBlock makes the blocks of a target that are not there from a depth on. The
// inside is laid out two blanks a step.
func (w *work) putBlock(t *target, depth int, f found, file, inside string) (Place, error) {
	text := wrap(t.heads[depth:], inside)
	may := t.around(depth)
	if depth > 0 {
		if err := w.write(f.page, may, frame{f.page, f.block}.addBlock(text, nil)); err != nil {
			return Place{}, err
		}
		return w.placeOf(t), nil
	}
	p, err := w.home(t, file)
	if err != nil {
		return Place{}, err
	}
	if err := w.write(p, may, frame{page: p}.addBlock(text, sibling(p, &t.heads[0]))); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}

// wrap writes blocks around a text, outermost first.
func wrap(heads []head, inside string) string {
	for i := len(heads) - 1; i >= 0; i-- {
		block := heads[i].title() + " {\n" + inside + "}"
		if inside == "" {
			block = heads[i].title() + " {\n}"
		}
		if i > 0 {
			block = indented(block) + "\n"
		}
		inside = block
	}
	return inside
}

// indented puts two blanks before each line.
func indented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "  " + l
		}
	}
	return strings.Join(lines, "\n")
}

// home returns the page that takes a block which is nowhere yet.
func (w *work) home(t *target, file string) (*page, error) {
	if file == "" {
		file = w.edits
	}
	if !rules.IsFile(file) {
		return nil, fmt.Errorf("%s is no file of the configuration: write a path inside its folder that ends in .hcl, such as panel.hcl", file)
	}
	p := w.pages[file]
	if p == nil {
		if _, taken := w.pack.files[file]; taken {
			return nil, fmt.Errorf("%s is the name of a built-in file: choose another one", file)
		}
		p = newPage(file, false, nil)
	}
	return p, p.parsed()
}

// sibling returns the last block of a file that is of the same kind, and has the
// same labels but the last one if there are such.
func sibling(p *page, h *head) *hclsyntax.Block {
	var last *hclsyntax.Block
	for _, b := range p.body.Blocks {
		if b.Type == h.shape.Kind {
			last = b
		}
	}
	return last
}

// add makes a block, or puts an element behind those of a list.
func (w *work) add(t *target, e Edit) (Place, error) {
	if t.attr != "" {
		return w.addElement(t, e)
	}
	h := t.heads[len(t.heads)-1]
	f, depth := w.lookup(w.pages, t)
	if depth == len(t.heads) && !h.shape.Repeats {
		return Place{}, fmt.Errorf("%s is there already, at %s: set changes it", t.addr, f.page.place(f.block.TypeRange.Start.Byte))
	}
	inside, err := w.inside(h.shape, e)
	if err != nil {
		return Place{}, err
	}
	if h.shape.Repeats { // one more behind those that are there
		outer := *t
		outer.heads = t.heads[:len(t.heads)-1]
		if len(outer.heads) == 0 {
			return w.putBlock(t, 0, f, e.File, inside)
		}
		f, depth := w.lookup(w.pages, &outer)
		if depth < len(outer.heads) {
			return Place{}, w.noBlock(&outer.heads[0])
		}
		err := w.write(f.page, scope{strings.Join(append([]string{outer.heads[0].shape.Kind}, outer.heads[0].labels...), "\x00")}, frame{f.page, f.block}.addBlock(wrap(t.heads[len(t.heads)-1:], inside), nil))
		return w.placeOf(&outer), err
	}
	if len(t.heads) > 1 && depth == 0 {
		if _, packed := w.lookup(w.pack.under(t), t); packed == 0 && len(t.heads[0].labels) > 0 {
			return Place{}, w.noBlock(&t.heads[0])
		}
	}
	return w.putBlock(t, depth, f, e.File, inside)
}

// replaceBlock puts another text between the braces of the user's block, or adds
// the block. What the pack says below it stays.
func (w *work) replaceBlock(t *target, e Edit) (Place, error) {
	h := t.heads[len(t.heads)-1]
	if t.attr != "" || h.shape.Repeats {
		return Place{}, fmt.Errorf("%s is no block that can be replaced", t.addr)
	}
	f, depth := w.lookup(w.pages, t)
	if depth < len(t.heads) {
		return w.add(t, e)
	}
	inside, err := w.inside(h.shape, e)
	if err != nil {
		return Place{}, err
	}
	p := f.page
	if inside != "" {
		inside = frame{p, f.block}.laid(dedented(strings.TrimSuffix(inside, "\n"))) + "\n"
	}
	between := splice{f.block.OpenBraceRange.End.Byte, f.block.CloseBraceRange.Start.Byte, "\n" + inside + p.indent(f.block.TypeRange.Start.Byte)}
	if err := w.write(p, t.scope(), between); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}

// dedented takes one step of two blanks from each line, if all have it.
func dedented(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" && !strings.HasPrefix(l, "  ") {
			return text
		}
		lines[i] = strings.TrimPrefix(l, "  ")
	}
	return strings.Join(lines, "\n")
}

// inside returns what a new block holds, two blanks a step.
func (w *work) inside(shape *rules.Shape, e Edit) (string, error) {
	if e.Body != "" {
		return bodyText(e)
	}
	if e.Value == "" && len(e.JSON) == 0 && e.Word == "" {
		return "", nil
	}
	v, err := valueOf(e)
	if err != nil {
		return "", err
	}
	object, ok := v.expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return "", fmt.Errorf("%s: the value of a block is a map of its arguments: { NAME = VALUE }", e.Path)
	}
	text, err := v.block(shape, object)
	if err != nil {
		return "", fmt.Errorf("%s: %w", e.Path, err)
	}
	return indented(string(hclwrite.Format([]byte(text)))), nil
}

// bodyText returns the inside of a block that is given as it is to be written.
func bodyText(e Edit) (string, error) {
	if len(e.Body) > maxValue {
		return "", fmt.Errorf("%s: the text is longer than %d KiB", e.Path, maxValue>>10)
	}
	src := []byte(strings.TrimRight(strings.ReplaceAll(e.Body, "\r\n", "\n"), "\n ") + "\n")
	if rules.Syntax("value", src, nil).HasErrors() {
		return "", fmt.Errorf("%s: the text of the block does not parse: write what stands between its braces", e.Path)
	}
	out := indented(string(hclwrite.Format(src)))
	if strings.Contains(out, "<<") {
		return string(src), nil // the lines of a heredoc are its text
	}
	return out, nil
}

// block writes a map as the inside of a block.
func (v *value) block(shape *rules.Shape, object *hclsyntax.ObjectConsExpr) (string, error) {
	var b strings.Builder
	for _, item := range object.Items {
		key, ok := itemKey(item.KeyExpr)
		if !ok || !hclsyntax.ValidIdentifier(key) {
			return "", fmt.Errorf("the keys of the map are names of arguments")
		}
		i := slices.IndexFunc(shape.Blocks, func(s rules.Shape) bool { return s.Kind == key })
		inner, isMap := item.ValueExpr.(*hclsyntax.ObjectConsExpr)
		if i < 0 || !isMap || len(shape.Blocks[i].Labels) > 0 {
			b.WriteString(key + " = " + v.inner(item.ValueExpr).at("", "  ") + "\n")
			continue
		}
		text, err := v.block(&shape.Blocks[i], inner)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + key + " {\n" + indented(text) + "}\n")
	}
	return strings.TrimPrefix(b.String(), "\n"), nil
}

// remove takes a block away, or an element out of a list.
func (w *work) remove(t *target, e Edit) (Place, error) {
	if t.attr != "" {
		if e.Value == "" && len(e.JSON) == 0 && e.Word == "" {
			return w.unset(t)
		}
		return w.removeElement(t, e)
	}
	f, depth := w.lookup(w.pages, t)
	if depth < len(t.heads) {
		p, packed := w.lookup(w.pack.under(t), t)
		if packed < len(t.heads) {
			return Place{}, w.noBlock(&t.heads[len(t.heads)-1])
		}
		if len(t.heads[0].labels) == 0 || len(t.heads) > 1 {
			return Place{}, fmt.Errorf("%s is built in, at %s, and stays: set what should be otherwise", t.addr, p.page.place(p.block.TypeRange.Start.Byte))
		}
		return w.do(Edit{Op: Set, Path: t.addr.with("enabled").String(), Value: "false", File: e.File})
	}
	at := f.page.place(f.block.TypeRange.Start.Byte)
	return at, w.write(f.page, t.scope(), f.around().dropBlock(f.block))
}

// around returns the frame that a block stands in.
func (f found) around() frame {
	if n := len(f.outer); n > 0 {
		return frame{f.page, f.outer[n-1]}
	}
	return frame{page: f.page}
}

// move puts a block before or behind another one, with the comments above it.
func (w *work) move(t *target, e Edit) (Place, error) {
	if t.attr != "" || len(t.heads) != 1 {
		return Place{}, fmt.Errorf("%s does not move: blocks at the left edge do", t.addr)
	}
	if (e.Before == "") == (e.After == "") {
		return Place{}, fmt.Errorf("move %s: say before or after which block", t.addr)
	}
	addr, err := ParseAddress(e.Before + e.After)
	if err != nil {
		return Place{}, err
	}
	other, err := w.resolve(addr)
	if err != nil {
		return Place{}, err
	}
	from, depth := w.lookup(w.pages, t)
	if depth == 0 {
		return Place{}, w.noBlock(&t.heads[0])
	}
	if to, depth := w.lookup(w.pages, other); depth == 0 || other.attr != "" || len(other.heads) != 1 {
		return Place{}, w.noBlock(&other.heads[0])
	} else if to.block == from.block {
		return Place{}, fmt.Errorf("move %s: that is the block itself", t.addr)
	}
	text := strings.ReplaceAll(from.page.textOfBlock(from.block), "\r\n", "\n")
	if err := w.write(from.page, t.scope(), frame{page: from.page}.dropBlock(from.block)); err != nil {
		return Place{}, err
	}
	to, _ := w.lookup(w.pages, other)
	s := frame{page: to.page}.follow(to.block.CloseBraceRange.End.Byte, text)
	if e.Before != "" {
		at := to.page.above(to.block.TypeRange.Start.Byte)
		s = splice{at, at, text + "\n\n"}
	}
	if err := w.write(to.page, t.scope(), s); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}
