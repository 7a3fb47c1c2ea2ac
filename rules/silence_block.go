package rules

import (
	"tocsin/engine"
	"tocsin/rules/condition"
)

// silenceKind is the kind of block that keeps events from being told for a while.
const silenceKind = "silence"

// decodeSilence decodes a silence.
//
//	silence "patch sunday" {
//	  events  = ["services"]         # as in a rule
//	  when    = "event.severity != 'CRITICAL'"
//	  hours   = "sun 02:00-05:00"    # every week; or once, from and until:
//	  from    = "2026-03-01 22:00"   # RFC 3339, or in the configured zone
//	  until   = "2026-03-02 06:00"
//	  comment = "unattended upgrades"
//	}
func (l *loading) decodeSilence(b *block) {
	if !l.checkTitle(b) {
		return
	}
	r := l.read(b)
	s := &engine.Silence{Name: b.name(), Place: place(b.head)}
	on := r.enabled()
	s.Condition = r.chosen(condition.Subject{})
	s.Hours = r.windows("hours")
	s.From, s.Until = r.moment("from"), r.moment("until")
	r.str("comment", &s.Comment)
	r.done()
	if !s.From.IsZero() && !s.Until.IsZero() && !s.From.Before(s.Until) {
		r.invalid(r.argument("until"), "until is not after from", "The silence would end before it begins.")
	}
	if !on {
		return
	}
	l.lintSilence(r, s)
	l.config.Policy.Silences = append(l.config.Policy.Silences, s)
}

// lintSilence warns about a silence that is over and about one that never is.
func (l *loading) lintSilence(r *reader, s *engine.Silence) {
	until, hours := r.argument("until"), r.argument("hours")
	switch {
	case until != nil && !s.Until.IsZero() && !l.in.Now.IsZero() && !s.Until.After(l.in.Now):
		l.warn(finding{
			code: CodeExpired, at: until.valueRange(), in: r.block.in(), summary: "a silence that is over",
			detail: "It ended at " + s.Until.Format("2006-01-02 15:04 MST") + " and holds nothing back any more. Take the block away.",
		})
	case until == nil && hours == nil:
		l.warn(finding{
			code: CodeEndless, at: r.block.head, in: r.block.in(), summary: "a silence without end",
			detail: "Give it an until, or hours. What is never wanted is switched off in toggles, or dropped by a rule.",
		})
	}
}
