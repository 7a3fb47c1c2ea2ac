package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/rules/diag"
)

// lintCondition warns about a condition that can hold for no event, and about
// one that reads a field which none of its events has.
func (r *reader) lintCondition(name string, cond *condition.Condition, events *engine.Selector) {
	a := r.argument(name)
	if reason, never := cond.Never(); never {
		if strings.TrimSpace(cond.String()) != "false" { // written on purpose
			r.warn(finding{
				code: CodeNever, at: a.valueRange(), in: r.block.in(), summary: "a condition that never holds",
				detail: "No event fits: " + reason + ".",
			})
		}
		return
	}
	if selectsAll(events) {
		return
	}
	r.lintExcluded(a, cond, events)
	r.lintForeign(a, cond, events)
}

// lintExcluded warns about a condition that asks for none of the events of its
// block.
func (r *reader) lintExcluded(a *argument, cond *condition.Condition, events *engine.Selector) {
	keys := cond.Keys()
	if len(keys) == 0 {
		return
	}
	for _, k := range keys {
		name, isText := k.Value.(string)
		switch {
		case !isText, k.Attr != "type" && k.Attr != "group":
			return
		case k.Attr == "group":
			for _, t := range r.coveredBy(events) {
				if t.Group == name || k.Prefix && strings.HasPrefix(t.Group, name) {
					return
				}
			}
		case k.Prefix:
			return // an unknown type may begin with it
		default:
			if t := r.config.Policy.Types[name]; t == nil || events.Match(&event.Event{Type: t.Name, Group: t.Group}) {
				return
			}
		}
	}
	r.warn(finding{
		code: CodeNever, at: a.valueRange(), in: r.block.in(), summary: "a condition that none of the events fits",
		detail: "It asks for other types or groups than events lists. Widen events, or take it away.",
	})
}

// lintForeign warns about a field that none of the events declares.
func (r *reader) lintForeign(a *argument, cond *condition.Condition, events *engine.Selector) {
	for _, name := range cond.Reads() {
		field, ok := strings.CutPrefix(name, "event.data.")
		if _, anywhere := r.loading.fields[field]; !ok || !anywhere {
			continue // what nothing declares was told already
		}
		if _, added := r.added[field]; added || r.declares(events, field) {
			continue
		}
		f := finding{
			code: CodeForeign, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("none of the events has a field %q", field),
			detail: "It is missing in all of them, so that comparisons with it are false.",
		}
		if t, ok := a.file.literalText(a.expr); ok {
			if i := strings.Index(t.value, name); i >= 0 {
				f.at = t.between(i, i+len(name))
			}
		}
		r.warn(f.suggestWith(field, "event.data.", maps.Keys(r.fieldsOf(events))))
	}
}

// declares reports whether any of the events declares a field.
func (l *loading) declares(events *engine.Selector, field string) bool {
	return slices.ContainsFunc(l.coveredBy(events), func(t *engine.Type) bool { _, ok := t.Fields[field]; return ok })
}

// lintRules warns about rules that earlier ones hide, reminders of what nothing
// resolves, and rules that are tried for every event.
func (l *loading) lintRules() {
	var stops []*ruleBlock // that let nothing pass which they select
	for _, b := range l.rules {
		if b.rule.After > 0 {
			l.lintReminder(b)
			continue
		}
		for _, earlier := range stops {
			if earlier.hides(b) {
				l.warn(finding{
					code: CodeHidden, at: b.block.head, in: b.block.in(), summary: "a rule that is never reached",
					detail:  fmt.Sprintf("The rule at %s comes first, takes all its events and lets no later rule see them.", earlier.rule.Place),
					related: []diag.Related{{Range: earlier.block.head, Label: "this one"}},
				})
				break
			}
		}
		if b.stops() {
			stops = append(stops, b)
		}
	}
	l.lintUnindexed()
}

// stops reports whether no later rule sees any of the events that a rule selects.
func (b *ruleBlock) stops() bool {
	return (b.rule.Stop || b.rule.Drop) && (b.rule.When == nil || b.cond != nil && b.cond.Always())
}

// hides reports whether no event that this rule stops reaches the other.
func (b *ruleBlock) hides(other *ruleBlock) bool {
	mine, theirs := &b.rule.Events, &other.rule.Events
	if selectsAll(mine) || selectsAll(theirs) {
		return selectsAll(mine)
	}
	return subset(theirs.Types, mine.Types) && subset(theirs.Groups, mine.Groups) &&
		!slices.ContainsFunc(theirs.Globs, func(glob string) bool { return !slices.Contains(mine.Globs, glob) })
}

