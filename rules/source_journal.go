package rules

import (
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/sources/journal"
	"tocsin/templates"
)

// journalKind is the kind of source that reads systemd's journal.
const journalKind = "journal"

// journalSource decodes what a source makes of the journal's entries.
//
//	source "journal" "sshd_failed_password" {
//	  identifiers = ["sshd", "sshd-session"]   # who wrote it; or units, or both
//	  units       = ["ssh.service", "ssh@.service"]
//	  uids        = [0]                        # as which user; what has none counts, too
//	  transport   = "syslog"                   # kernel, syslog, journal, stdout, audit, driver
//	  priority    = "warning"                  # so urgent or more
//	  pattern     = "^Failed (?P<method>\\S+) for (?P<user>.*) from (?P<source_ip>\\S+) port (?P<port>\\d+)"
//	  when        = "match.user != 'monitor' and entry.uptime > duration('2m')"
//	  emit        = "auth_fail"
//	  severity    = "WARNING"                  # default: the event's
//	  host        = "{{ .entry.host }}"        # default: this one
//	  data        = { service = "sshd" }       # templates over .match and .entry
//	}
func (r *reader) journalSource(s *Source) any {
	r.require("emit")
	j := &journal.Rule{Name: s.Name, Place: s.Place, Urgency: 7}
	j.Identifiers = r.identifiers()
	j.Units = r.units()
	j.Users = r.userIDs()
	j.Transports = r.oneOf("transport", "kernel", "syslog", "journal", "stdout", "audit", "driver")
	r.urgency(&j.Urgency)
	types := r.fields("types")
	j.Event, j.Types = r.emitted("emit", types)
	s.Emits = []string{j.Event}
	groups := r.journalPattern(j)
	r.checkBound(j)
	var severity event.Severity
	if r.severity("severity", &severity) {
		j.Severity = severity.String()
	}
	if cond := r.entryCondition(groups); cond != nil {
		j.When = cond.MatchValues
		r.depends("when", cond.String())
		j.Fields = append(j.Fields, fieldsRead(cond)...)
	}
	if r.argument("pattern") == nil && r.argument("when") == nil {
		r.require("pattern")
	}
	r.journalTemplates(j, groups)
	slices.Sort(j.Fields)
	j.Fields = slices.Compact(j.Fields)
	return j
}

// journalTemplates reads what is made by templates.
func (r *reader) journalTemplates(j *journal.Rule, groups map[string]event.FieldType) {
	names := slices.Sorted(maps.Keys(journal.Names()))
	scope := &templateScope{own: &ownNames{
		members: map[string][]string{"match": slices.Sorted(maps.Keys(groups)), "entry": names},
		open:    map[string]func(string) bool{"entry": journal.IsField},
	}}
	reads := func(tmpl *templates.Template) {
		for _, ref := range tmpl.Refs() {
			if len(ref.Path) > 1 && ref.Path[0] == "entry" && journal.IsField(ref.Path[1]) {
				j.Fields = append(j.Fields, ref.Path[1])
			}
		}
	}
	if host := r.template("host", scope); host != nil {
		t, _ := r.textOf(r.argument("host"))
		r.depends("host", t.value)
		reads(host)
		j.Host = r.sourceText(host)
	}
	for _, d := range r.sourceData(j.Event, j.Types, scope) {
		reads(d.tmpl)
		j.Data = append(j.Data, journal.Datum{Name: d.name, Type: d.typ, Text: r.sourceText(d.tmpl)})
	}
}

// entryCondition reads a condition over an entry and what the pattern cut out.
func (r *reader) entryCondition(groups map[string]event.FieldType) *condition.Condition {
	if r.argument("when") == nil {
		return nil
	}
	return r.condition("when", condition.Subject{Names: entryNames(groups)})
}

// entryNames are what the condition of a source may read.
func entryNames(groups map[string]event.FieldType) condition.Names {
	names := map[string]event.FieldType{}
	for name, typ := range groups {
		names["match."+name] = typ
	}
	for name, typ := range journal.Names() {
		names["entry."+name] = typ
	}
	return condition.NewNames(names, "entry")
}

// fieldsRead are the fields of the journal that a condition reads by their own
// names.
func fieldsRead(cond *condition.Condition) []string {
	var out []string
	for _, name := range cond.Reads() {
		if field, ok := strings.CutPrefix(name, "entry."); ok && journal.IsField(field) {
			out = append(out, field)
		}
	}
	return out
}

