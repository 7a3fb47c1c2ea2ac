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
	if h := t.heads[0]; own == 0 && depth == 0 && len(h.labels) > 0 {
		if h.shape.Kind == "channel" && t.attr == "" && len(t.heads) == 1 { // the kind was left out, and its name is of none
			h.labels = []string{"", h.labels[0]}
		}
		return nil, w.noBlock(&h)
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
