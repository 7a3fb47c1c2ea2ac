package engine

import (
	"time"

	"tocsin/engine/event"
)

// handing is a notification on its way to one channel that takes it.
type handing struct {
	*Policy
	st     *State
	now    time.Time
	out    *Effects
	fp     event.Fingerprint // of its decisions
	ch     *Channel
	n      event.Notification
	place  string // file:line of what chose the channel
	toggle verdict
	live   bool // never waits for the digest, unless the toggle says so
}

// hand sends a notification, or keeps it for the end of the channel's quiet
// hours or for its digest. What is CRITICAL never waits.
func (h handing) hand() {
	if h.n.Event.Severity != event.Critical {
		if h.keepQuiet() || h.keepForDigest() {
			return
		}
	} else if h.out.Explain && h.ch.Quiet != nil && h.ch.Quiet.Hours.Contains(h.now) {
		h.decide(Decision{Stage: StageQuiet, Outcome: Passed, Reason: ReasonBreaks, Place: h.ch.Quiet.Place})
	}
	if h.out.Explain {
		h.decide(Decision{Stage: StageChannel, Outcome: Passed, Reason: ReasonSent, Place: h.place})
	}
	h.out.Sends = append(h.out.Sends, Send{Channel: h.ch.Name, Notification: h.n, Place: h.place})
}

// keepQuiet keeps the notification until the quiet hours end, if they are now
// and it does not pass them.
func (h *handing) keepQuiet() bool {
	q := h.ch.Quiet
	if q == nil || !q.Hours.Contains(h.now) {
		return false
	}
	end, ok := q.Hours.End(h.now)
	if !ok {
		return false // quiet hours without an end would keep it for ever
	}
	if q.Pass != nil {
		passes, err := q.Pass.Match(h.n.Event)
		if err != nil {
			h.decide(Decision{Stage: StageQuiet, Outcome: Passed, Reason: ReasonFault, Place: q.PassPlace, Detail: err.Error(), Name: h.ch.Name})
		} else if passes {
			h.decide(Decision{Stage: StageQuiet, Outcome: Passed, Reason: ReasonPasses, Place: q.PassPlace})
			return false
		}
	}
	h.keep(event.QuietBuffer, end, q.Place)
	h.decide(Decision{Stage: StageQuiet, Outcome: Holding, Reason: ReasonQuiet, Place: q.Place, Until: end})
	return true
}

// keepForDigest keeps the notification for the channel's digest, if it is
// digest material.
func (h *handing) keepForDigest() bool {
	d := h.ch.Digest
	if d == nil {
		return false
	}
	switch {
	case h.toggle.Toggle == ToDigest:
	case h.toggle.Toggle == ToLive, h.live, h.n.Event.Severity != event.Info:
		if h.out.Explain {
			h.decide(Decision{Stage: StageDigest, Outcome: Passed, Reason: ReasonLive, Place: d.Place, Severity: h.n.Event.Severity})
		}
		return false
	}
	due := h.keep(event.DigestBuffer, time.Time{}, d.Place)
	place := d.Place
	if h.toggle.Toggle == ToDigest {
		place = h.toggle.Place
	}
	h.decide(Decision{Stage: StageDigest, Outcome: Holding, Reason: ReasonDigest, Place: place, Until: due})
	return true
}

// keep puts the notification into a buffer of the channel and returns when that
// is told.
func (h *handing) keep(buffer event.Buffer, until time.Time, place string) time.Time {
	until = h.st.wait(h.ch, buffer, until, h.now)
	h.out.Holds = append(h.out.Holds, Hold{Channel: h.ch.Name, Buffer: buffer, Notification: h.n, Until: until, Place: place})
	return until
}

func (h *handing) decide(d Decision) {
	d.Channel, d.Fingerprint = h.ch.Name, h.fp
	h.out.decide(h.now, h.n.Event, d)
}