// identifiers reads the names of programs.
func (r *reader) identifiers() []string {
	words, ok := r.words("identifiers")
	if !ok {
		return nil
	}
	for _, w := range words {
		if w.text == "" || len(w.text) > 128 || strings.ContainsAny(w.text, "*?[ ") {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid identifier %q", w.text),
				detail: "It is the word that the program writes before its messages, whole: sshd, kernel. journalctl -F SYSLOG_IDENTIFIER lists those of this host.",
			})
		}
	}
	return textsOf(words)
}

// unitTypes end the names of units that have processes, which write entries.
func unitTypes() []string {
	return []string{".service", ".scope", ".socket", ".mount", ".swap", ".slice", ".timer"}
}

// units reads the names of units.
func (r *reader) units() []string {
	words, ok := r.words("units")
	if !ok {
		return nil
	}
	for _, w := range words {
		f := finding{code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid unit %q", w.text)}
		switch {
		case strings.ContainsAny(w.text, "*?[ "):
			f.detail = "Units are named whole. All instances of one are its name without what stands behind the @: ssh@.service."
			r.fail(f)
		case !slices.ContainsFunc(unitTypes(), func(end string) bool { return strings.HasSuffix(w.text, end) && w.text != end }):
			f.detail = "The name of a unit has its type: ssh.service."
			if !strings.Contains(w.text, ".") && w.text != "" {
				f.label = fmt.Sprintf("write %q", w.text+".service")
			}
			r.fail(f)
		}
	}
	return textsOf(words)
}

// userIDs reads the numbers of users.
func (r *reader) userIDs() []int {
	words, ok := r.words("uids")
	if !ok {
		return nil
	}
	var out []int
	for _, w := range words {
		n, err := strconv.ParseUint(w.text, 10, 32)
		if err != nil {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid user number %q", w.text),
				detail: "Write numbers, as id -u NAME prints them: uids = [0].",
			})
			continue
		}
		out = append(out, int(n))
	}
	return out
}

// oneOf reads words that are each one of several.
func (r *reader) oneOf(name string, choices ...string) []string {
	words, ok := r.words(name)
	if !ok {
		return nil
	}
	for _, w := range words {
		if !slices.Contains(choices, w.text) {
			f := finding{code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown %s %q", name, w.text), detail: "It is one of " + quoted(choices) + "."}
			r.fail(f.suggest(w.text, slices.Values(choices)))
		}
	}
	return textsOf(words)
}

// urgency reads how urgent an entry must be.
func (r *reader) urgency(to *int) {
	var word string
	if r.choice("priority", &word, journal.Priorities()...) {
		*to = slices.Index(journal.Priorities(), word)
	}
}

// journalPattern reads the pattern and returns its groups with the types of their
// fields.
func (r *reader) journalPattern(j *journal.Rule) map[string]event.FieldType {
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
	j.Pattern = p
	groups := map[string]event.FieldType{}
	for _, name := range p.Groups() {
		typ, declared := j.Types[name]
		if !declared && name[0] != journal.Helper {
			r.undeclaredDatum(word{name, groupPlace(t, name)}, j.Event, j.Types)
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
func (r *reader) checkPattern(t *text, p *journal.Pattern) {
	if !p.Anchored() {
		r.warn(finding{
			code: CodeUnanchored, at: t.whole, in: r.block.in(), summary: "pattern that fits in the middle of a message",
			detail: "Messages quote what strangers send, such as the name in a failed login: whoever knows the pattern can raise this event. Begin it with ^, and end it with $ where the message ends.",
		})
	}
	if p.Literals() == nil {
		r.warn(finding{
			code: CodeNoLiteral, at: t.whole, in: r.block.in(), summary: "pattern without a fixed text",
			detail: "It is tried on every message of its programs. A word of three letters that stands in each message it is meant for would spare that.",
		})
	}
}

// checkBound refuses a source that any program could raise events through.
func (r *reader) checkBound(j *journal.Rule) {
	if r.argument("identifiers") == nil && r.argument("units") == nil || len(j.Identifiers)+len(j.Units) == 0 {
		r.fail(finding{
			code: CodeUnbound, at: r.block.head, in: r.block.in(), summary: "source that reads what any program writes",
			detail: `Any user of the host could raise its event with logger. Say whose messages it reads: identifiers = ["sshd"], or units = ["ssh.service"].`,
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
