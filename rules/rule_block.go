package rules

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/rules/diag"
	"tocsin/rules/near"
)

// ruleKind is the kind of block that changes, routes or stops events.
const ruleKind = "rule"

// ruleBlock is a decoded rule.
type ruleBlock struct {
	block *block
	rule  *engine.Rule
	cond  *condition.Condition // nil: none
}

// decodeRule decodes a rule.
//
//	rule "nightly backups only by mail" {
//	  events      = ["backup_*"]     # types, groups or globs; default: all
//	  when        = "event.severity == 'INFO' and hour(event.time) < 6"
//	  channels    = ["mail"]         # these and no others; several rules add up
//	  severity    = "WARNING"        # set
//	  data        = { owner = "ops" } # add; templates
//	  cooldown    = "1h"
//	  fingerprint = ["vmid"]
//	  once        = true             # repeats are no flood
//	  stop        = true             # no later rule
//	}
//
//	rule "nobody reacted" {
//	  when  = "event.severity == 'CRITICAL'"
//	  after = "30m"                  # still open then: tell it again
//	  every = "4h"                   # and again; left out: once
//	}
func (l *loading) decodeRule(b *block) {
	if !l.checkTitle(b) {
		return
	}
	r := l.read(b)
	rule := &engine.Rule{Name: b.name(), Place: place(b.head)}
	on := r.enabled()
	rule.Condition = r.chosen(condition.Subject{})
	rule.Channels = r.channelNames("channels")
	r.flag("drop", &rule.Drop)
	r.flag("stop", &rule.Stop)
	var severity event.Severity
	if r.severity("severity", &severity) {
		rule.Severity = &severity
	}
	fields := r.ruleFields(&rule.Events)
	rule.Data = r.addedData("data", fields, b.title())
	var cooldown time.Duration
	if r.span("cooldown", &cooldown, 0, 31*day) {
		rule.Cooldown = &cooldown
	}
	rule.Fingerprint = r.fingerprint("fingerprint", fields)
	r.flag("once", &rule.Once)
	r.span("after", &rule.After, time.Minute, 7*day)
	r.span("every", &rule.Every, time.Minute, 7*day)
	r.done()
	r.checkRule(rule)
	if on {
		cond, _ := rule.When.(*condition.Condition)
		l.rules = append(l.rules, &ruleBlock{b, rule, cond})
		l.config.Policy.Rules = append(l.config.Policy.Rules, rule)
	}
}

// ruleFields returns the fields that a rule's templates and its fingerprint can
// name, if it has any of these.
func (r *reader) ruleFields(events *engine.Selector) map[string]event.FieldType {
	if r.argument("data") == nil && r.argument("fingerprint") == nil {
		return nil
	}
	if !selectsAll(events) {
		return r.fieldsOf(events)
	}
	fields := make(map[string]event.FieldType, len(r.loading.fields))
	for name, f := range r.loading.fields {
		fields[name] = f.typ
	}
	return fields
}

// checkTitle reports a label that is no title: it stands in decisions and in
// command lines.
func (l *loading) checkTitle(b *block) bool {
	name := b.name()
	odd := name == "" || len(name) > 100
	for _, c := range name {
		odd = odd || !unicode.IsPrint(c)
	}
	if odd {
		l.fail(finding{code: CodeLabels, at: b.nameRange(), in: b.in(), summary: "invalid name", detail: "A name is one line of text, at most 100 bytes."})
	}
	return !odd
}

// channelNames reads a list of channels.
func (r *reader) channelNames(name string) []string {
	words, ok := r.words(name)
	if !ok {
		return nil
	}
	if len(words) == 0 {
		r.invalid(r.argument(name), "an empty list of channels", "To tell nobody write drop = true, to leave the choice to the channels leave it out.")
	}
	var out []string
	for _, w := range words {
		switch r.knownChannel(w); {
		case slices.Contains(out, w.text):
			r.fail(finding{code: CodeTwice, at: w.at, in: r.block.in(), summary: fmt.Sprintf("channel %q twice", w.text), detail: "Name it once."})
		default:
			out = append(out, w.text)
		}
	}
	return out
}

