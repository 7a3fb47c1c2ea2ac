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
	"tocsin/sources/health"
)

// healthKind is the kind of source that judges what is read of the host.
const healthKind = "health"

// Bounds of how often a check looks and how long a level may have to hold.
const (
	leastEvery   = 5 * time.Second
	defaultEvery = 5 * time.Minute
	mostSustain  = 7 * day
)

// healthSource decodes a check of the host's health.
//
//	source "health" "mounts" {
//	  category = "storage"
//	  each     = "host.mounts"            # one finding for each item; left out: one for the host
//	  exclude  = ["/mnt/usb*"]            # items by the field that names them
//	  every    = "5m"
//	  when     = "host.uptime.duration > duration('5m')"   # else nothing changes
//	  value    = "item.used_percent"
//	  warning  = "value >= 85"
//	  critical = "value >= 95"
//	  clear    = "value < 80"             # a finding ends only when this holds, too
//	  sustain  = "10m"                    # how long a level must hold before it counts
//	  emit     = "disk_space_low"         # default: new_error
//	  resolved = "error_resolved"         # the default; "": nothing
//	  severity = { warning = "INFO" }     # default: WARNING and CRITICAL
//	  data     = { mount = "{{ .item.mount }}" }
//	}
func (r *reader) healthSource(s *Source) any {
	r.require("category", "value")
	h := &health.Rule{Name: s.Name, Place: s.Place, Every: defaultEvery, Bounds: map[health.Level]*health.Bound{}}
	r.choice("category", &h.Category, health.Categories()...)
	r.span("every", &h.Every, leastEvery, day)
	r.span("sustain", &h.Sustain, 0, mostSustain)
	each := r.each(h)
	h.Exclude = r.keyGlobs()
	r.healthEvents(s, h)
	names := factNames(each)
	facts := map[string]bool{}
	r.healthConditions(h, names, facts)
	r.boundSeverities(h)
	r.healthData(h, each, facts)
	h.Facts = slices.Sorted(maps.Keys(facts))
	return h
}

// each reads the list whose items are judged, or returns nil.
func (r *reader) each(h *health.Rule) *health.Fact {
	var text string
	if !r.str("each", &text) {
		return nil
	}
	name, ok := strings.CutPrefix(text, "host.")
	var lists []string
	for _, fact := range health.Facts() {
		switch {
		case ok && fact.Name == name && fact.Each:
			h.Each, h.Key = fact.Name, fact.Key
			return &fact
		case ok && fact.Name == name:
			r.invalid(r.argument("each"), text+" is no list", fmt.Sprintf("Leave each out: the host is the one subject, and value reads %s.FIELD.", text))
			return nil
		case fact.Each:
			lists = append(lists, "host."+fact.Name)
		}
	}
	f := finding{
		code: CodeUnknownName, at: r.argument("each").valueRange(), in: r.block.in(), summary: fmt.Sprintf("unknown list %q", text),
		detail: "Lists are " + joinSorted(lists) + ".",
	}
	r.fail(f.suggest(text, slices.Values(lists)))
	return nil
}

// keyGlobs reads the globs of items that are left alone.
func (r *reader) keyGlobs() []func(string) bool {
	words, _ := r.words("exclude")
	if len(words) > 0 && r.argument("each") == nil {
		r.invalid(r.argument("exclude"), "nothing to leave out", "Only the items of a list can be left out: it needs each.")
	}
	var out []func(string) bool
	for _, w := range words {
		fits, err := condition.Glob(w.text)
		if err != nil || w.text == "" {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid glob %q", w.text),
				detail: "* stands for any text, ? for one character, [a-z] for one of them.",
			})
			continue
		}
		r.depends("exclude", w.text)
		out = append(out, fits)
	}
	return out
}

// healthEvents reads which events a finding and its end raise.
func (r *reader) healthEvents(s *Source, h *health.Rule) {
	types := r.fields("types")
	h.Event, h.Fields = health.NewError, r.emittedFields(health.NewError, types)
	if r.argument("emit") != nil {
		h.Event, h.Fields = r.emitted("emit", types)
	}
	h.Worse, h.Resolved = h.Event, health.Resolved
	if h.Event == health.NewError {
		h.Worse = health.Escalated
	}
	if r.str("resolved", &h.Resolved) && h.Resolved != "" {
		r.typeWord(word{h.Resolved, r.argument("resolved").valueRange()})
	}
	for _, name := range []string{h.Event, h.Worse, h.Resolved} {
		if name != "" && !slices.Contains(s.Emits, name) {
			s.Emits = append(s.Emits, name)
		}
	}
}

// factNames are the names that a check can read, without value.
func factNames(each *health.Fact) map[string]event.FieldType {
	names := map[string]event.FieldType{}
	if each != nil {
		for field, typ := range each.Fields {
			names["item."+field] = typ
		}
	}
	for _, fact := range health.Facts() {
		if fact.Each {
			continue
		}
		for field, typ := range fact.Fields {
			names["host."+fact.Name+"."+field] = typ
		}
	}
	return names
}

