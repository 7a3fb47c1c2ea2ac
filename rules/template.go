package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tocsin/engine/event"
	"tocsin/templates"
)

// templateScope is what a template can name.
type templateScope struct {
	fields  map[string]event.FieldType
	owner   string // whose fields they are: event "vm_start"
	burst   bool
	anyData bool      // data that nothing declares is expected
	several bool      // the fields are those of all events of owner
	own     *ownNames // in place of an event's
}

// template reads a template. It returns nil when there is none.
func (r *reader) template(name string, scope *templateScope) *templates.Template {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	return r.templateOf(a, scope)
}

// templateOf reads a template from an argument that is already at hand.
func (r *reader) templateOf(a *argument, scope *templateScope) *templates.Template {
	t, ok := r.textOf(a)
	if !ok {
		return nil
	}
	tmpl, err := r.cache.template(t.value)
	if err != nil {
		r.templateFault(t, err)
		return nil
	}
	for _, ref := range tmpl.Refs() {
		r.checkRef(a, t, ref, scope)
	}
	r.checkDefaults(t, scope)
	return tmpl
}

// parses reports a template of a kind's field that does not parse; what it may
// name is the kind's matter.
func (r *reader) parses(t *text) bool {
	_, err := r.cache.template(t.value)
	if err != nil {
		r.templateFault(t, err)
	}
	return err == nil
}

// templateFault reports a template that does not parse.
func (r *reader) templateFault(t *text, err error) {
	f := finding{code: CodeTemplate, at: t.whole, in: r.block.in(), summary: "invalid template", detail: upperFirst(err.Error())}
	if pe, ok := errors.AsType[*templates.ParseError](err); ok {
		f.summary, f.detail = pe.Summary, upperFirst(pe.Detail)
		f.at = t.between(placeIn(t.value, pe.Line, pe.Column))
	}
	r.fail(f)
}

// placeIn returns the byte offsets of a line and column of text; without a
// column, those of what the line has of a template.
func placeIn(value string, line, column int) (from, to int) {
	for ; line > 1; line-- {
		end := strings.IndexByte(value[from:], '\n')
		if end < 0 {
			break
		}
		from += end + 1
	}
	rest, _, _ := strings.Cut(value[from:], "\n")
	if column > 0 {
		from += min(column-1, len(rest))
		return from, from + 1
	}
	if open := strings.Index(rest, "{{"); open >= 0 {
		return from + open, from + max(strings.LastIndex(rest, "}}")+2, open+2)
	}
	return from, from + len(rest)
}

// checkRef holds one name of a template against what there is.
func (r *reader) checkRef(a *argument, t *text, ref templates.Ref, scope *templateScope) {
	if scope.own != nil {
		r.checkOwnRef(t, ref, scope.own)
		return
	}
	root, member := ref.Path[0], ""
	if len(ref.Path) > 1 {
		member = ref.Path[1]
	}
	_, declared := scope.fields[member]
	switch {
	case root == "data" && (member == "" || declared || scope.anyData):
		return
	case root == "guest" && (member == "" || slices.Contains(templates.GuestNames(), member)):
		return
	case root == "local" && (member == "" || r.locals.known(member) && !r.locals.hidden(member)):
		return
	}
	dotted := "." + strings.Join(ref.Path, ".")
	f := finding{
		code: CodeTemplateName, at: t.between(ref.Offset, ref.Offset+len(dotted)), in: r.block.in(),
		summary: fmt.Sprintf("unknown name %q", dotted),
	}
	switch root {
	case "data":
		r.undeclaredRef(a, f, member, scope)
	case "guest":
		f.detail = "A guest has: " + strings.Join(templates.GuestNames(), ", ") + "."
		r.fail(f.suggestWith(member, ".guest.", slices.Values(templates.GuestNames())))
	case "local":
		r.unknownLocalRef(f, member)
	default:
		r.checkRoot(f, root, scope)
	}
}

// checkRoot reports a name that no view has. The name of a data field only lacks
// its beginning.
func (r *reader) checkRoot(f finding, root string, scope *templateScope) {
	roots := templates.Names(scope.burst)
	if slices.Contains(roots, root) {
		return
	}
	f.detail = "Templates have: ." + strings.Join(roots, ", .") + "."
	if _, isField := scope.fields[root]; isField {
		f.label, f.detail = `write ".data.`+root+`"`, "Data fields are read as .data.NAME."
		r.fail(f)
		return
	}
	r.fail(f.suggestWith(root, ".", slices.Values(roots)))
}

// unknownLocalRef reports a local that is not there, or not for templates.
func (r *reader) unknownLocalRef(f finding, name string) {
	if r.locals.hidden(name) {
		f.code, f.summary = CodeSecretShown, fmt.Sprintf("local.%s is secret", name)
		f.detail = "A secret can stand only where a secret is expected, never in a message."
		r.fail(f)
		return
	}
	f.detail = "Define it in a locals block."
	r.fail(f.suggestWith(name, ".local.", r.locals.names()))
}

// undeclaredRef reports a data field that the event does not declare. In the
// pack that is an error of ours, in a file of the user a warning: the data may
// come all the same.
func (r *reader) undeclaredRef(a *argument, f finding, field string, scope *templateScope) {
	f.code = CodeTemplateField
	f.summary = fmt.Sprintf("%s declares no field %q", scope.owner, field)
	f.detail = "Without one it is empty text in every message. Declare it in fields."
	if scope.several {
		f.summary = fmt.Sprintf("no event of %s has a field %q", scope.owner, field)
	}
	f = f.suggestWith(field, ".data.", keysOf(scope.fields))
	if a.file.pack {
		r.fail(f)
		return
	}
	r.warn(f)
}

// defaulted finds a field that is given a default.
var defaulted = regexp.MustCompile(`\.data\.(\w+)\s*\|\s*default\b`)

// checkDefaults warns about a default on a number: it takes the place of 0 as
// well.
func (r *reader) checkDefaults(t *text, scope *templateScope) {
	for _, m := range defaulted.FindAllStringSubmatchIndex(t.value, -1) {
		field := t.value[m[2]:m[3]]
		switch scope.fields[field] {
		case event.Number, event.Size, event.Span:
			r.warn(finding{
				code: CodeDefaultNumber, at: t.between(m[0], m[1]), in: r.block.in(), summary: "default on a number",
				detail: fmt.Sprintf("It also takes the place of 0. Ask whether the field is there: {{ if hasKey .data `%[1]s` }}{{ .data.%[1]s }}{{ end }}.", field),
			})
		}
	}
}