// knownChannel reports a channel that is not there, or is switched off.
func (r *reader) knownChannel(w word) {
	if c := r.config.Channels[w.text]; c != nil {
		r.named = with(r.named, w.text)
		if !c.Enabled {
			r.warn(finding{
				code: CodeOffChannel, at: w.at, in: r.block.in(), summary: fmt.Sprintf("channel %q is switched off", w.text),
				detail: fmt.Sprintf("Nothing goes there as long as %s says enabled = false.", c.Place),
			})
		}
		return
	}
	if r.channel[w.text] != nil || r.brokenChannels[w.text] {
		return // it is there and has an error of its own
	}
	f := finding{code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown channel %q", w.text)}
	f.detail = "No channel block has that name."
	if names := slices.Sorted(maps.Keys(r.config.Channels)); len(names) > 0 {
		f.detail = "Channels are: " + joinSorted(names) + "."
	}
	if name, ok := near.Name(w.text, maps.Keys(r.config.Channels)); ok {
		f.related = []diag.Related{{Range: r.channel[name].head, Label: "defined here"}}
	}
	r.fail(f.suggest(w.text, maps.Keys(r.config.Channels)))
}

// addedData reads the data that a rule adds.
func (r *reader) addedData(name string, fields map[string]event.FieldType, owner string) []engine.Datum {
	items, _ := r.items(name)
	var out []engine.Datum
	for _, item := range items {
		typ, ok := r.added[item.name]
		if !ok {
			continue // its name was reported
		}
		tmpl := r.templateOf(item, &templateScope{fields: fields, owner: owner, several: true})
		if tmpl == nil {
			continue
		}
		set := r.config.Templates
		out = append(out, engine.Datum{Name: item.name, Type: typ, Place: place(item.nameRange), Text: func(e *event.Event) (string, error) {
			return tmpl.Execute(set.View(&event.Notification{Event: e}))
		}})
	}
	return out
}

// gatherRuleFields declares the data that rules add, before any condition is
// compiled: a field that an event declares keeps its type, any other is text.
func (l *loading) gatherRuleFields(blocks []*block) {
	l.added = map[string]event.FieldType{}
	for _, b := range blocks {
		r := l.read(b)
		items, _ := r.items("data")
		for _, item := range items {
			if !typeName.MatchString(item.name) {
				r.fail(finding{code: CodeLabels, at: item.nameRange, in: b.in(), summary: fmt.Sprintf("invalid field name %q", item.name), detail: typeRule})
				continue
			}
			declared, ok := l.fields[item.name]
			if !ok {
				declared = fieldType{event.String, item.nameRange, b.title()}
				l.fields[item.name] = declared
			}
			l.added[item.name] = declared.typ
		}
	}
}

// checkRule reports what does not go together in a rule.
func (r *reader) checkRule(rule *engine.Rule) {
	switch {
	case rule.After > 0:
		for _, name := range []string{"drop", "stop", "severity", "data", "cooldown", "fingerprint", "once"} {
			if a := r.argument(name); a != nil {
				r.excludes(a.nameRange, name, "after", "A rule with after only tells again what is still open. Write a second rule for the rest.")
			}
		}
	case rule.Every > 0:
		r.excludes(r.argument("every").nameRange, "every", "no after", `Say when it is told for the first time: after = "30m".`)
	case rule.Drop:
		for _, name := range []string{"channels", "severity", "data", "cooldown", "fingerprint", "once", "stop"} {
			if a := r.argument(name); a != nil {
				r.excludes(a.nameRange, name, "drop", "What is dropped goes nowhere. Take one of the two away.")
			}
		}
	case rule.Severity == nil && rule.Data == nil && rule.Cooldown == nil && rule.Fingerprint == nil && rule.Channels == nil && !rule.Stop:
		if r.setsNothing() {
			r.warn(finding{
				code: CodeIdleRule, at: r.block.head, in: r.block.in(), summary: "a rule that does nothing",
				detail: "Say what it does: channels, severity, data, cooldown, fingerprint, drop, stop, or after.",
			})
		}
	}
}

// setsNothing reports whether a rule has none of the arguments that do
// something, also none with an error.
func (r *reader) setsNothing() bool {
	for _, name := range []string{"drop", "stop", "severity", "data", "cooldown", "fingerprint", "once", "channels", "after", "every"} {
		if r.argument(name) != nil {
			return false
		}
	}
	return true
}

// excludes reports two arguments of which one is too many.
func (r *reader) excludes(at hcl.Range, name, other, detail string) {
	r.fail(finding{code: CodeExcludes, at: at, in: r.block.in(), summary: fmt.Sprintf("%s with %s", name, other), detail: detail})
}
