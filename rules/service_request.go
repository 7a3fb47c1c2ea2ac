package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tocsin/channels/service"
	"tocsin/templates"
)

// request decodes how one call is made. Every text is a template of the view
// that package service describes; where it is one action alone, its value keeps
// its type, and what is missing is left out.
//
//	request "bot" {                             # the first whose when is not empty
//	  when    = "{{ .channel.token }}"
//	  each    = ["channels", "<users"]          # one call for each value of these fields: .target, .kind; < or > by their text
//	  batch   = 50                              # or so many of them in one: .targets
//	  method  = "POST"                          # the default; GET, PUT, PATCH, DELETE, HEAD, or a template of one
//	  url     = "{{ .channel.server }}/send"
//	  query   = { key = "{{ .channel.key }}" }
//	  headers = { Authorization = "{{ bearer .channel.token }}" }
//	  json    = { text = "{{ .text }}" }        # or form = { … }, or text = "…" with type = "application/xml", or "none"
//	  aws {                                     # signed for Amazon
//	    service = "sns"
//	    region  = "{{ .channel.region }}"
//	    key     = "{{ .channel.access_key }}"
//	    secret  = "{{ .channel.secret_key }}"
//	  }
//	}
//
// A request may also say that a message it applies to is not for the service:
//
//	request "note" {
//	  when    = "{{ eq .tone `info` }}"
//	  nothing = "There is no alert that it could be a note of." # shown with the delivery
//	}
//
// In json, a dictionary may hold "$if", a condition for it to be there, and
// "$each", a list for each .item of which there is one; "$merge" adds the pairs
// of a dictionary, "h:$merge" with h: before their names. In forms, a list becomes several pairs, with {n} in the name
// counted from 1.
func (r *serviceReader) request(b *block) *service.Request {
	if len(b.labels) > 1 {
		r.wrongLabels(b, nil)
		return nil
	}
	in := r.read(b)
	q := &service.Request{}
	if len(b.labels) == 1 {
		q.Name = b.labels[0]
	}
	q.When = in.valueTemplate("when", r.known)
	if in.str("nothing", &q.Nothing); q.Nothing != "" {
		in.done()
		return q
	}
	in.require("url")
	q.Batch = in.valueTemplate("batch", r.known)
	q.Each = r.targets(in)
	q.Method = r.method(in)
	q.URL = in.valueTemplate("url", r.known)
	q.Query = r.entries(in, "query")
	q.Headers = r.entries(in, "headers")
	q.Form = r.entries(in, "form")
	q.Text = in.valueTemplate("text", r.known)
	in.str("type", &q.Type)
	if a := in.argument("json"); a != nil {
		q.JSON = r.node(in, a, a.expr)
	}
	for _, inner := range in.all("aws") {
		q.AWS = r.aws(inner)
	}
	in.done()
	in.oneBody()
	return q
}

// method reads how a request is made; nil for POST.
func (r *serviceReader) method(in *reader) *templates.Template {
	tmpl := in.valueTemplate("method", r.known)
	if tmpl == nil || len(tmpl.Refs()) > 0 { // what depends on the channel is checked when it is made
		return tmpl
	}
	if word := ""; !in.choice("method", &word, service.Methods()...) {
		return nil
	}
	return tmpl
}

// targets reads the lists whose values are called one by one: fields, each with
// < or > before it where they are called in the order of their text, rising or
// falling, and what steps saved, as step.NAME.KEY.
func (r *serviceReader) targets(in *reader) []service.Targets {
	words, _ := in.words("each")
	var out []service.Targets
	for _, w := range words {
		var t service.Targets
		var wrong string
		if path := strings.Split(w.text, "."); len(path) == 3 && path[0] == "step" {
			t = service.Targets{Name: path[2], Step: path[1]}
			wrong = r.known(path)
		} else {
			t.Name = w.text
			for _, order := range []string{service.Rising, service.Falling} {
				if name, ok := strings.CutPrefix(w.text, order); ok {
					t.Name, t.Order = name, order
				}
			}
			if r.known([]string{"channel", t.Name}) != "" {
				wrong = "declare it in a field block"
			}
		}
		if wrong != "" {
			in.fail(finding{code: CodeUnknownName, at: w.at, in: in.block.in(), summary: fmt.Sprintf("unknown field %q", w.text), detail: upperFirst(wrong) + "."})
			continue
		}
		out = append(out, t)
	}
	return out
}

// oneBody reports a request with several bodies.
func (r *reader) oneBody() {
	var given []string
	for _, name := range []string{"json", "form", "text"} {
		if r.argument(name) != nil {
			given = append(given, name)
		}
	}
	if len(given) > 1 {
		r.fail(finding{code: CodeExcludes, at: r.argument(given[1]).nameRange, in: r.block.in(), summary: "two bodies", detail: "A request has one of " + strings.Join(given, " and ") + "."})
	}
}

func (r *serviceReader) aws(b *block) *service.AWS {
	if !r.unlabelled(b) {
		return nil
	}
	in := r.read(b)
	in.require("service", "region", "key", "secret")
	out := &service.AWS{
		Service: in.valueTemplate("service", r.known), Region: in.valueTemplate("region", r.known),
		Key: in.valueTemplate("key", r.known), Secret: in.valueTemplate("secret", r.known),
	}
	in.done()
	if out.Service == nil || out.Region == nil || out.Key == nil || out.Secret == nil {
		return nil
	}
	return out
}

// entries reads named values, in their order.
func (r *serviceReader) entries(in *reader, name string) []service.Entry {
	items, ok := in.items(name)
	if !ok {
		return nil
	}
	out := make([]service.Entry, 0, len(items))
	for _, item := range items {
		if n := r.node(in, item, item.expr); n != nil {
			out = append(out, service.Entry{Name: item.name, Value: n})
		}
	}
	return out
}

