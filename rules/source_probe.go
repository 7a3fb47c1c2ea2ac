package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/sources"
	"tocsin/sources/probe"
	"tocsin/templates"
)

// Bounds of the time between two looks, and of one look.
const (
	leastLook    = 10 * time.Second
	mostLook     = 31 * day
	leastTimeout = time.Second
	mostTimeout  = 10 * time.Minute
	mostWaiting  = time.Minute // for somebody else's answer
)

// probeSource returns the decoder of a kind of source that looks at something now
// and then. What all of them have:
//
//	source "file" "lease" {
//	  every    = "1m"
//	  timeout  = "10s"
//	  optional = true                     # that there is nothing to look at is no trouble
//	  matches  = { leases = "^lease (?P<address>\\S+) (?P<owner>\\S+)$" }
//	  each     = "result.matches.leases"  # or result.json.NAME, …
//	  key      = "{{ .item.address }}"
//	  when     = "item.owner != 'nobody'"
//	  emit     = "lease_taken"
//	  resolved = "lease_free"             # when that is over
//	  severity = "WARNING"                # default: the event's
//	  host     = "{{ .item.owner }}"      # default: this one
//	  data     = { address = "{{ .item.address }}" }
//	}
func probeSource(kind string, subject func(*reader, *probe.Rule)) sourceKind {
	return sourceKind{kind, func(r *reader, s *Source) any {
		r.require("every", "emit")
		p := &probe.Rule{Kind: kind, Name: s.Name, Place: s.Place}
		r.dormant = !s.Enabled
		r.span("every", &p.Every, leastLook, mostLook)
		r.flag("optional", &p.Optional)
		subject(r, p)
		d := &probeReader{reader: r, rule: p, result: probe.Names(kind), reads: map[string]bool{}, previous: map[string]bool{}}
		d.emissions(s)
		if probe.HasText(kind) {
			d.patterns()
		}
		d.each()
		d.when()
		d.texts()
		p.Reads, p.Previous = slices.Sorted(maps.Keys(d.reads)), slices.Sorted(maps.Keys(d.previous))
		return p
	}}
}

// probeReader reads what all kinds of probes have.
type probeReader struct {
	*reader
	rule   *probe.Rule
	result map[string]event.FieldType // what is there below "result"
	groups map[string]map[string]event.FieldType
	items  map[string]event.FieldType // what is there below "item"; nil: nothing
	open   bool                       // an item may have members that nobody knows
	reads  map[string]bool            // names below "result" that are read

	previous map[string]bool // names of what was there at the last look that are read
}

// emissions reads the events of a source.
func (d *probeReader) emissions(s *Source) {
	types := d.fields("types")
	d.rule.Event, d.rule.Fields = d.emitted("emit", types)
	s.Emits = []string{d.rule.Event}
	var severity event.Severity
	if d.severity("severity", &severity) {
		d.rule.Severity = severity.String()
	}
	if d.argument("resolved") == nil {
		return
	}
	d.rule.Resolved, d.rule.ResolvedFields = d.emitted("resolved", types)
	s.Emits = append(s.Emits, d.rule.Resolved)
	if t := d.config.Policy.Types[d.rule.Resolved]; t != nil && d.rule.Event != "" && !slices.Contains(t.Resolves, d.rule.Event) {
		d.warn(finding{
			code: CodeNotResolver, at: d.argument("resolved").valueRange(), in: d.block.in(), summary: fmt.Sprintf("%s does not resolve %s", d.rule.Resolved, d.rule.Event),
			detail: fmt.Sprintf("The trouble stays open: reminders go on, and what it inhibits stays silent. Name an event that ends it, or give event %q: resolves = [%q].", d.rule.Resolved, d.rule.Event),
		})
	}
}

// patterns reads what is looked for in the text.
func (d *probeReader) patterns() {
	items, ok := d.reader.items("matches")
	if !ok {
		return
	}
	d.groups = map[string]map[string]event.FieldType{}
	for _, item := range items {
		if !typeName.MatchString(item.name) {
			d.fail(finding{code: CodeValue, at: item.nameRange, in: d.block.in(), summary: fmt.Sprintf("invalid name %q", item.name), detail: "Names of patterns are small letters, digits and _, and begin with a letter."})
			continue
		}
		t, ok := d.textOf(item)
		if !ok {
			continue
		}
		p, err := probe.NewPattern(item.name, t.value)
		if err != nil {
			d.patternFault(t, err)
			continue
		}
		d.rule.Patterns = append(d.rule.Patterns, p)
		groups := map[string]event.FieldType{}
		if d.rule.Kind == probe.File {
			groups["path"] = event.String
		}
		for _, name := range p.Groups() {
			groups[name] = event.String
			if typ, declared := d.rule.Fields[name]; declared {
				groups[name] = typ
			}
		}
		d.groups[item.name] = groups
		d.result["matches."+item.name] = event.Sequence
	}
}

