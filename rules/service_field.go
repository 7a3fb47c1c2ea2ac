package rules

import (
	"fmt"
	"regexp"
	"strings"

	"tocsin/channels"
	"tocsin/channels/service"
)

// declare decodes one thing that channels of a service are set up with.
//
//	field "topics" {
//	  type     = "list"          # string (default), secret, number, bool, list, map
//	  doc      = "The topics to publish to."
//	  example  = ["alerts"]
//	  required = true
//	  default  = "low"
//	  query    = ["to"]          # keys of an address that set it
//	  pairs    = "+"             # or the pairs of an address with that sign
//	  schemas  = { ntfy = "x" }  # what an address with that schema means when it leaves the field out
//	  words    = { low = ["2"] } # the values it takes, and other ways to write them; or a list
//	  form     = "phone"         # phone, email or server
//	  match    = "[a-z]+"        # what the whole value matches
//	}
func (r *serviceReader) declare(b *block) {
	if len(b.labels) != 1 {
		r.wrongLabels(b, []string{"name"})
		return
	}
	if !r.checkName(b, typeName, typeRule) {
		return
	}
	in := r.read(b)
	f := service.Field{Field: channels.Field{Name: b.name(), Type: channels.String}}
	in.require("doc")
	var typ, form string
	if in.choice("type", &typ, "string", "secret", "number", "bool", "list", "map") {
		f.Type = channels.FieldType(typ)
	}
	in.str("doc", &f.Doc)
	in.flag("required", &f.Required)
	f.Aliases, _ = in.strings("query")
	in.choice("pairs", &f.Pairs, "+", "-", ":")
	if in.choice("form", &form, string(service.Phone), string(service.Email), string(service.Server)) {
		f.Form = service.Form(form)
	}
	f.Schemes = r.bySchema(in)
	f.Words = in.serviceWords("words")
	f.Pattern = in.wholePattern("match")
	if a := in.argument("default"); a != nil {
		f.Value, _ = in.constant(a, a.expr)
		f.Default = strings.Trim(a.source(), `"`)
	}
	if a := in.argument("example"); a != nil {
		f.Example = a.source()
	} else if f.Type == channels.Secret {
		f.Example = fmt.Sprintf("secret(%q)", r.spec.Name+"_"+f.Name)
	}
	in.done()
	r.spec.Fields = append(r.spec.Fields, f)
}

// serviceWords reads the words that a field takes: a list, or a map from each
// to the other ways to write it.
func (r *reader) serviceWords(name string) []service.Word {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	var out []service.Word
	if v, ok := r.value(a); ok && !v.Type().IsObjectType() && !v.Type().IsMapType() {
		words, _ := r.strings(name)
		for _, w := range words {
			out = append(out, service.Word{Name: w})
		}
		return out
	}
	items, _ := r.items(name)
	for _, item := range items {
		v, ok := r.constant(item, item.expr)
		if !ok {
			continue
		}
		w := service.Word{Name: item.name}
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		for _, other := range list {
			w.Other = append(w.Other, fmt.Sprint(other))
		}
		out = append(out, w)
	}
	return out
}

// pattern reads a regular expression.
func (r *reader) pattern(name string) *regexp.Regexp {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	t, ok := r.textOf(a)
	if !ok {
		return nil
	}
	re, err := regexp.Compile(t.value)
	if err != nil {
		r.invalid(a, name+" is no pattern", upperFirst(err.Error()))
		return nil
	}
	return re
}

// wholePattern reads a regular expression that a whole value matches.
func (r *reader) wholePattern(name string) *regexp.Regexp {
	re := r.pattern(name)
	if re == nil {
		return nil
	}
	return regexp.MustCompile("^(?:" + re.String() + ")$") // a pattern within a group is one
}
