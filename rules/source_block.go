package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tocsin/engine/event"
	"tocsin/templates"
)

// sourceBlock is the kind of block that watches something and raises events.
const sourceBlock = "source"

// sourceKind is one kind of source. A new one is a file that decodes it and a line
// in sourceKinds.
type sourceKind struct {
	name string
	// decode reads the arguments that only this kind has, and returns what the
	// collector of the kind works with: it must marshal to JSON, as a change of it
	// is how a reload knows that the source is another. What cannot be marshalled it
	// names by texts (see reader.depends).
	decode func(r *reader, s *Source) any
}

func sourceKinds() []sourceKind {
	return append([]sourceKind{
		{journalKind, (*reader).journalSource},
		{tasksKind, (*reader).tasksSource},
		{pveKind, (*reader).pveSource},
		{logKind, (*reader).logSource},
		{healthKind, (*reader).healthSource},
	}, probeKinds()...)
}

// sourceName is the label of a source: it stands in tables and as a key.
var sourceName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// decodeSource decodes a source: what every one has, and the arguments of its
// kind.
//
//	source "journal" "door_opened" {
//	  enabled = true
//	  types   = { door = "string" }    # of fields that no event declares
//	  …                                # see the kind
//	}
func (l *loading) decodeSource(b *block) {
	kind, ok := l.sourceKind(b)
	if !ok || !l.checkName(b, sourceName, typeRule) {
		return
	}
	r := l.read(b)
	s := &Source{Kind: kind.name, Name: b.name(), Place: place(b.head), Head: b.head, Enabled: r.enabled()}
	before := len(l.diags)
	spec := kind.decode(r, s)
	r.done()
	if l.diags[before:].HasErrors() {
		return
	}
	s.Spec, s.Version = spec, r.version(kind.name, spec)
	l.config.Sources = append(l.config.Sources, s)
}

// sourceKind returns the kind that a block names.
func (l *loading) sourceKind(b *block) (sourceKind, bool) {
	var names []string
	for _, k := range sourceKinds() {
		if k.name == b.labels[0] {
			return k, true
		}
		names = append(names, k.name)
	}
	f := finding{
		code: CodeUnknownKind, at: b.labelRanges[0], in: b.in(), summary: fmt.Sprintf("unknown kind of source %q", b.labels[0]),
		detail: "Kinds are: " + joinSorted(names) + ".",
	}
	l.fail(f.suggest(b.labels[0], slices.Values(names)))
	return sourceKind{}, false
}

// version is a digest of everything that the collector of a source depends on.
func (r *reader) version(kind string, spec any) string {
	text, err := json.Marshal([]any{kind, r.block.name(), spec, r.asks})
	if err != nil {
		panic(fmt.Sprintf("rules: source of kind %s: %v", kind, err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// depends notes the text of something compiled, which is another when the text is,
// or a local that it reads.
func (r *reader) depends(name, text string) {
	r.asks = append(r.asks, name, text)
	if strings.Contains(text, "local") {
		values, _ := r.locals.plain()
		locals, err := json.Marshal(values)
		if err != nil {
			panic(fmt.Sprintf("rules: locals: %v", err)) // texts, numbers, lists and maps always marshal
		}
		r.asks = append(r.asks, string(locals))
	}
}

// gatherSourceFields declares the fields to which sources give types, before any
// condition is compiled.
func (l *loading) gatherSourceFields(blocks []*block) {
	for _, b := range blocks {
		l.read(b).fields("types")
	}
}

// emitted reads the type of event that an argument names, and the fields that its
// data may have: the event's and those that the source gives a type.
func (r *reader) emitted(name string, types map[string]event.FieldType) (typ string, fields map[string]event.FieldType) {
	if !r.str(name, &typ) || !r.typeWord(word{typ, r.argument(name).valueRange()}) {
		return typ, r.emittedFields("", types)
	}
	return typ, r.emittedFields(typ, types)
}

// emittedFields returns the fields that an event declares, and others.
func (r *reader) emittedFields(typ string, types map[string]event.FieldType) map[string]event.FieldType {
	fields := maps.Clone(types)
	if fields == nil {
		fields = map[string]event.FieldType{}
	}
	if t := r.config.Policy.Types[typ]; t != nil {
		maps.Copy(fields, t.Fields)
	}
	return fields
}

// sourceDatum is a field of data that a source fills by a template.
type sourceDatum struct {
	name string
	typ  event.FieldType
	tmpl *templates.Template
}

// sourceData reads the data that a source adds to its events.
func (r *reader) sourceData(typ string, fields map[string]event.FieldType, scope *templateScope) []sourceDatum {
	items, _ := r.items("data")
	var out []sourceDatum
	for _, item := range items {
		declared, ok := fields[item.name]
		if !ok {
			r.undeclaredDatum(word{item.name, item.nameRange}, typ, fields)
			continue
		}
		if t, ok := r.textOf(item); ok {
			r.depends("data "+item.name, t.value)
		}
		if tmpl := r.templateOf(item, scope); tmpl != nil {
			out = append(out, sourceDatum{item.name, declared, tmpl})
		}
	}
	return out
}

// undeclaredDatum reports a field that neither the event nor the source declares.
func (r *reader) undeclaredDatum(w word, typ string, fields map[string]event.FieldType) {
	if r.names.types[typ] == nil {
		return // the event was reported
	}
	r.undeclared(w, fields, fmt.Sprintf(`event %q has no such field. Take one that it has, or say what this one is: types = { %s = "string" }.`, typ, w.text))
}

// sourceText makes text by a template over a view of the source's own, in the
// configured zone.
func (r *reader) sourceText(tmpl *templates.Template) func(view map[string]any) (string, error) {
	set := r.config.Templates
	return func(view map[string]any) (string, error) { return tmpl.Execute(set.ViewOf(view)) }
}
