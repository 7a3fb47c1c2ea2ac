package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Explain tells what would become of an event at now. It is the same step that
// judges, taken back afterwards: st stays as it is.
func (p *Policy) Explain(st *State, now time.Time, in *event.Incoming) event.Explanation {
	fx := Effects{Explain: true}
	p.Step(st, now, Arrived{in}, &fx)
	st.Rollback()
	x := event.Explanation{Steps: []event.Decision{}, Channels: []event.Fate{}, Remedies: []string{}}
	e, _ := p.Admit(in, now)
	x.Event = e
	for i := range fx.Decisions {
		if d := &fx.Decisions[i]; d.EventID == in.ID {
			x.Steps = append(x.Steps, d.Record())
		}
	}
	sent := map[string]bool{}
	for i := range fx.Sends {
		if n := &fx.Sends[i].Notification; n.Event.ID == in.ID {
			sent[fx.Sends[i].Channel] = true
			x.Event = n.Event // as the rules left it
		}
	}
	for _, ch := range p.Channels {
		x.Channels = append(x.Channels, fateOn(ch.Name, x.Steps, sent[ch.Name]))
	}
	x.Verdict = answer(x.Steps, x.Channels)
	x.Remedies = remedies(x.Steps)
	return x
}

// fateOn finds what became of an event on a channel: the last decision about the
// channel tells, else the one that stopped the event before it came to channels.
func fateOn(channel string, steps []event.Decision, sent bool) event.Fate {
	f := event.Fate{Channel: channel, Fate: "refused"}
	if sent {
		f.Fate = "sent"
	}
	for _, d := range steps {
		switch {
		case d.Channel == channel && d.Outcome == string(Holding):
			f.Fate, f.Reason, f.Place = "held", d.Reason, d.Place
		case d.Channel == channel && (!sent || d.Code == string(ReasonSent)):
			f.Reason, f.Place = d.Reason, d.Place
		case d.Channel == "" && stops(d) && f.Reason == "":
			f.Reason, f.Place = d.Reason, d.Place
			if d.Outcome != string(Suppressed) {
				f.Fate = "held"
			}
		}
	}
	return f
}

// stops reports whether a decision ended an event's way, for now or for good.
func stops(d event.Decision) bool {
	return d.Outcome == string(Suppressed) || d.Outcome == string(Holding) || d.Outcome == string(Folded)
}

// lastStop finds what ended an event's way before it came to channels: the last
// such decision, as an event that a burst held may be merged later. What came to
// channels after all was not stopped.
func lastStop(steps []event.Decision) (event.Decision, bool) {
	for _, d := range slices.Backward(steps) {
		if d.Channel != "" {
			break
		}
		if stops(d) {
			return d, d.Code != string(ReasonNoChannel)
		}
	}
	return event.Decision{}, false
}

// stopWords says what it means for an event that a decision ended its way.
func stopWords(d event.Decision) string {
	switch Outcome(d.Outcome) {
	case Holding:
		return "Held"
	case Folded:
		return "Merged"
	}
	return "Not told"
}

// answer puts the fates into words.
func answer(steps []event.Decision, fates []event.Fate) string {
	by := map[string][]string{}
	for _, f := range fates {
		by[f.Fate] = append(by[f.Fate], f.Channel)
	}
	if by["sent"] == nil && by["queued"] == nil { // else what stopped it did not stop it for good
		if d, ok := lastStop(steps); ok {
			return fmt.Sprintf("%s: %s.", stopWords(d), d.Reason)
		}
	}
	var parts []string
	if list := by["sent"]; len(list) > 0 {
		parts = append(parts, "Told over "+words(list)+".")
	}
	for _, f := range fates {
		if word, ok := map[string]string{"held": "Held for", "passed_on": "Passed on by", "queued": "Waiting for", "failed": "Failed on", "dead": "Given up on"}[f.Fate]; ok {
			parts = append(parts, fmt.Sprintf("%s %s: %s.", word, f.Channel, f.Reason))
		}
	}
	switch refused := by["refused"]; {
	case len(fates) == 0:
		parts = append(parts, "Not told: there is no channel.")
	case len(refused) == len(fates):
		parts = append(parts, "Not told: no channel takes it.")
	case len(refused) > 3:
		parts = append(parts, fmt.Sprintf("%d other channels do not take it.", len(refused)))
	case len(refused) > 0:
		parts = append(parts, "Not over "+words(refused)+".")
	}
	return strings.Join(parts, " ")
}

// words lists names as people do: a, b and c.
func words(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
