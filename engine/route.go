package engine

import "slices"

// route returns the channels that take the event. When rules named channels,
// those take it whatever their condition, and no others; else each decides by
// its own. A channel that was told of what the event resolves hears of that
// too. Its switches are asked in any case. Each channel that does not take the
// event leaves a decision, and so does an event that none takes.
func (h *hearing) route() []*Channel {
	var to []*Channel
	for _, ch := range h.Channels {
		if d, refused := h.refuses(ch); refused {
			d.Channel, d.Stage, d.Outcome = ch.Name, StageChannel, Suppressed
			h.decide(d)
			continue
		}
		to = append(to, ch)
	}
	h.noteGone()
	if len(to) == 0 {
		h.decide(Decision{Stage: StageChannel, Outcome: Suppressed, Reason: ReasonNoChannel})
	}
	return to
}

func (h *hearing) refuses(ch *Channel) (Decision, bool) {
	if h.e.Except == ch.Name {
		return Decision{Reason: ReasonExcept, Place: ch.Place}, true
	}
	if v := h.switches(h.e, h.t, ch); v.Toggle == Off {
		return Decision{Reason: v.Reason, Place: v.Place}, true
	}
	switch {
	case h.rules.names(ch.Name), slices.Contains(h.ends.heard, ch.Name):
		return Decision{}, false
	case len(h.rules.Named) > 0:
		n := h.rules.Named[0]
		return Decision{Reason: ReasonElsewhere, Place: n.Place, Name: n.Rule}, true
	case ch.When == nil:
		return Decision{}, false
	}
	ok, err := ch.When.Match(h.e)
	if err != nil {
		return Decision{Reason: ReasonFault, Place: ch.WhenPlace, Detail: err.Error(), Name: ch.Name}, true
	}
	return Decision{Reason: ReasonCondition, Place: ch.WhenPlace, cond: ch.When, about: h.e}, !ok
}

// noteGone tells of channels that a rule names and that are switched off or
// gone since.
func (h *hearing) noteGone() {
	for _, n := range h.rules.Named {
		if h.tables.channels[n.Channel] != nil {
			continue
		}
		d := Decision{Channel: n.Channel, Stage: StageChannel, Outcome: Suppressed, Reason: ReasonOffChannel, Place: n.Place, Name: n.Rule}
		if n.Rule == "" {
			d.Reason = ReasonGone
		}
		h.decide(d)
	}
}

// named returns the channels that were named and whose switches are on.
func (h *hearing) named() []*Channel {
	var to []*Channel
	for _, n := range h.rules.Named {
		ch := h.tables.channels[n.Channel]
		if ch == nil || h.e.Except == n.Channel {
			continue
		}
		if v := h.switches(h.e, h.t, ch); v.Toggle != Off {
			to = append(to, ch)
		}
	}
	h.noteGone()
	return to
}

// still returns the channels of a held event: those that rules named when it
// came, as long as they are there and have it switched on, else those that take
// it now.
func (h *hearing) still(named []string) []*Channel {
	if len(named) == 0 {
		return h.route()
	}
	for _, name := range named {
		h.rules.Named = append(h.rules.Named, naming{Channel: name})
	}
	return h.named()
}
