package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// set gives an argument, or a part of its value, another value. A block of the
// pack is changed by a block of the user that lies over it.
func (w *work) set(t *target, e Edit) (Place, error) {
	if t.attr == "" {
		return w.setBlock(t, e)
	}
	v, err := valueOf(e)
	if err != nil {
		return Place{}, err
	}
	f, depth := w.lookup(w.pages, t)
	if depth == len(t.heads) {
		if a := f.block.Body.Attributes[t.attr]; a != nil {
			return w.setIn(t, f, a, v, e)
		}
	}
	below, err := w.below(t)
	if err != nil {
		return Place{}, err
	}
	if len(t.rest) > 0 {
		if v, err = w.layered(t, below, v); err != nil {
			return Place{}, err
		}
	}
	return w.put(t, e.File, v)
}

// below returns the argument of the pack that the target lies over, nil when
// there is none. A labelled block that is nowhere is an error: add makes one.
func (w *work) below(t *target) (*packed, error) {
	_, own := w.lookup(w.pages, t)
	f, depth := w.lookup(w.pack.under(t), t)
	if own == 0 && depth == 0 && len(t.heads[0].labels) > 0 {
		return nil, w.noBlock(&t.heads[0])
	}
	for i := max(own, depth); i < len(t.heads); i++ {
		if h := t.heads[i]; len(h.labels) > 0 || h.any || h.n > 0 {
			return nil, &NotFound{fmt.Sprintf("there is no %s in %s", h.title(), t.heads[i-1].title()), ""}
		}
	}
	if depth < len(t.heads) {
		return nil, nil
	}
	if a := f.block.Body.Attributes[t.attr]; a != nil {
		return &packed{f.page, a}, nil
	}
	return nil, nil
}

// packed is an argument of the pack.
type packed struct {
	page *page
	attr *hclsyntax.Attribute
}

// layered returns the value of an argument over one of the pack that changes
// the part of it that the target names: a map needs only the key, a list is
// written out.
func (w *work) layered(t *target, below *packed, v *value) (*value, error) {
	if i := slices.IndexFunc(t.rest, func(s Step) bool { return s.At }); i >= 0 {
		if below == nil {
			return nil, &NotFound{fmt.Sprintf("%s is not set", t.addr[:len(t.addr)-len(t.rest)]), "give it a list"}
		}
		return w.copied(t, below, func(p *page, a *hclsyntax.Attribute) ([]splice, error) {
			return p.setInside(t, a.Expr, t.rest, v, true)
		})
	}
	src := v.src
	for i := len(t.rest) - 1; i >= 0; i-- {
		src = "{ " + mapKey(t.rest[i].Name) + " = " + src + " }"
	}
	return parseValue(src)
}

// copied returns the value of an argument of the pack after splices.
func (w *work) copied(t *target, below *packed, change func(*page, *hclsyntax.Attribute) ([]splice, error)) (*value, error) {
	text := below.page.text(below.page.sourceOf(below.attr))
	p := newPage("value", false, []byte("x = "+text+"\n"))
	if p.body == nil || p.body.Attributes["x"] == nil {
		return nil, fmt.Errorf("%s cannot be changed in part: set it as a whole", t.addr)
	}
	splices, err := change(p, p.body.Attributes["x"])
	if err != nil {
		return nil, err
	}
	return parseValue(strings.TrimPrefix(string(p.apply(splices...)), "x = "))
}

// put writes an argument into the user's block, which is made if there is none.
func (w *work) put(t *target, file string, v *value) (Place, error) {
	f, depth := w.lookup(w.pages, t)
	if depth < len(t.heads) {
		return w.putBlock(t, depth, f, file, "  "+t.attr+" = "+v.at("  ", "  ")+"\n")
	}
	p := f.page
	if err := p.parsed(); err != nil {
		return Place{}, err
	}
	if err := w.write(p, t.scope(), frame{p, f.block}.addArgument(t.attr, v.at)); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}

// parsed reports a file that cannot be edited, as it does not parse.
func (p *page) parsed() error {
	if p.body == nil {
		return fmt.Errorf("%s does not parse: mend it first", p.path)
	}
	return nil
}

// placeOf returns where the value of a target stands now.
func (w *work) placeOf(t *target) Place {
	f, depth := w.lookup(w.pages, t)
	if depth == 0 {
		return Place{}
	}
	if depth < len(t.heads) || t.attr == "" {
		return f.page.place(f.block.TypeRange.Start.Byte)
	}
	a := f.block.Body.Attributes[t.attr]
	if a == nil {
		return f.page.place(f.block.TypeRange.Start.Byte)
	}
	if expr, rest := descend(a.Expr, t.rest); len(rest) == 0 && len(t.rest) > 0 {
		return f.page.place(expr.Range().Start.Byte)
	}
	return f.page.place(a.NameRange.Start.Byte)
}

