package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/diag"
	"tocsin/rules/near"
	"tocsin/templates"
)

// eventKind is the kind of block that makes an entry of the catalogue.
const eventKind = "event"

// genericType is the entry that stands for types which nobody declares.
const genericType = "custom"

// eventBlock is a decoded entry of the catalogue.
type eventBlock struct {
	block    *block
	typ      *engine.Type
	resolves []word
	listed   Event
}

// decodeEvent decodes an entry of the catalogue.
//
//	event "backup_complete" {
//	  group       = "backups"
//	  severity    = "INFO"            # the default
//	  live        = false             # true: never waits for a digest
//	  outcome     = "success"         # good news
//	  resolves    = ["backup_fail"]   # types that this one ends
//	  icon        = "✅"
//	  summary     = "A backup job finished."
//	  fields      = { vmid = "number", size = "bytes" }
//	  fingerprint = ["vmid"]          # what makes two events the same
//	  title       = "Backup of {{ .data.vmid }} finished"
//	  body        = "{{ .data.size }} were written"
//	  details     = { Guest = "{{ .data.vmid }}" }
//	}
func (l *loading) decodeEvent(b *block) {
	if !l.checkName(b, typeName, typeRule) || l.names.types[b.name()] != b {
		return
	}
	r := l.read(b)
	r.require("group")
	t := &engine.Type{Name: b.name(), Enabled: r.enabled(), Place: b.place("enabled")}
	t.Group = r.groupName("group")
	if g, ok := l.group(t.Group); ok && !g.Enabled && t.Enabled {
		t.Enabled, t.Place = false, g.Place
	}
	r.severity("severity", &t.Severity)
	r.flag("live", &t.Live)
	r.choice("outcome", &t.Outcome, event.Success)
	t.Fields = r.fields("fields")
	t.Fingerprint = r.fingerprint("fingerprint", t.Fields)
	e := &eventBlock{block: b, typ: t}
	e.resolves, _ = r.words("resolves")
	e.resolves = slices.DeleteFunc(e.resolves, func(w word) bool { return !r.typeWord(w) })
	t.Resolves = textsOf(e.resolves)

	scope := &templateScope{fields: t.Fields, owner: b.title(), anyData: t.Name == genericType}
	entry := r.entry(scope)
	entry.Group, entry.Outcome, entry.Fields = t.Group, t.Outcome, t.Fields
	e.listed = Event{Icon: entry.Icon}
	r.str("summary", &e.listed.Summary)
	r.done()

	l.events = append(l.events, e)
	l.config.Policy.Types[t.Name] = t
	l.config.Templates.Entries[t.Name] = entry
}

// entry reads what events and bursts have alike: how they are told.
func (r *reader) entry(scope *templateScope) *templates.Entry {
	e := &templates.Entry{Type: r.block.name(), Burst: scope.burst}
	r.str("icon", &e.Icon)
	e.Title = r.template("title", scope)
	e.Body = r.template("body", scope)
	items, _ := r.items("details")
	for _, item := range items {
		label := strings.TrimSpace(item.name)
		if label == "" || len(label) > 64 || strings.ContainsAny(label, "\n\t{}") {
			r.fail(finding{code: CodeValue, at: item.nameRange, in: r.block.in(), summary: "invalid label", detail: "The label of a row is one short line of text."})
			continue
		}
		if tmpl := r.templateOf(item, scope); tmpl != nil {
			e.Details = append(e.Details, templates.Row{Label: label, Value: tmpl})
		}
	}
	return e
}

// groupName reads the name of a group.
func (r *reader) groupName(name string) string {
	var group string
	if !r.str(name, &group) || r.names.groups[group] != nil {
		return group
	}
	f := finding{
		code: CodeUnknownName, at: r.argument(name).valueRange(), in: r.block.in(), summary: fmt.Sprintf("unknown group %q", group),
		detail: fmt.Sprintf("Groups are: %s. A block group %q makes a new one.", joinSorted(slices.Collect(maps.Keys(r.names.groups))), group),
	}
	r.fail(f.suggest(group, maps.Keys(r.names.groups)))
	return group
}

// severity reads a severity.
func (r *reader) severity(name string, to *event.Severity) bool {
	a := r.argument(name)
	return a != nil && r.severityOf(a, to)
}

