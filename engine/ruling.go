package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// ruling is what the rules made of one event, beside the event itself.
type ruling struct {
	Named       []naming                `json:"named,omitempty"` // channels that it goes to; none: those that take it
	Cooldown    *Setting[time.Duration] `json:"cooldown,omitempty"`
	Fingerprint []string                `json:"fingerprint,omitempty"`
	Own         bool                    `json:"own,omitempty"` // Fingerprint is in place of the catalogue's
	Once        bool                    `json:"once,omitempty"`
}

// naming is a channel that a rule named.
type naming struct {
	Channel string `json:"channel"`
	Rule    string `json:"rule"`
	Place   string `json:"place"`
}

// placeOf returns the file:line of what chose a channel.
func (r *ruling) placeOf(ch *Channel) string {
	for _, n := range r.Named {
		if n.Channel == ch.Name && n.Place != "" {
			return n.Place
		}
	}
	return ch.Place
}

func (r *ruling) names(channel string) bool {
	return slices.ContainsFunc(r.Named, func(n naming) bool { return n.Channel == channel })
}

// channels returns the names of the channels that rules named.
func (r *ruling) channels() []string {
	var list []string
	for _, n := range r.Named {
		list = append(list, n.Channel)
	}
	return list
}

// applyRules lets the rules change, route or stop the event, in their order. It
// reports whether one of them dropped it. A rule that changes the event changes
// what later rules see, so that those are looked up anew.
func (h *hearing) applyRules() (dropped bool) {
	t := &h.acting
	if len(t.items) == 0 {
		return false
	}
	found := t.find(h.e, h.st.room[:0])
	tried, matched, changed := 0, 0, false
	for i := 0; i < len(found); i++ {
		rule := t.items[found[i]]
		tried++
		if !h.holds(&rule.Condition, StageRules, rule.Name, rule.Place) {
			continue
		}
		matched++
		if rule.Drop {
			h.decide(Decision{Stage: StageRules, Outcome: Suppressed, Reason: ReasonDropped, Place: rule.Place, Detail: rule.Name})
			return true
		}
		if h.apply(rule) {
			changed = true
			last := found[i]
			found = t.find(h.e, found[:0])
			i, _ = slices.BinarySearch(found, last+1)
			i--
		}
		if rule.Stop {
			break
		}
	}
	h.st.room = found[:0]
	if h.out.Explain {
		h.decide(Decision{Stage: StageRules, Outcome: Passed, Reason: ReasonRules, Count: matched, Detail: fmt.Sprintf("%d of %d", tried, len(t.items))})
	}
	if changed || h.rules.Own {
		fields := h.t.Fingerprint
		if h.rules.Own {
			fields = h.rules.Fingerprint
		}
		h.fp = event.FingerprintOf(h.e, fields)
	}
	return false
}

// holds reports whether a condition holds for the event. One that fails counts
// as false and is noted.
func (h *hearing) holds(c *Condition, stage Stage, name, place string) bool {
	ok, err := c.matches(h.e)
	switch {
	case err != nil:
		h.decide(Decision{Stage: stage, Outcome: Passed, Reason: ReasonFault, Place: c.WhenPlace, Detail: err.Error(), Name: name})
	case !ok && h.out.Explain:
		h.decide(Decision{Stage: stage, Outcome: Passed, Reason: ReasonUnmatched, Place: place, Name: name, cond: c.When, about: h.e})
	}
	return ok && err == nil
}

// apply does what a rule says and notes it. It reports whether the event itself
// changed.
func (h *hearing) apply(rule *Rule) (changed bool) {
	var did []string
	if rule.Severity != nil && *rule.Severity != h.e.Severity {
		did = append(did, fmt.Sprintf("severity %s, was %s", rule.Severity, h.e.Severity))
		h.e.Severity, changed = *rule.Severity, true
	}
	for i := range rule.Data {
		if h.add(&rule.Data[i]) {
			did, changed = append(did, "data."+rule.Data[i].Name), true
		}
	}
	if rule.Cooldown != nil {
		h.rules.Cooldown = &Setting[time.Duration]{*rule.Cooldown, rule.Place}
		did = append(did, "cooldown "+event.Duration(*rule.Cooldown).String())
	}
	if rule.Fingerprint != nil {
		h.rules.Fingerprint, h.rules.Own = rule.Fingerprint, true
		did = append(did, "fingerprint over "+strings.Join(rule.Fingerprint, ", "))
	}
	if rule.Once {
		h.rules.Once = true
		did = append(did, "one occurrence")
	}
	for _, name := range rule.Channels {
		if !h.rules.names(name) {
			h.rules.Named = append(h.rules.Named, naming{name, rule.Name, rule.Place})
		}
	}
	if len(rule.Channels) > 0 {
		did = append(did, "only to "+strings.Join(rule.Channels, ", "))
	}
	if rule.Stop {
		did = append(did, "no later rule")
	}
	h.decide(Decision{
		Stage: StageRules, Outcome: Changed, Reason: ReasonRule, Place: rule.Place, Name: rule.Name, Detail: strings.Join(did, "; "),
	})
	return changed
}

// add adds one field to the event's data. What its template cannot tell is left
// out.
func (h *hearing) add(d *Datum) bool {
	text, err := d.Text(h.e)
	if err != nil {
		h.decide(Decision{Stage: StageRules, Outcome: Changed, Reason: ReasonTemplate, Place: d.Place, Detail: "data." + d.Name + ": " + err.Error()})
		return false
	}
	v, _ := event.Coerce(admitValue(text, d.Name), d.Type) // what does not read as its type stays text
	if h.e.Data == nil {
		h.e.Data = map[string]any{}
	}
	h.e.Data[d.Name] = v
	return true
}
