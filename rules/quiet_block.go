package rules

import (
	"time"

	"tocsin/engine"
	"tocsin/engine/window"
	"tocsin/rules/condition"
)

// The kinds of block in a channel that hold messages back.
const (
	quietKind  = "quiet_hours"
	digestKind = "digest"
)

// held decodes what holds the messages of a channel back.
//
//	quiet_hours {
//	  hours = ["sun-thu 22:30-07:00", "fri,sat 23:30-10:00"]
//	  pass  = "event.group == 'security'" # besides CRITICAL
//	}
//	digest {
//	  at = "09:00"
//	}
func (r *reader) held(ch *engine.Channel, subject condition.Subject) {
	for _, b := range r.all(quietKind) {
		if r.unlabelled(b) {
			ch.Quiet = r.quiet(b, subject)
		}
	}
	for _, b := range r.all(digestKind) {
		if r.unlabelled(b) {
			ch.Digest = r.digest(b)
		}
	}
	r.lintHeld(ch)
}

// unlabelled reports a nested block with labels.
func (r *reader) unlabelled(b *block) bool {
	if len(b.labels) > 0 {
		r.wrongLabels(b, nil)
	}
	return len(b.labels) == 0
}

func (r *reader) quiet(b *block, subject condition.Subject) *engine.Quiet {
	inner := r.read(b)
	inner.require("hours")
	q := &engine.Quiet{Hours: inner.windows("hours"), Place: b.place("hours"), PassPlace: b.place("pass")}
	if cond := inner.condition("pass", subject); cond != nil {
		q.Pass = cond
		inner.lintCondition("pass", cond, &engine.Selector{})
	}
	inner.done()
	if len(q.Hours) == 0 {
		return nil
	}
	if inner.leavesNoGap(q.Hours) {
		inner.invalid(inner.argument("hours"), "quiet hours without end", "They leave no minute in which the summary could be told.")
		return nil
	}
	return q
}

// someMonday is a day with no change of clocks in any zone.
func someMonday(zone *time.Location) time.Time { return time.Date(2026, 1, 12, 12, 0, 0, 0, zone) }

func (r *reader) leavesNoGap(hours window.List) bool {
	at := someMonday(r.config.Settings.Tocsin.Zone)
	for range 7 {
		if !hours.Contains(at) {
			return false
		}
		if _, ends := hours.End(at); ends {
			return false
		}
		at = at.AddDate(0, 0, 1)
	}
	return true
}

func (r *reader) digest(b *block) *engine.Digest {
	inner := r.read(b)
	inner.require("at")
	at, ok := inner.daily("at")
	inner.done()
	if !ok {
		return nil
	}
	return &engine.Digest{At: at, Place: b.place("at")}
}

// lintHeld warns about a digest that is due in quiet hours.
func (r *reader) lintHeld(ch *engine.Channel) {
	if ch.Quiet == nil || ch.Digest == nil {
		return
	}
	at := someMonday(r.config.Settings.Tocsin.Zone)
	for range 7 {
		due := ch.Digest.At.Next(at)
		if !ch.Quiet.Hours.Contains(due) {
			return
		}
		at = due
	}
	end, _ := ch.Quiet.Hours.End(at)
	for _, b := range r.all(digestKind) {
		r.warn(finding{
			code: CodeDigestQuiet, at: b.arguments["at"].valueRange(), in: b.in(), summary: "a digest in quiet hours",
			detail: "It is told behind the summary when they end, at " + end.Format("15:04") + ". Choose a later time to have it by itself.",
		})
	}
}
