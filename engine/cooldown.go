package engine

import (
	"slices"
	"time"

	"tocsin/engine/event"
)

// repeated reports whether the event says again what was told a short while ago:
// inside the dedup window, or while its fingerprint cools down. An event more
// severe than the one told is never a repeat.
func (h *hearing) repeated() bool {
	if len(h.ends.heard) > 0 {
		return false // the end of a trouble that was told is told each time
	}
	s, ok := h.st.stamps[h.fp]
	at := h.st.instant(h.now)
	inWindow, cooling := ok && at < s.at+h.Dedup.Value, ok && at < s.until
	if !inWindow && !cooling {
		h.notRepeated(ok, at-s.at)
		return false
	}
	d := Decision{Got: at - s.at, Limit: s.until - s.at, Place: h.cooldown().Place}
	if !cooling {
		d.Limit = h.Dedup.Value
	}
	switch {
	case h.e.Severity > s.severity:
		d.Stage, d.Outcome, d.Reason = StageCooldown, Passed, ReasonEscalated
	case inWindow:
		d.Stage, d.Outcome, d.Reason = StageDedup, Suppressed, ReasonDuplicate
		d.Limit, d.Place = h.Dedup.Value, h.Dedup.Place
	default:
		d.Stage, d.Outcome, d.Reason = StageCooldown, Suppressed, ReasonCooling
	}
	h.decide(d)
	return d.Outcome == Suppressed
}

// notRepeated tells that nothing of the kind was told a short while ago.
func (h *hearing) notRepeated(before bool, ago time.Duration) {
	if !h.out.Explain {
		return
	}
	c := h.cooldown()
	d := Decision{Stage: StageDedup, Outcome: Passed, Reason: ReasonFirst, Limit: h.Dedup.Value, Place: h.Dedup.Place}
	if before {
		d.Reason, d.Got = ReasonPast, ago
	}
	h.decide(d)
	d.Stage, d.Limit, d.Place = StageCooldown, c.Value, c.Place
	h.decide(d)
}

// take stamps the fingerprint of an event that some channel takes.
func (h *hearing) take() {
	length := h.cooldown().Value
	if length <= 0 && h.Dedup.Value <= 0 {
		return
	}
	at := h.st.instant(h.now)
	s := stamp{typ: h.e.Type, at: at, until: at + length, severity: h.e.Severity, count: h.st.stamps[h.fp].count + 1}
	h.st.setStamp(h.fp, s, at, h.Dedup.Value)
	h.out.Cleared = slices.DeleteFunc(h.out.Cleared, func(f event.Fingerprint) bool { return f == h.fp }) // by an earlier step of the batch
	h.out.Stamps = append(h.out.Stamps, Stamp{
		Fingerprint: h.fp, Type: h.e.Type, Severity: h.e.Severity, At: h.now, Until: h.now.Add(max(length, h.Dedup.Value)), Count: s.count,
	})
}

// cooldown is the one that a rule chose, else the configured one.
func (h *hearing) cooldown() Setting[time.Duration] {
	if h.rules.Cooldown != nil {
		return *h.rules.Cooldown
	}
	s, _ := h.Cooldown.Lookup(h.e.Type, h.e.Group, h.e.Severity)
	return s
}