// node reads a part of a body; nil when it is not right.
func (r *serviceReader) node(in *reader, a *argument, expr hclsyntax.Expression) *service.Node {
	switch e := expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		return r.dict(in, &argument{name: a.name, expr: e, nameRange: a.nameRange, file: a.file})
	case *hclsyntax.TupleConsExpr:
		n := &service.Node{List: []*service.Node{}}
		for _, item := range e.Exprs {
			if item := r.node(in, a, item); item != nil {
				n.List = append(n.List, item)
			}
		}
		return n
	}
	if isText(a.file, expr) {
		t, ok := in.textIn(a, expr)
		if !ok {
			return nil
		}
		tmpl := in.valueTemplateOf(t, r.known)
		if tmpl == nil {
			return nil
		}
		return &service.Node{Template: tmpl}
	}
	v, ok := in.constant(a, expr)
	if !ok && !isNull(expr) {
		return nil
	}
	if s, isString := v.(string); isString {
		tmpl := in.valueTemplateOf(&text{value: s, whole: expr.Range(), file: a.file}, r.known)
		if tmpl == nil {
			return nil
		}
		return &service.Node{Template: tmpl}
	}
	return &service.Node{Const: v}
}

// isText reports whether an expression is written as a text.
func isText(f *file, expr hclsyntax.Expression) bool {
	_, ok := f.literalText(expr)
	return ok
}

// dict reads a dictionary of a body.
func (r *serviceReader) dict(in *reader, a *argument) *service.Node {
	items, ok := in.itemsOf(a)
	if !ok {
		return nil
	}
	d := &service.Dict{}
	for _, item := range items {
		if item.name != "$if" && item.name != "$each" {
			if n := r.node(in, item, item.expr); n != nil {
				d.Entries = append(d.Entries, service.Entry{Name: item.name, Value: n})
			}
			continue
		}
		t, ok := in.textIn(item, item.expr)
		if !ok {
			continue
		}
		if tmpl := in.valueTemplateOf(t, r.known); item.name == "$if" {
			d.If = tmpl
		} else {
			d.Each = tmpl
		}
	}
	return &service.Node{Dict: d}
}

// constant works out a value that is no template: a number, a bool, a text, or
// a list or dictionary of these.
func (r *reader) constant(a *argument, expr hclsyntax.Expression) (any, bool) {
	v, ok := r.valueOf(a, expr)
	if !ok {
		return nil, false
	}
	return plainOf(v), true
}

// plainOf turns a value of HCL into one of Go.
func plainOf(v cty.Value) any {
	if v.IsNull() {
		return nil
	}
	t := v.Type()
	switch {
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		f, _ := v.AsBigFloat().Float64()
		if f == float64(int(f)) {
			return int(f)
		}
		return f
	case t.IsObjectType() || t.IsMapType():
		out := map[string]any{}
		for name, item := range v.Elements() {
			out[name.AsString()] = plainOf(item)
		}
		return out
	}
	out := make([]any, 0, v.LengthInt())
	for _, item := range v.Elements() {
		out = append(out, plainOf(item))
	}
	return out
}

// valueTemplate reads a template of a request. known says what is wrong with a
// name that it reads, or nothing.
func (r *reader) valueTemplate(name string, known func(path []string) string) *templates.Template {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	t, ok := r.textOf(a)
	if !ok {
		return nil
	}
	return r.valueTemplateOf(t, known)
}

func (r *reader) valueTemplateOf(t *text, known func(path []string) string) *templates.Template {
	tmpl, err := r.cache.value(t.value)
	if err != nil {
		r.templateFault(t, err)
		return nil
	}
	for _, ref := range tmpl.Refs() {
		if wrong := known(ref.Path); wrong != "" {
			dotted := "." + strings.Join(ref.Path, ".")
			r.fail(finding{
				code: CodeTemplateName, at: t.between(ref.Offset, ref.Offset+len(dotted)), in: r.block.in(),
				summary: fmt.Sprintf("unknown name %q", dotted), detail: upperFirst(wrong),
			})
		}
	}
	return tmpl
}

// known says what is wrong with a name in a template of a request.
func (r *serviceReader) known(path []string) string {
	root, member := path[0], ""
	if len(path) > 1 {
		member = path[1]
	}
	switch {
	case !slices.Contains(service.Names(), root):
		return "requests have ." + strings.Join(service.Names(), ", .")
	case member == "":
		return ""
	case root == "channel":
		if !slices.ContainsFunc(r.spec.Fields, func(f service.Field) bool { return f.Name == member }) {
			return "the service declares no such field"
		}
	case root == "level":
		if r.spec.Levels[member] == nil {
			return "levels are " + joinSorted(slices.Collect(maps.Keys(r.spec.Levels)))
		}
	case root == "step":
		return r.knownStep(member, path[2:])
	case root == "app" && !slices.Contains([]string{"name", "title", "url"}, member):
		return "app has .name, .title and .url"
	}
	return ""
}

func (r *serviceReader) knownStep(name string, rest []string) string {
	i := slices.IndexFunc(r.spec.Steps, func(s *service.Step) bool { return s.Name == name })
	if i < 0 {
		return "there is no such step before"
	}
	if len(rest) > 0 && r.spec.Steps[i].Save[rest[0]] == nil {
		return "the step saves no such value"
	}
	return ""
}

// source returns the value as it is written.
func (a *argument) source() string {
	at := a.expr.Range()
	return sourceOf(a.file, at)
}

func sourceOf(f *file, at hcl.Range) string {
	if at.Start.Byte < 0 || at.End.Byte > len(f.src) || at.Start.Byte > at.End.Byte {
		return ""
	}
	return string(f.src[at.Start.Byte:at.End.Byte])
}