// each reads where the items are.
func (d *probeReader) each() {
	a := d.argument("each")
	if a == nil {
		return
	}
	t, ok := d.textOf(a)
	if !ok {
		return
	}
	path, err := probe.ParsePath(t.value)
	if err != nil {
		d.invalid(a, fmt.Sprintf("each = %q %v", t.value, err), "Write where they are, such as "+d.lists()+".")
		return
	}
	first := path.Words[0]
	typ, known := d.result[first]
	switch groups := d.groups[path.Words[min(1, len(path.Words)-1)]]; {
	case first == "matches" && groups != nil && len(path.Words) == 2:
		d.items = maps.Clone(groups)
	case known && first == "files":
		d.items = probe.FileNames()
	case known && (typ == event.Sequence || first == "json"):
		d.items, d.open = map[string]event.FieldType{}, true
	default:
		d.fail(finding{
			code: CodeUnknownName, at: t.whole, in: d.block.in(), summary: fmt.Sprintf("no items at %q", t.value), detail: "There is " + d.lists() + ".",
		}.suggest(t.value, slices.Values(d.listNames())))
		return
	}
	maps.Copy(d.items, probe.Common())
	delete(d.result, "previous") // it is that of the items
	delete(d.result, "error")    // a look that failed has none
	d.rule.Each = path
	d.reads[first] = true
}

// lists names what a source may go through.
func (d *probeReader) lists() string { return strings.Join(d.listNames(), ", ") }

func (d *probeReader) listNames() []string {
	var names []string
	for name, typ := range d.result {
		if typ == event.Sequence || name == "json" {
			names = append(names, "result."+name)
		}
	}
	slices.Sort(names)
	return names
}

// when reads the condition.
func (d *probeReader) when() {
	if d.argument("when") == nil {
		if d.argument("each") == nil {
			d.require("when")
		}
		return
	}
	cond := d.condition("when", condition.Subject{Names: d.names()})
	if cond == nil {
		return
	}
	d.rule.When = cond.MatchValues
	d.depends("when", cond.String())
	for _, name := range cond.Reads() {
		path := strings.Split(name, ".")
		d.read(path)
		d.rule.Moment = d.rule.Moment || len(path) > 1 && (path[1] == "changed" || path[1] == "previous")
	}
	if a := d.argument("resolved"); a != nil && d.rule.Moment {
		d.fail(finding{
			code: CodeExcludes, at: a.nameRange, in: d.block.in(), summary: "resolved with a condition about a change",
			detail: "A change is over at once. Leave resolved out, or take changed and previous out of the condition.",
		})
	}
}

// read notes that a name is read.
func (d *probeReader) read(path []string) {
	if len(path) < 2 {
		return
	}
	if path[0] == "result" || path[1] == "content" { // of a file, too, it is read only when it is wanted
		d.reads[path[1]] = true
	}
	switch {
	case path[1] != "previous":
	case path[0] == "item" && d.open:
		d.previous[probe.All] = true
	case len(path) > 2:
		d.previous[path[2]] = true
	default:
		d.previous[""] = true
	}
}

// names are what the condition may read.
func (d *probeReader) names() condition.Names {
	names := map[string]event.FieldType{}
	add := func(root string, members map[string]event.FieldType, previous bool) {
		for name, typ := range members {
			names[root+"."+name] = typ
			if _, common := probe.Common()[name]; previous && !common && typ != event.Sequence {
				names[root+".previous."+name] = typ
			}
		}
	}
	add("result", d.result, d.items == nil)
	add("item", d.items, !d.open)
	if d.open {
		names["item"] = probe.Any
	}
	return condition.NewNames(names)
}

// texts reads what is made by templates.
func (d *probeReader) texts() {
	members := slices.DeleteFunc(slices.Sorted(maps.Keys(d.result)), func(name string) bool { return strings.Contains(name, ".") })
	if d.groups != nil {
		members = append(members, "matches")
	}
	own := &ownNames{members: map[string][]string{"result": members}, open: map[string]func(string) bool{}}
	if d.items != nil {
		own.members["item"] = slices.Sorted(maps.Keys(d.items))
	}
	if d.open {
		own.open["item"] = func(string) bool { return true }
	}
	scope := &templateScope{own: own}
	d.rule.Key, d.rule.Host = d.text("key", scope), d.text("host", scope)
	if a := d.argument("key"); a != nil && d.rule.Key != nil && d.items != nil {
		if t, _ := d.textOf(a); !strings.Contains(t.value, "{{") {
			d.invalid(a, "the same key for every item", `Write what tells them apart: key = "{{ .item.NAME }}".`)
		}
	}
	for _, datum := range d.sourceData(d.rule.Event, d.dataFields(), scope) {
		d.refs(datum.tmpl)
		d.rule.Data = append(d.rule.Data, sources.Datum{Name: datum.name, Type: datum.typ, Text: d.sourceText(datum.tmpl)})
	}
}

// dataFields are the fields that data may have: also those that only the event has
// which ends the state.
func (d *probeReader) dataFields() map[string]event.FieldType {
	fields := maps.Clone(d.rule.ResolvedFields)
	if fields == nil {
		fields = map[string]event.FieldType{}
	}
	maps.Copy(fields, d.rule.Fields)
	return fields
}

// text reads a template of one argument.
func (d *probeReader) text(name string, scope *templateScope) sources.Template {
	tmpl := d.template(name, scope)
	if tmpl == nil {
		return nil
	}
	t, _ := d.textOf(d.argument(name))
	d.depends(name, t.value)
	d.refs(tmpl)
	return d.sourceText(tmpl)
}

// refs notes what a template reads.
func (d *probeReader) refs(tmpl *templates.Template) {
	for _, ref := range tmpl.Refs() {
		d.read(ref.Path)
	}
}