// severityOf reads one from an argument that is already at hand.
func (r *reader) severityOf(a *argument, to *event.Severity) bool {
	t, ok := r.textOf(a)
	if !ok {
		return false
	}
	text := t.value
	for _, s := range event.Severities() {
		if strings.EqualFold(text, s.String()) {
			*to = s
			return true
		}
	}
	f := finding{code: CodeValue, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("unknown severity %q", text), detail: `Severities are "INFO", "WARNING" and "CRITICAL".`}
	if s, ok := event.ParseSeverity(text); ok {
		f.label = fmt.Sprintf("write %q", s)
	}
	r.fail(f)
	return false
}

// fieldType is the type of a data field and who declared it first.
type fieldType struct {
	typ   event.FieldType
	at    hcl.Range
	owner string
}

// fields reads the data fields that an event declares. A field has one type
// throughout a configuration, so that conditions can be checked.
func (r *reader) fields(name string) map[string]event.FieldType {
	items, ok := r.items(name)
	if !ok {
		return nil
	}
	out := make(map[string]event.FieldType, len(items))
	for _, item := range items {
		t, ok := r.textOf(item)
		if !ok {
			continue
		}
		typ := event.FieldType(t.value)
		switch {
		case !typeName.MatchString(item.name):
			r.fail(finding{code: CodeLabels, at: item.nameRange, in: r.block.in(), summary: fmt.Sprintf("invalid field name %q", item.name), detail: typeRule})
		case !slices.Contains(event.FieldTypes(), typ):
			r.unknownFieldType(item, t.value)
		default:
			out[item.name] = typ
			r.sameFieldType(item, typ)
		}
	}
	return out
}

// unknownFieldType reports a type that data fields do not have.
func (r *reader) unknownFieldType(item *argument, given string) {
	var words []string
	for _, t := range event.FieldTypes() {
		words = append(words, string(t))
	}
	f := finding{code: CodeValue, at: item.valueRange(), in: r.block.in(), summary: fmt.Sprintf("unknown type %q", given), detail: "Types are " + quoted(words) + "."}
	r.fail(f.suggest(given, slices.Values(words)))
}

// sameFieldType reports a field that another event declares with another type.
// The pack comes first, so it is the user's declaration that is told to change.
func (r *reader) sameFieldType(item *argument, typ event.FieldType) {
	old, declared := r.loading.fields[item.name]
	if !declared {
		r.loading.fields[item.name] = fieldType{typ, item.valueRange(), r.block.title()}
		return
	}
	if old.typ == typ {
		return
	}
	r.fail(finding{
		code: CodeFieldType, at: item.valueRange(), in: r.block.in(), summary: fmt.Sprintf("field %s with two types", item.name),
		detail:  fmt.Sprintf("A field has one type in all events, so that conditions can rely on it. It is %q in %s (%s).", old.typ, old.owner, place(old.at)),
		related: []diag.Related{{Range: old.at, Label: "the other type"}},
	})
}

// fingerprint reads the fields that make two events the same: nil when there
// is no list, which is not the same as an empty one.
func (r *reader) fingerprint(name string, fields map[string]event.FieldType) []string {
	words, ok := r.words(name)
	if !ok {
		return nil
	}
	out := make([]string, 0, len(words))
	for _, w := range words {
		if _, declared := fields[w.text]; !declared && w.text != "host" {
			r.undeclared(w, fields, "The events have no such field. Declare it in fields; \"host\" is always there.")
			continue
		}
		out = append(out, w.text)
	}
	return out
}

// undeclared reports a word that should have been a data field.
func (r *reader) undeclared(w word, fields map[string]event.FieldType, detail string) {
	f := finding{code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown field %q", w.text), detail: detail}
	r.fail(f.suggest(w.text, maps.Keys(fields)))
}

// missingDetail says what to do about a missing argument. A misspelt name of a
// built-in event looks like a new one that lacks everything.
func (r *reader) missingDetail(names []string) string {
	detail := fmt.Sprintf("Write %s = ….", strings.Join(names, " = …, "))
	if r.block.kind != eventKind && r.block.kind != burstKind {
		return detail
	}
	builtin := func(yield func(string) bool) {
		for _, blocks := range []map[string]*block{r.names.types, r.names.bursts} {
			for name, b := range blocks {
				if b.kind == r.block.kind && (b.base != nil || b.file.pack) && !yield(name) {
					return
				}
			}
		}
	}
	if other, ok := near.Name(r.block.name(), builtin); ok && r.block.base == nil {
		detail += fmt.Sprintf(" If you meant to change the built-in %s, its name is %q.", r.block.kind, other)
	}
	return detail
}