// setIn changes an argument that the user's block has.
func (w *work) setIn(t *target, f found, a *hclsyntax.Attribute, v *value, e Edit) (Place, error) {
	if old, _ := descend(a.Expr, t.rest); e.Word != "" && isNumber(v.expr) {
		if _, isText := literalText(old); isText { // as it was written
			text, err := textValue(e.Word)
			if err != nil {
				return Place{}, err
			}
			v = text
		}
	}
	// Reading another secret or variable in place of one loses nothing.
	if old, _ := descend(a.Expr, t.rest); !e.Here && !(isRead(old) && isRead(v.expr)) {
		if err := w.origin(t, f.page, a, e); err != nil {
			return Place{}, err
		}
	}
	if len(t.rest) == 0 {
		return w.replace(t, f, a, v)
	}
	// A map that is taken away with null is one again.
	if lit, ok := a.Expr.(*hclsyntax.LiteralValueExpr); ok && lit.Val.IsNull() {
		whole, err := w.layered(t, nil, v)
		if err != nil {
			return Place{}, err
		}
		return w.replace(t, f, a, whole)
	}
	splices, err := f.page.setInside(t, a.Expr, t.rest, v, e.Here)
	if err != nil {
		return Place{}, err
	}
	if err := w.write(f.page, t.scope(), splices...); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}

// setInside returns the splices that change a part of a value.
func (p *page) setInside(t *target, expr hclsyntax.Expression, steps Address, v *value, here bool) ([]splice, error) {
	inner, rest := descend(expr, steps)
	if len(rest) == 0 {
		r := inner.Range()
		return []splice{{r.Start.Byte, r.End.Byte, v.at(p.indent(r.Start.Byte), p.unit())}}, nil
	}
	switch e := inner.(type) {
	case *hclsyntax.ObjectConsExpr:
		if slices.ContainsFunc(rest, func(s Step) bool { return s.At }) {
			break
		}
		src := v.src
		for i := len(rest) - 1; i > 0; i-- {
			src = "{ " + mapKey(rest[i].Name) + " = " + src + " }"
		}
		built, err := parseValue(src)
		if err != nil {
			return nil, err
		}
		s := p.mapOf(e)
		return s.insert(len(s.parts)-1, p.assign(e, rest[0].Name, built.at)), nil
	case *hclsyntax.TupleConsExpr:
		if rest[0].At {
			return nil, &NotFound{fmt.Sprintf("%s has %d elements, counted from 0", t.upTo(rest), len(e.Exprs)), fmt.Sprintf("tocsin add %s puts one behind them", shell(t.upTo(rest).String()))}
		}
	}
	what := "no map"
	if rest[0].At {
		what = "no list"
	}
	return nil, fmt.Errorf("%s is %s: set it as a whole", t.upTo(rest), what)
}

// upTo returns the address without its last steps.
func (t *target) upTo(rest Address) Address { return t.addr[:len(t.addr)-len(rest)] }

// replace gives an argument another value. Lists and maps are changed element
// by element, so that what stays keeps its comments.
func (w *work) replace(t *target, f found, a *hclsyntax.Attribute, v *value) (Place, error) {
	p := f.page
	if a := a.Expr; same(a, p.text(a.Range()), v.expr, v.src) {
		return w.placeOf(t), nil
	}
	if w.merge(t, f, a, v) {
		return w.placeOf(t), nil
	}
	r := p.sourceOf(a)
	text := v.at(p.indent(a.NameRange.Start.Byte), p.unit())
	if here, ok := p.heredoc(f, a, v); ok {
		text = here
	}
	if err := w.write(p, t.scope(), splice{r.Start.Byte, r.End.Byte, text}); err != nil {
		return Place{}, err
	}
	return w.placeOf(t), nil
}

// maxMerge bounds the elements of a list or map that is changed one by one.
const maxMerge = 400

// merge changes a list or a map element by element. It reports false when that
// cannot be, and then has changed nothing.
func (w *work) merge(t *target, f found, a *hclsyntax.Attribute, v *value) bool {
	p := f.page
	for range 3 * maxMerge {
		splices, ok := p.mergeStep(a.Expr, v)
		if !ok {
			return false
		}
		if len(splices) == 0 {
			break
		}
		fresh := newPage(p.path, false, p.apply(splices...))
		if verify(p, fresh, t.scope()) != nil {
			return false
		}
		at := w.pages[p.path]
		w.pages[p.path] = fresh
		now, depth := w.lookup(w.pages, t)
		w.pages[p.path] = at
		if depth != len(t.heads) || now.page != fresh || now.block.Body.Attributes[t.attr] == nil {
			return false
		}
		p, a = fresh, now.block.Body.Attributes[t.attr]
	}
	if !same(a.Expr, p.text(a.Expr.Range()), v.expr, v.src) {
		return false
	}
	w.keep(p)
	return true
}

