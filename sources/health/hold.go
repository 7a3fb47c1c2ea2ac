package health

import "time"

// hold is whether a level counts for a subject. It turns once readings said the
// opposite for long enough, without one between that did not.
type hold struct {
	On    bool      `json:"on,omitempty"`
	Since time.Time `json:"since,omitzero"` // when readings began to say the opposite; zero: they do not
}

// see takes a reading, and returns since when the level holds or not when that just
// turned.
func (h *hold) see(now time.Time, holds bool, sustain time.Duration) (since time.Time, turned bool) {
	if holds == h.On {
		h.Since = time.Time{}
		return since, false
	}
	if h.Since.IsZero() {
		h.Since = now
	}
	if now.Sub(h.Since) < sustain {
		return since, false
	}
	since = h.Since
	h.On, h.Since = holds, time.Time{}
	return since, true
}

// pending reports whether it is about to turn.
func (h *hold) pending() bool { return !h.Since.IsZero() }

// restart forgets how long readings said the opposite: there was too long a gap.
func (h *hold) restart() { h.Since = time.Time{} }

// settle makes times of another run times of this one, whose clock may be behind.
func (h *hold) settle(now time.Time) {
	if h.Since.After(now) {
		h.Since = now
	}
}
