package rules

import (
	"fmt"
	"maps"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/diag"
)

// burstKind is the kind of block that merges floods.
const burstKind = "burst"

// decodeBurst decodes a burst and hangs it on its events.
//
//	burst "burst_auth_fail" {
//	  events    = ["auth_fail"]
//	  threshold = 3
//	  window    = "2m"
//	  by        = ["host"]  # what splits one flood from another
//	  samples   = 5         # events kept as samples
//	  severity  = "highest" # of the events, or a fixed one
//	  title     = "{{ .count }} failed logins in {{ .window }}"
//	}
func (l *loading) decodeBurst(b *block) {
	if !l.checkName(b, typeName, typeRule) || l.names.bursts[b.name()] != b {
		return
	}
	r := l.read(b)
	r.require("events", "threshold", "window")
	burst := &engine.Burst{Name: b.name(), Samples: defaultSamples, Place: place(b.head)}
	on := r.enabled()
	events, _ := r.words("events")
	fields := map[string]event.FieldType{}
	var counted []string
	for _, w := range events {
		if r.typeWord(w) && r.count(w, burst, on) {
			counted = append(counted, w.text)
			if t := l.config.Policy.Types[w.text]; t != nil {
				maps.Copy(fields, t.Fields)
			}
		}
	}
	r.integer("threshold", &burst.Threshold, 2, 1_000_000)
	r.span("window", &burst.Window, time.Second, day)
	burst.By = r.splitBy("by", fields)
	r.integer("samples", &burst.Samples, 0, 50)
	burst.Severity = r.burstSeverity("severity")

	entry := r.entry(&templateScope{fields: fields, owner: b.title(), burst: true})
	entry.Fields = fields
	listed := Burst{Name: burst.Name, Enabled: on, Events: counted, Threshold: burst.Threshold, Window: burst.Window, Place: burst.Place}
	r.str("summary", &listed.Summary)
	r.done()
	l.config.Templates.Entries[burst.Name] = entry
	l.config.Catalogue.Bursts = append(l.config.Catalogue.Bursts, listed)
}

// defaultSamples is how many events of a flood a burst keeps.
const defaultSamples = 5

// count hangs the burst on an event, which one burst at most can count.
func (r *reader) count(w word, burst *engine.Burst, on bool) bool {
	t := r.config.Policy.Types[w.text]
	if t == nil || !on {
		return true
	}
	if t.Burst != nil {
		other := r.names.bursts[t.Burst.Name]
		r.fail(finding{
			code: CodeTwice, at: w.at, in: r.block.in(), summary: fmt.Sprintf("%s is counted by two bursts", w.text),
			detail:  fmt.Sprintf("Each event is counted once. Take it out of %s, or switch that off: enabled = false.", other.title()),
			related: []diag.Related{{Range: other.head, Label: "the other one"}},
		})
		return false
	}
	t.Burst = burst
	return true
}

// splitBy reads the fields that split one flood from another.
func (r *reader) splitBy(name string, fields map[string]event.FieldType) []string {
	words, _ := r.words(name)
	var out []string
	for _, w := range words {
		if _, ok := fields[w.text]; !ok && w.text != "host" && w.text != "type" {
			r.undeclared(w, fields, `None of the events declares it. "host" and "type" are always there.`)
			continue
		}
		out = append(out, w.text)
	}
	return out
}

// burstSeverity reads a fixed severity, or nil for the highest of the events.
func (r *reader) burstSeverity(name string) *event.Severity {
	if a := r.argument(name); a == nil || isWord(a, "highest") {
		return nil
	}
	var s event.Severity
	if !r.severity(name, &s) {
		return nil
	}
	return &s
}

// isWord reports whether an argument is written as this word.
func isWord(a *argument, word string) bool {
	t, ok := a.file.literalText(a.expr)
	return ok && t.value == word
}