// mergeStep returns the splices of the next step towards a value; none when it
// is reached.
func (p *page) mergeStep(expr hclsyntax.Expression, v *value) ([]splice, bool) {
	switch old := expr.(type) {
	case *hclsyntax.TupleConsExpr:
		if new, ok := v.expr.(*hclsyntax.TupleConsExpr); ok && len(old.Exprs) > 0 && len(new.Exprs) > 0 && len(old.Exprs)+len(new.Exprs) <= maxMerge {
			return p.mergeList(old, new, v)
		}
	case *hclsyntax.ObjectConsExpr:
		if new, ok := v.expr.(*hclsyntax.ObjectConsExpr); ok && len(old.Items) > 0 && len(new.Items) > 0 && len(old.Items)+len(new.Items) <= maxMerge {
			return p.mergeMap(old, new, v)
		}
	}
	return nil, false
}

func (p *page) mergeList(old, new *hclsyntax.TupleConsExpr, v *value) ([]splice, bool) {
	var was, is []string
	for _, x := range old.Exprs {
		was = append(was, keyOf(x, p.text(x.Range())))
	}
	for _, x := range new.Exprs {
		is = append(is, keyOf(x, v.part(x)))
	}
	d, differ := firstDifference(was, is)
	if !differ {
		return nil, true
	}
	s := p.listOf(old)
	switch {
	case d.remove && d.with >= 0:
		inner := v.inner(new.Exprs[d.with])
		return []splice{{s.parts[d.at].from, s.parts[d.at].to, inner.at(p.indent(s.parts[d.at].from), p.unit())}}, true
	case d.remove:
		return s.drop(d.at), true
	}
	inner := v.inner(new.Exprs[d.with])
	return s.insert(d.at-1, inner.at), true
}

func (p *page) mergeMap(old, new *hclsyntax.ObjectConsExpr, v *value) ([]splice, bool) {
	wasKeys, ok1 := keysOf(old)
	isKeys, ok2 := keysOf(new)
	if !ok1 || !ok2 {
		return nil, false
	}
	s := p.mapOf(old)
	for i, key := range wasKeys {
		j := slices.Index(isKeys, key)
		if j < 0 {
			return s.drop(i), true
		}
		before, after := old.Items[i].ValueExpr, new.Items[j].ValueExpr
		inner := v.inner(after)
		if same(before, p.text(before.Range()), after, inner.src) {
			continue
		}
		if deeper, ok := p.mergeStep(before, inner); ok && len(deeper) > 0 {
			return deeper, true
		}
		r := before.Range()
		return []splice{{r.Start.Byte, r.End.Byte, inner.at(p.indent(r.Start.Byte), p.unit())}}, true
	}
	for j, key := range isKeys {
		if slices.Contains(wasKeys, key) {
			continue
		}
		if j < len(wasKeys) {
			return nil, false // in another order
		}
		inner := v.inner(new.Items[j].ValueExpr)
		return s.insert(len(s.parts)-1, p.assign(old, key, inner.at)), true
	}
	return nil, slices.Equal(wasKeys, isKeys)
}

// part returns the source of a part of the value.
func (v *value) part(expr hclsyntax.Expression) string {
	r := expr.Range()
	return v.whole[r.Start.Byte:r.End.Byte]
}

// inner returns a part of the value as a value.
func (v *value) inner(expr hclsyntax.Expression) *value {
	return &value{src: v.part(expr), expr: expr, whole: v.whole, made: v.made}
}

func keysOf(e *hclsyntax.ObjectConsExpr) ([]string, bool) {
	var out []string
	for _, item := range e.Items {
		key, ok := itemKey(item.KeyExpr)
		if !ok || slices.Contains(out, key) {
			return nil, false
		}
		out = append(out, key)
	}
	return out, true
}

// heredoc writes a text of several lines as a heredoc where the old value is
// one, with its marker and its indentation.
func (p *page) heredoc(f found, a *hclsyntax.Attribute, v *value) (string, bool) {
	text, ok := literalText(v.expr)
	r := p.sourceOf(a)
	old := p.text(r)
	if !ok || strings.HasPrefix(v.src, "<<") || !strings.HasPrefix(old, "<<") || !strings.Contains(text, "\n") || strings.ContainsAny(text, "\r") {
		return "", false
	}
	first, body, _ := strings.Cut(strings.ReplaceAll(old, "\r\n", "\n"), "\n")
	marker := strings.TrimPrefix(strings.TrimSpace(first[2:]), "-")
	close := body[strings.LastIndex(body, "\n")+1:]
	lead := ""
	if strings.HasPrefix(first, "<<-") {
		line, _, _ := strings.Cut(body, "\n")
		lead = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		if strings.TrimSpace(l) == marker {
			return "", false
		}
		l = strings.NewReplacer("${", "$${", "%{", "%%{").Replace(l)
		if l != "" {
			l = lead + l
		}
		lines[i] = l
	}
	out := first + "\n" + strings.Join(lines, "\n") + "\n" + close
	check := newPage("value", false, []byte("x = "+out+"\n"))
	if check.body == nil {
		return "", false
	}
	got, ok := literalText(check.body.Attributes["x"].Expr)
	return out, ok && strings.TrimSuffix(got, "\n") == strings.TrimSuffix(text, "\n")
}
