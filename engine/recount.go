package engine

import (
	"fmt"
	"slices"

	"tocsin/engine/event"
)

// Past is what is kept about an event.
type Past struct {
	Decisions []event.Decision // the oldest first
	History   []event.Delivery // the oldest first; also of the messages that told it with others
	Outbox    []event.Parcel   // the same
	Waiting   []event.Waiting
}

// Recount tells what became of a past event.
func Recount(p Past) event.Explanation {
	x := event.Explanation{Steps: append([]event.Decision{}, p.Decisions...), Channels: []event.Fate{}}
	for _, d := range p.Decisions { // what was told since is known better below
		if d.Channel != "" && d.Outcome == string(Holding) {
			setFate(&x, event.Fate{Channel: d.Channel, Fate: "held", Reason: d.Reason, Place: d.Place})
		}
	}
	together := map[string]bool{} // event ids of messages that told it with others
	for _, d := range p.Decisions {
		if d.ToldIn != "" {
			together[d.ToldIn] = true
			setFate(&x, event.Fate{Channel: d.Channel, Fate: "queued", Reason: d.Reason, Place: d.Place})
		}
	}
	for i := range p.History {
		setFate(&x, triedFate(&p.History[i], together[p.History[i].EventID]))
	}
	for i := range p.Outbox {
		setFate(&x, queuedFate(&p.Outbox[i], together[p.Outbox[i].Message.EventID]))
	}
	for _, w := range p.Waiting {
		if w.ToldIn == "" {
			setFate(&x, event.Fate{Channel: w.Channel, Fate: "held", At: w.Until, Reason: "it waits for the " + bufferWords(w.Buffer)})
		}
	}
	for _, d := range p.Decisions {
		switch {
		case d.Code == string(ReasonViaFallback):
			setFate(&x, event.Fate{Channel: d.Channel, Fate: "passed_on", At: d.Time, Reason: d.Reason, Place: d.Place})
		case d.Channel != "" && d.Outcome == string(Suppressed) && !told(&x, d.Channel): // it may have got a copy
			setFate(&x, event.Fate{Channel: d.Channel, Fate: "refused", Reason: d.Reason, Place: d.Place})
		}
	}
	x.Verdict, x.Remedies = answer(x.Steps, x.Channels), remedies(x.Steps)
	return x
}

// told reports whether a channel told the event.
func told(x *event.Explanation, channel string) bool {
	return slices.ContainsFunc(x.Channels, func(f event.Fate) bool { return f.Channel == channel && f.Fate == "sent" })
}

// triedFate is what an attempt tells of an event.
func triedFate(d *event.Delivery, together bool) event.Fate {
	f := event.Fate{Channel: d.Channel, Fate: "sent", At: d.SentAt, Reason: fmt.Sprintf("delivered with attempt %d", d.Attempt)}
	if together {
		f.Reason = fmt.Sprintf("told with others in %q (%s)", d.Title, d.EventID)
	}
	if !d.Success {
		f.Fate, f.Reason = "failed", fmt.Sprintf("attempt %d failed: %s", d.Attempt, d.Error)
	}
	return f
}

// queuedFate is what a parcel tells of an event.
func queuedFate(p *event.Parcel, together bool) event.Fate {
	f := event.Fate{Channel: p.Channel, Fate: "queued", At: p.Due, Reason: "it waits to be sent"}
	if together {
		f.Reason = fmt.Sprintf("it is told with others in %q (%s), which waits to be sent", p.Message.Title, p.Message.EventID)
	}
	switch {
	case p.State == event.Dead:
		f.Fate, f.Reason = "dead", p.Error
	case p.State == event.Sending:
		f.Reason = "it is being sent"
	case p.Error != "":
		f.Reason = fmt.Sprintf("attempt %d failed, it is tried again: %s", p.Attempt, p.Error)
	}
	return f
}

func bufferWords(b event.Buffer) string {
	if b == event.DigestBuffer {
		return "digest"
	}
	return "end of the quiet hours"
}

// setFate notes the fate on a channel; what is known later counts.
func setFate(x *event.Explanation, f event.Fate) {
	i := slices.IndexFunc(x.Channels, func(other event.Fate) bool { return other.Channel == f.Channel })
	if i < 0 {
		x.Channels = append(x.Channels, f)
		return
	}
	x.Channels[i] = f
}
