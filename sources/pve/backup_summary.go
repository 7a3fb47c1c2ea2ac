package pve

import (
	"fmt"
	"strings"

	"tocsin/engine/event"
)

// warnings are the warnings of the log, and the errors that did not keep a
// guest from being backed up.
func (r *report) warnings() []string {
	var out []string
	for _, l := range r.log.warnings {
		out = append(out, r.labelOf(l.id)+": "+oneLine(l.text, maxNote))
	}
	for _, g := range r.guests {
		if g.status != "ok" {
			continue
		}
		for _, text := range r.log.errors[g.id] {
			out = append(out, g.label()+": "+oneLine(text, maxNote))
		}
	}
	return out
}

func (r *report) labelOf(id string) string {
	for _, g := range r.guests {
		if g.id == id {
			return g.label()
		}
	}
	return id
}

// failure is the reason why the job failed: that of the job itself, which the
// title holds when it is one line and the text otherwise, or else that of the
// first guest that failed.
func (r *report) failure(title string) string {
	reason := after(title, ": backup failed: ")
	if reason != "" && reason != "multiple problems" {
		return oneLine(reason, maxReason)
	}
	if len(r.problems) > 0 {
		return oneLine(strings.Join(r.problems, "; "), maxReason)
	}
	failed := r.failed()
	if len(failed) == 0 {
		return oneLine(r.log.anyFailure, maxReason)
	}
	first := failed[0]
	cause := firstOf(r.log.reason(first.id), "failed")
	switch {
	case len(failed) > 1:
		return fmt.Sprintf("%d of %d guests failed; %s", len(failed), len(r.guests), joinReason(first.label(), cause))
	case len(r.guests) > 1:
		return joinReason(first.label(), cause)
	}
	return oneLine(cause, maxReason)
}

// line tells what became of a guest. The reason of the only one stands beside
// the list and is not told twice.
func (r *report) line(g guest) string {
	if len(r.guests) == 1 {
		return g.line("")
	}
	return g.line(r.log.reason(g.id))
}

// summary is what belongs into a message: every guest with its reason, the
// totals, the warnings, and nothing of the log.
func (r *report) summary(warnings []string) string {
	var b strings.Builder
	for _, problem := range r.problems {
		b.WriteString(oneLine(problem, maxNote) + "\n")
	}
	for i, g := range r.guests {
		if i == maxList {
			fmt.Fprintf(&b, "… and %d more\n", len(r.guests)-i)
			break
		}
		b.WriteString(g.line(r.log.reason(g.id)) + "\n")
	}
	if size, ok := event.ParseBytes(r.size); ok && len(r.guests) > 1 {
		fmt.Fprintf(&b, "Total: %s in %s\n", size, r.duration)
	}
	for _, warning := range capList(warnings) {
		b.WriteString("Warning: " + warning + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
