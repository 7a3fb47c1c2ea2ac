package engine

import (
	"slices"
	"time"

	"tocsin/engine/event"
)

// repeated reports whether e says again what was told a short while ago: inside
// the dedup window, or while its fingerprint cools down. An event more severe
// than the one told is never a repeat.
func (p *Policy) repeated(st *State, now time.Time, e *event.Event, fp event.Fingerprint, out *Effects) bool {
	s, ok := st.stamps[fp]
	if !ok {
		return false
	}
	at := st.instant(now)
	inWindow, cooling := at < s.at+p.Dedup.Value, at < s.until
	if !inWindow && !cooling {
		return false
	}
	d := Decision{Fingerprint: fp, Got: at - s.at, Limit: s.until - s.at}
	if !cooling {
		d.Limit = p.Dedup.Value
	}
	d.Place = p.cooldown(e).Place
	switch {
	case e.Severity > s.severity:
		d.Stage, d.Outcome, d.Reason = StageCooldown, Passed, ReasonEscalated
	case inWindow:
		d.Stage, d.Outcome, d.Reason = StageDedup, Suppressed, ReasonDuplicate
		d.Limit, d.Place = p.Dedup.Value, p.Dedup.Place
	default:
		d.Stage, d.Outcome, d.Reason = StageCooldown, Suppressed, ReasonCooling
	}
	out.decide(now, e, d)
	return d.Outcome == Suppressed
}

// take stamps the fingerprint of an event that some channel takes.
func (p *Policy) take(st *State, now time.Time, e *event.Event, fp event.Fingerprint, out *Effects) {
	length := p.cooldown(e).Value
	if length <= 0 && p.Dedup.Value <= 0 {
		return
	}
	at := st.instant(now)
	s := stamp{typ: e.Type, at: at, until: at + length, severity: e.Severity, count: st.stamps[fp].count + 1}
	st.setStamp(fp, s, at, p.Dedup.Value)
	out.Cleared = slices.DeleteFunc(out.Cleared, func(f event.Fingerprint) bool { return f == fp }) // by an earlier step of the batch
	out.Stamps = append(out.Stamps, Stamp{
		Fingerprint: fp, Type: e.Type, Severity: e.Severity, At: now, Until: now.Add(max(length, p.Dedup.Value)), Count: s.count,
	})
}

func (p *Policy) cooldown(e *event.Event) Setting[time.Duration] {
	s, _ := p.Cooldown.Lookup(e.Type, e.Group, e.Severity)
	return s
}

// resolve ends the cooldown of everything that e resolves, so that the next
// trouble of the kind is told at once.
func (p *Policy) resolve(st *State, e *event.Event, t *Type, out *Effects) {
	for _, name := range t.Resolves {
		open := *e
		open.Type = name
		fp := event.FingerprintOf(&open, p.TypeOf(name).Fingerprint)
		if st.dropStamp(fp) {
			out.Cleared = append(out.Cleared, fp)
		}
	}
}
