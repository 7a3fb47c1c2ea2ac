package rules

import (
	"maps"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/sources"
	"tocsin/sources/pattern"
	"tocsin/templates"
)

// lineRoot is what conditions and templates of a source read of a line.
type lineRoot struct {
	name  string                     // before the dot: entry
	types map[string]event.FieldType // of the members
	open  func(member string) bool   // whether it has that one besides, as text; nil: it has no others
}

// lineRule reads what all sources over lines have: pattern, when, emit, severity,
// host, data and types. It also returns the members of the root that are read.
func (r *reader) lineRule(s *Source, root *lineRoot) (rule pattern.Rule, read []string) {
	r.require("emit")
	rule.Name, rule.Place = s.Name, s.Place
	rule.Event, rule.Types = r.emitted("emit", r.fields("types"))
	s.Emits = []string{rule.Event}
	groups := r.linePattern(&rule)
	var severity event.Severity
	if r.severity("severity", &severity) {
		rule.Severity = severity.String()
	}
	if cond := r.lineCondition(root, groups); cond != nil {
		rule.When = cond.MatchValues
		r.depends("when", cond.String())
		for _, name := range cond.Reads() {
			if member, ok := strings.CutPrefix(name, root.name+"."); ok {
				read = append(read, member)
			}
		}
	}
	return rule, append(read, r.lineTemplates(&rule, root, groups)...)
}

// lineCondition reads a condition over a line and what the pattern cut out.
func (r *reader) lineCondition(root *lineRoot, groups map[string]event.FieldType) *condition.Condition {
	if r.argument("when") == nil {
		return nil
	}
	names := map[string]event.FieldType{}
	for name, typ := range groups {
		names["match."+name] = typ
	}
	for name, typ := range root.types {
		names[root.name+"."+name] = typ
	}
	var open []string
	if root.open != nil {
		open = append(open, root.name)
	}
	return r.condition("when", condition.Subject{Names: condition.NewNames(names, open...)})
}

// lineTemplates reads what is made by templates, and returns the members of the root
// that they read.
func (r *reader) lineTemplates(rule *pattern.Rule, root *lineRoot, groups map[string]event.FieldType) (read []string) {
	own := &ownNames{members: map[string][]string{"match": slices.Sorted(maps.Keys(groups)), root.name: slices.Sorted(maps.Keys(root.types))}}
	if root.open != nil {
		own.open = map[string]func(string) bool{root.name: root.open}
	}
	scope := &templateScope{own: own}
	reads := func(tmpl *templates.Template) {
		for _, ref := range tmpl.Refs() {
			if len(ref.Path) > 1 && ref.Path[0] == root.name {
				read = append(read, ref.Path[1])
			}
		}
	}
	if host := r.template("host", scope); host != nil {
		t, _ := r.textOf(r.argument("host"))
		r.depends("host", t.value)
		reads(host)
		rule.Host = r.sourceText(host)
	}
	for _, d := range r.sourceData(rule.Event, rule.Types, scope) {
		reads(d.tmpl)
		rule.Data = append(rule.Data, sources.Datum{Name: d.name, Type: d.typ, Text: r.sourceText(d.tmpl)})
	}
	return read
}

// linePattern reads the pattern and returns its groups with the types of their
// fields.
func (r *reader) linePattern(rule *pattern.Rule) map[string]event.FieldType {
	a := r.argument("pattern")
	if a == nil {
		return nil
	}
	t, ok := r.textOf(a)
	if !ok {
		return nil
	}
	r.depends("pattern", t.value)
	p, err := r.cache.pattern(t.value)
	if err != nil {
		r.patternFault(t, err)
		return nil
	}
	rule.Pattern = p
	groups := map[string]event.FieldType{}
	for _, name := range p.Groups() {
		typ, declared := rule.Types[name]
		if !declared && name[0] != pattern.Helper {
			r.undeclaredDatum(word{name, groupPlace(t, name)}, rule.Event, rule.Types)
		}
		if !declared {
			typ = event.String
		}
		groups[name] = typ
	}
	r.checkPattern(t, p)
	return groups
}

// checkPattern warns about patterns that fit more than their authors think.
func (r *reader) checkPattern(t *text, p *pattern.Pattern) {
	if !p.Anchored() {
		r.warn(finding{
			code: CodeUnanchored, at: t.whole, in: r.block.in(), summary: "pattern that fits in the middle of a message",
			detail: "Programs quote what strangers send, such as the name in a failed login: whoever knows the pattern can raise this event. Begin it with ^, and end it with $ where the line ends.",
		})
	}
	if p.Literals() == nil {
		r.warn(finding{
			code: CodeNoLiteral, at: t.whole, in: r.block.in(), summary: "pattern without a fixed text",
			detail: "It is tried on everything that the source reads. A word of three letters that stands in each line it is meant for would spare that.",
		})
	}
}

// patternFault reports a pattern that does not compile.
func (r *reader) patternFault(t *text, err error) {
	f := finding{code: CodePattern, at: t.whole, in: r.block.in(), summary: "invalid pattern", detail: upperFirst(err.Error()) + " Patterns are RE2."}
	if se, ok := err.(*syntax.Error); ok {
		f.detail = upperFirst(se.Code.String()) + " Patterns are RE2."
		if i := strings.Index(t.value, se.Expr); i >= 0 && se.Expr != "" {
			f.at = t.between(i, i+len(se.Expr))
		}
		if se.Code == syntax.ErrInvalidPerlOp {
			f.detail = "RE2 has no look-ahead, look-behind or back-reference. A condition (when) can ask for what must not stand there."
		}
	}
	r.fail(f)
}

// groupPlace returns where a named group stands in a pattern.
func groupPlace(t *text, name string) hcl.Range {
	i := strings.Index(t.value, "<"+name+">")
	if i < 0 {
		return t.whole
	}
	return t.between(i+1, i+1+len(name))
}
