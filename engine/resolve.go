package engine

import (
	"slices"

	"tocsin/engine/event"
)

// resolution is what an event ends.
type resolution struct {
	any         bool              // it ended something that was open
	key         event.Fingerprint // of the first that it ended
	heard       []string          // channels that were told of it
	inhibitions []string          // whose causes it ended
}

// resolve ends everything that the event resolves: the open event, its
// cooldown, its reminders and what it inhibits. That happens also when the
// event itself is switched off or silenced.
func (h *hearing) resolve() {
	for _, name := range h.t.Resolves {
		trouble := *h.e
		trouble.Type = name
		key := event.FingerprintOf(&trouble, h.TypeOf(name).Fingerprint)
		h.clear(key)
		if o, ok := h.st.open[key]; ok {
			h.end(o)
		}
		h.ends.inhibitions = append(h.ends.inhibitions, h.st.dropCauses(h.out, func(c *cause) bool { return c.fp == key })...)
	}
}

// clear ends the cooldown of a fingerprint, so that the next trouble of the kind
// is told at once.
func (h *hearing) clear(fp event.Fingerprint) {
	if h.st.dropStamp(fp) {
		h.out.Cleared = append(h.out.Cleared, fp)
	}
}

func (h *hearing) end(o *openEvent) {
	if !h.ends.any {
		h.ends.any, h.ends.key = true, o.key
	}
	for _, fp := range o.Taken {
		h.clear(fp)
	}
	for _, name := range o.Heard {
		if !slices.Contains(h.ends.heard, name) {
			h.ends.heard = append(h.ends.heard, name)
		}
	}
	h.decide(Decision{
		Stage: StageOpen, Outcome: Passed, Reason: ReasonResolves, Place: h.t.Place, Name: o.event.Type,
		Got: h.st.instant(h.now) - o.at, Detail: o.event.ID,
	})
	h.dropHeld(o)
	h.st.endOpen(o, h.out)
}

// dropHeld takes an event out of its burst that is resolved before it was told.
func (h *hearing) dropHeld(o *openEvent) {
	for _, b := range h.st.buckets {
		i := slices.IndexFunc(b.held, func(held Held) bool { return held.Event.ID == o.event.ID })
		if i < 0 {
			continue
		}
		h.st.change(b)
		h.st.weigh(-Weight(o.event.Data))
		b.held = slices.Concat(b.held[:i], b.held[i+1:])
		b.Told++
		h.out.Released = append(h.out.Released, o.event.ID)
		h.out.decide(h.now, o.event, Decision{Stage: StageBurst, Outcome: Suppressed, Reason: ReasonEnded, Place: b.Place, Fingerprint: h.fp})
	}
}

// releaseInhibited tells what was held back by a cause that the event ended.
func (h *hearing) releaseInhibited() {
	for _, name := range h.ends.inhibitions {
		h.recheckInhibited(h.st, h.now, name, h.out)
	}
}