func subset(a, b map[string]bool) bool {
	for name := range a {
		if !b[name] {
			return false
		}
	}
	return true
}

// lintReminder warns about a reminder of events that nothing resolves: they are
// never open.
func (l *loading) lintReminder(b *ruleBlock) {
	types := l.coveredBy(&b.rule.Events)
	if named := typesOf(b.rule.Keys); named != nil {
		types = slices.DeleteFunc(types, func(t *engine.Type) bool { return !slices.Contains(named, t.Name) })
	}
	if slices.ContainsFunc(types, func(t *engine.Type) bool { return l.resolved[t.Name] }) {
		return
	}
	l.warn(finding{
		code: CodeUnresolved, at: b.block.arguments["after"].nameRange, in: b.block.in(), summary: "nothing resolves any of these events",
		detail: "Only what another event resolves is ever open, so that nobody is reminded. Give an event of the pair resolves = [\"…\"].",
	})
}

// manyUnindexed is how many rules may be tried for every event before it is worth
// a warning.
const manyUnindexed = 100

// lintUnindexed warns about many rules of which nothing can be looked up.
func (l *loading) lintUnindexed() {
	slow := l.config.Policy.Unindexed()
	if len(slow) <= manyUnindexed {
		return
	}
	for _, b := range l.rules {
		if b.rule == slow[0] {
			l.warn(finding{
				code: CodeUnindexed, at: b.block.head, in: b.block.in(), summary: fmt.Sprintf("%d rules are tried for every event", len(slow)),
				detail: "This is the first of them. Give them events = […], or a term such as event.group == 'backups', by which they can be looked up.",
			})
			return
		}
	}
}

// lintReach warns about channels that nothing reaches, bursts over events that
// are off, and keys for a digest that is not there.
func (l *loading) lintReach() {
	for _, b := range l.channels {
		c := l.config.Channels[b.name()]
		when := b.arguments["when"]
		if !c.Enabled || when == nil || l.named[c.Name] {
			continue
		}
		i := slices.IndexFunc(l.config.Policy.Channels, func(ch *engine.Channel) bool { return ch.Name == c.Name })
		if i < 0 {
			continue
		}
		cond, ok := l.config.Policy.Channels[i].When.(*condition.Condition)
		if !ok {
			continue
		}
		if _, never := cond.Never(); never {
			l.warn(finding{
				code: CodeUnreached, at: when.valueRange(), in: b.in(), summary: fmt.Sprintf("nothing reaches channel %q", c.Name),
				detail: "Its condition never holds, and no rule names it.",
			})
		}
	}
	l.lintBursts()
	l.lintDigestKeys()
}

// lintBursts warns about a burst none of whose events is ever on.
func (l *loading) lintBursts() {
	for _, listed := range l.config.Catalogue.Bursts {
		b := l.names.bursts[listed.Name]
		if b.file.pack || !listed.Enabled || len(listed.Events) == 0 {
			continue
		}
		on := slices.ContainsFunc(listed.Events, func(name string) bool { return l.everOn(l.config.Policy.Types[name]) })
		if !on {
			l.warn(finding{
				code: CodeBurstOff, at: b.head, in: b.in(), summary: "a burst over events that are off",
				detail: fmt.Sprintf("None of %s is on anywhere. Switch one on: toggles { %s = true }.", strings.Join(listed.Events, ", "), listed.Events[0]),
			})
		}
	}
}

// everOn reports whether any channel may get events of a type.
func (l *loading) everOn(t *engine.Type) bool {
	if t == nil {
		return true // its name was reported
	}
	master, scope := l.config.Policy.Toggles.Lookup(t.Name, t.Group, t.Severity)
	if master.Value == engine.Off {
		return false
	}
	return t.Enabled || scope == engine.TypeScope || slices.ContainsFunc(l.config.Policy.Channels, func(ch *engine.Channel) bool {
		own, ok := ch.Toggles.Types[t.Name]
		return ok && own.Value != engine.Off
	})
}

// lintDigestKeys warns about a channel's key "digest" without a digest.
func (l *loading) lintDigestKeys() {
	for _, s := range l.toggles {
		if s.channel == nil || s.channel.Digest != nil {
			continue
		}
		for _, key := range s.keys {
			if key.toggle == engine.ToDigest {
				l.warn(finding{
					code: CodeNoDigest, at: key.argument.nameRange, in: s.block.in(), summary: "no digest to wait for",
					detail: fmt.Sprintf("Channel %q has no digest block, so its events are told at once. Write digest { at = \"09:00\" }.", s.channel.Name),
				})
			}
		}
	}
}
