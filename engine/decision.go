package engine

import (
	"fmt"
	"time"

	"tocsin/engine/event"
)

// Stage is a step of the pipeline.
type Stage string

// The stages, in the order in which an event passes them.
const (
	StageAdmit    Stage = "admit"
	StageEnabled  Stage = "enabled"
	StageDedup    Stage = "dedup"
	StageCooldown Stage = "cooldown"
	StageBurst    Stage = "burst"
	StageChannel  Stage = "channel"
	StageRender   Stage = "render"
	StageDeliver  Stage = "deliver"
)

// Outcome is what a stage did to an event.
type Outcome string

// The outcomes of a stage.
const (
	Suppressed Outcome = "suppressed" // it ends here
	Holding    Outcome = "held"       // it waits
	Folded     Outcome = "folded"     // it became part of a summary
	Changed    Outcome = "changed"    // it goes on, not as it came
	Passed     Outcome = "passed"     // it was let through where others were not
	GaveUp     Outcome = "dead"       // its message was given up
)

// Reason says why, as a stable word; Decision.Words says it in a sentence.
type Reason string

// The reasons that the judge gives.
const (
	ReasonOff         Reason = "notifications_off"
	ReasonToggle      Reason = "toggled_off"
	ReasonCatalogue   Reason = "off_in_catalogue"
	ReasonDuplicate   Reason = "duplicate"
	ReasonCooling     Reason = "cooling_down"
	ReasonEscalated   Reason = "escalated"
	ReasonBurstWait   Reason = "burst_waiting"
	ReasonBurstFold   Reason = "burst_folded"
	ReasonBurstMerged Reason = "burst_merged"
	ReasonBurstSingle Reason = "burst_too_small"
	ReasonNoChannel   Reason = "no_channel"
	ReasonGone        Reason = "channel_gone"
	ReasonCondition   Reason = "condition_false"
	ReasonFault       Reason = "condition_failed"
	ReasonExcept      Reason = "own_channel"
	ReasonUnknown     Reason = "unknown_type"
	ReasonUnconverted Reason = "unconverted_field"
	ReasonTemplate    Reason = "template_failed"
	ReasonDelivery    Reason = "not_delivered"
)

// Decision is one decision with the values that were compared. It is cheap to
// make: its words are put together only when somebody keeps them.
type Decision struct {
	Time        time.Time
	EventID     string
	Type        string
	Fingerprint event.Fingerprint // folds a flood of the same decision
	Channel     string            // empty: for all
	Stage       Stage
	Outcome     Outcome
	Reason      Reason
	Place       string        // file:line of the block that decided
	Got, Limit  time.Duration // how long ago, and the window that it fell into
	Count       int           // of a burst
	Detail      string        // whatever else the reason is about
}

// Words returns the reason as a sentence with the values compared.
func (d *Decision) Words() string {
	got, limit := event.Duration(d.Got), event.Duration(d.Limit)
	switch d.Reason {
	case ReasonOff:
		return "notifications are off: tocsin.enabled is false"
	case ReasonToggle:
		return fmt.Sprintf("%s is switched off by a toggle", d.Type)
	case ReasonCatalogue:
		return fmt.Sprintf("%s is off in the catalogue and no toggle turns it on", d.Type)
	case ReasonDuplicate:
		return fmt.Sprintf("the same event came %s ago, inside the dedup window of %s", got, limit)
	case ReasonCooling:
		return fmt.Sprintf("the same event was told %s ago and cools down for %s", got, limit)
	case ReasonEscalated:
		return fmt.Sprintf("more severe than the one %s ago: it breaks through the cooldown of %s", got, limit)
	case ReasonBurstWait:
		return fmt.Sprintf("event %d of %s: it waits for the end of the burst window of %s", d.Count, d.Detail, limit)
	case ReasonBurstFold:
		return fmt.Sprintf("event %d of %s: it is told in the next summary", d.Count, d.Detail)
	case ReasonBurstMerged:
		return fmt.Sprintf("%s has become certain: what waited is told in its summary", d.Detail)
	case ReasonBurstSingle:
		return fmt.Sprintf("only %d of %s in %s: it goes on by itself", d.Count, d.Detail, limit)
	case ReasonNoChannel:
		return "no channel takes it"
	case ReasonGone:
		return fmt.Sprintf("channel %s took events of this flood, but is gone or switched off since", d.Channel)
	case ReasonCondition:
		return fmt.Sprintf("the condition of channel %s does not take it", d.Channel)
	case ReasonFault:
		return fmt.Sprintf("the condition of channel %s failed and counts as false: %s", d.Channel, d.Detail)
	case ReasonExcept:
		return fmt.Sprintf("a notice about channel %s does not go over it", d.Channel)
	case ReasonUnknown:
		return fmt.Sprintf("%s is not in the catalogue: it is told as custom", d.Type)
	}
	return d.Detail
}

// Record returns the decision as it is kept.
func (d *Decision) Record() event.Decision {
	return event.Decision{
		Time: d.Time, EventID: d.EventID, Type: d.Type, Channel: d.Channel, Stage: string(d.Stage),
		Outcome: string(d.Outcome), Reason: d.Words(), Place: d.Place, Count: 1,
	}
}

// decide notes a decision about e.
func (o *Effects) decide(now time.Time, e *event.Event, d Decision) {
	d.Time, d.EventID, d.Type = now, e.ID, e.Type
	o.Decisions = append(o.Decisions, d)
}