// healthConditions reads the value and the conditions over it, and notes the facts
// that they read.
func (r *reader) healthConditions(h *health.Rule, names map[string]event.FieldType, facts map[string]bool) {
	plain := condition.Subject{Names: condition.NewNames(names)}
	when := r.healthCondition("when", plain, facts)
	if when != nil {
		h.When = when.MatchValues
	}
	if x := r.expression("value", plain); x != nil {
		r.depends("value", x.String())
		h.Value = x.Value
		own := map[string]bool{}
		factsRead(x.Reads(), own)
		maps.Copy(facts, own)
		if h.Each == "" {
			h.Own = slices.Sorted(maps.Keys(own))
		}
		names["value"] = x.Type()
	} else {
		names["value"] = "" // its mistake is told already: what it is compared with is not one as well
	}
	measured := condition.Subject{Names: condition.NewNames(names)}
	thresholds := map[health.Level]*condition.Threshold{}
	for _, level := range health.Alarms() {
		if cond := r.healthCondition(level.Word(), measured, facts); cond != nil {
			h.Bounds[level] = &health.Bound{When: cond.MatchValues, Severity: level.String()}
			thresholds[level] = cond.Threshold()
			if t := cond.Threshold(); t != nil {
				h.Bounds[level].Threshold = &t.Number
			}
		}
	}
	if r.argument("critical") == nil {
		r.require("warning") // one of the two
	}
	r.levelsInOrder(thresholds)
	if cond := r.healthCondition("clear", measured, facts); cond != nil {
		h.Clear = cond.MatchValues
	}
}

// healthCondition reads a condition and notes the facts that it reads.
func (r *reader) healthCondition(name string, subject condition.Subject, facts map[string]bool) *condition.Condition {
	cond := r.condition(name, subject)
	if cond != nil {
		r.depends(name, cond.String())
		factsRead(cond.Reads(), facts)
	}
	return cond
}

// factsRead notes the facts among names that are read.
func factsRead(names []string, to map[string]bool) {
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, "host."); ok {
			fact, _, _ := strings.Cut(rest, ".")
			to[fact] = true
		}
	}
}

// levelsInOrder warns when a value is critical before it is worth a warning.
func (r *reader) levelsInOrder(of map[health.Level]*condition.Threshold) {
	warning, critical := of[health.Warning], of[health.Critical]
	if warning == nil || critical == nil || warning.Above != critical.Above {
		return
	}
	if warning.Above && critical.Number < warning.Number || !warning.Above && critical.Number > warning.Number {
		r.warn(finding{
			code: CodeLevels, at: r.argument("critical").valueRange(), in: r.block.in(), summary: "critical before it is a warning",
			detail: fmt.Sprintf("The warning at %v never comes alone. Exchange the two, or leave warning out.", event.Text(warning.Number)),
		})
	}
}

// boundSeverities reads the severities that events of a level get.
func (r *reader) boundSeverities(h *health.Rule) {
	items, _ := r.items("severity")
	for _, item := range items {
		f := finding{code: CodeUnknownArg, at: item.nameRange, in: r.block.in(), summary: fmt.Sprintf("unknown level %q", item.name), detail: "Levels are warning and critical."}
		i := slices.IndexFunc(health.Alarms(), func(l health.Level) bool { return l.Word() == item.name })
		if i < 0 {
			r.fail(f.suggest(item.name, slices.Values([]string{health.Warning.Word(), health.Critical.Word()})))
			continue
		}
		var severity event.Severity
		if r.severityOf(item, &severity) && h.Bounds[health.Alarms()[i]] != nil {
			h.Bounds[health.Alarms()[i]].Severity = severity.String()
		}
	}
}

// healthData reads the data that a check adds, and notes the facts that it reads.
func (r *reader) healthData(h *health.Rule, each *health.Fact, facts map[string]bool) {
	own := &ownNames{members: map[string][]string{"value": nil, "level": nil, "host": nil}}
	for _, fact := range health.Facts() {
		if !fact.Each {
			own.members["host"] = append(own.members["host"], fact.Name)
			own.members["host."+fact.Name] = slices.Sorted(maps.Keys(fact.Fields))
		}
	}
	if each != nil {
		own.members["item"] = slices.Sorted(maps.Keys(each.Fields))
	}
	for _, d := range r.sourceData(h.Event, h.Fields, &templateScope{own: own}) {
		for _, ref := range d.tmpl.Refs() {
			if ref.Path[0] == "host" && len(ref.Path) > 1 {
				facts[ref.Path[1]] = true
			}
		}
		h.Data = append(h.Data, sources.Datum{Name: d.name, Type: d.typ, Text: r.sourceText(d.tmpl)})
	}
}
