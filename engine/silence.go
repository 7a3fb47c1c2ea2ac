package engine

import "time"

// holds reports whether the silence holds at t.
func (s *Silence) holds(t time.Time) bool {
	return (s.From.IsZero() || !t.Before(s.From)) && (s.Until.IsZero() || t.Before(s.Until)) &&
		(len(s.Hours) == 0 || s.Hours.Contains(t))
}

// end returns when a silence that holds at t ends; the zero time: never.
func (s *Silence) end(t time.Time) time.Time {
	end, ok := s.Hours.End(t)
	if !ok || !s.Until.IsZero() && s.Until.Before(end) {
		return s.Until
	}
	return end
}

// silenced reports whether a silence keeps the event from being told.
func (h *hearing) silenced() bool {
	t := &h.silences
	if len(t.items) == 0 {
		return false
	}
	found := t.find(h.e, h.st.room[:0])
	h.st.room = found[:0]
	for _, i := range found {
		s := t.items[i]
		if !s.holds(h.at) || !h.holds(&s.Condition, StageSilence, s.Name, s.Place) {
			continue
		}
		end := s.end(h.at)
		h.decide(Decision{Stage: StageSilence, Outcome: Suppressed, Reason: ReasonSilenced, Place: s.Place, Name: s.Name, Until: end})
		h.holdBack("", end)
		return true
	}
	if h.out.Explain {
		h.decide(Decision{Stage: StageSilence, Outcome: Passed, Reason: ReasonNoSilence, Count: len(t.items)})
	}
	return false
}
