package rules

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
)

// selector reads a list of event types, groups and globs over types.
func (r *reader) selector(name string) engine.Selector {
	words, ok := r.words(name)
	var s engine.Selector
	for _, w := range words {
		switch {
		case r.names.types[w.text] != nil:
			s.Types = with(s.Types, w.text)
		case r.names.groups[w.text] != nil:
			s.Groups = with(s.Groups, w.text)
		case strings.ContainsAny(w.text, `*?[\`):
			if r.globWord(w) {
				s.Globs = append(s.Globs, w.text)
			}
		default:
			r.selectorWord(w)
		}
	}
	if ok && len(words) == 0 {
		r.invalid(r.argument(name), "an empty list of events", "Name event types, groups or globs, or leave it out for all events.")
	}
	return s
}

func with(set map[string]bool, word string) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	set[word] = true
	return set
}

// globWord checks a glob: it must fit some event.
func (r *reader) globWord(w word) bool {
	f := finding{code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("%q fits no event", w.text), detail: "No event type of the catalogue has such a name."}
	for name := range r.names.types {
		ok, err := path.Match(w.text, name)
		if err != nil {
			f.code, f.summary, f.detail = CodeValue, fmt.Sprintf("%q is no glob", w.text), "* stands for any text, ? for one character, [a-z] for one of them."
			break
		}
		if ok {
			return true
		}
	}
	r.fail(f)
	return false
}

// selectorWord reports a word that is neither an event type nor a group.
func (r *reader) selectorWord(w word) {
	if r.names.bursts[w.text] != nil {
		r.burstWord(w.text, w.at)
		return
	}
	f := finding{
		code: CodeUnknownName, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown event or group %q", w.text),
		detail: "An element is an event type, a group, or a glob such as \"backup_*\".",
	}
	if _, ok := severityKey(w.text); ok {
		f.detail = fmt.Sprintf("A severity stands in the condition: when = \"event.severity == '%s'\".", strings.ToUpper(w.text))
		r.fail(f)
		return
	}
	r.fail(f.suggest(w.text, slices.Values(slices.AppendSeq(slices.Collect(maps.Keys(r.names.types)), maps.Keys(r.names.groups)))))
}

// chosen reads which events a block is about: its events and its condition.
func (r *reader) chosen(subject condition.Subject) engine.Condition {
	c := engine.Condition{Events: r.selector("events"), WhenPlace: r.block.place("when")}
	if cond := r.condition("when", subject); cond != nil {
		c.When, c.Keys = cond, cond.Keys()
		r.lintCondition("when", cond, &c.Events)
	}
	return c
}

// selectsAll reports whether a selector selects everything.
func selectsAll(s *engine.Selector) bool { return len(s.Types)+len(s.Groups)+len(s.Globs) == 0 }

// coveredBy returns the types that a selector selects.
func (l *loading) coveredBy(s *engine.Selector) []*engine.Type {
	if selectsAll(s) {
		return slices.Collect(maps.Values(l.config.Policy.Types))
	}
	var list []*engine.Type
	for name := range s.Types {
		if t := l.config.Policy.Types[name]; t != nil {
			list = append(list, t)
		}
	}
	for name := range s.Groups {
		list = append(list, l.byGroup[name]...)
	}
	for _, glob := range s.Globs {
		for name, t := range l.config.Policy.Types {
			if ok, _ := path.Match(glob, name); ok {
				list = append(list, t)
			}
		}
	}
	return list
}

// fieldsOf returns the data fields that events of some types may carry: those
// that the types declare, and those that rules add.
func (l *loading) fieldsOf(s *engine.Selector) map[string]event.FieldType {
	out := maps.Clone(l.added)
	if out == nil {
		out = map[string]event.FieldType{}
	}
	for _, t := range l.coveredBy(s) {
		maps.Copy(out, t.Fields)
	}
	return out
}
