package engine

import (
	"time"

	"tocsin/engine/event"
)

// Stage is a step of the pipeline.
type Stage string

// The stages, in the order in which an event passes them.
const (
	StageAdmit    Stage = "admit"
	StageEnabled  Stage = "enabled"
	StageRules    Stage = "rules"
	StageSilence  Stage = "silence"
	StageInhibit  Stage = "inhibit"
	StageOpen     Stage = "open"
	StageDedup    Stage = "dedup"
	StageCooldown Stage = "cooldown"
	StageBurst    Stage = "burst"
	StageChannel  Stage = "channel"
	StageQuiet    Stage = "quiet"
	StageDigest   Stage = "digest"
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

// The reasons for which the judge stops, holds, changes or merges an event.
const (
	ReasonOff         Reason = "notifications_off"
	ReasonToggle      Reason = "toggled_off"
	ReasonCatalogue   Reason = "off_in_catalogue"
	ReasonRule        Reason = "rule"
	ReasonDropped     Reason = "dropped"
	ReasonSilenced    Reason = "silenced"
	ReasonInhibited   Reason = "inhibited"
	ReasonResolves    Reason = "resolves"
	ReasonReminded    Reason = "reminded"
	ReasonExpired     Reason = "held_too_long"
	ReasonEnded       Reason = "resolved_meanwhile"
	ReasonDuplicate   Reason = "duplicate"
	ReasonCooling     Reason = "cooling_down"
	ReasonEscalated   Reason = "escalated"
	ReasonBurstWait   Reason = "burst_waiting"
	ReasonBurstFold   Reason = "burst_folded"
	ReasonBurstMerged Reason = "burst_merged"
	ReasonBurstSingle Reason = "burst_too_small"
	ReasonNoChannel   Reason = "no_channel"
	ReasonGone        Reason = "channel_gone"
	ReasonOffChannel  Reason = "channel_off"
	ReasonElsewhere   Reason = "routed_elsewhere"
	ReasonCondition   Reason = "condition_false"
	ReasonFault       Reason = "condition_failed"
	ReasonExcept      Reason = "own_channel"
	ReasonQuiet       Reason = "quiet_hours"
	ReasonPasses      Reason = "passes_quiet_hours"
	ReasonDigest      Reason = "digest"
	ReasonEmptyDigest Reason = "digest_empty"
	ReasonUnknown     Reason = "unknown_type"
	ReasonUnconverted Reason = "unconverted_field"
	ReasonTemplate    Reason = "template_failed"
	ReasonDelivery    Reason = "not_delivered"
	ReasonToldIn      Reason = "told_together"
	ReasonMerged      Reason = "backlog_merged"
	ReasonFallback    Reason = "passed_on"
	ReasonViaFallback Reason = "sent_via_fallback"
)

// StageOf returns the stage that keeps a notification in a buffer.
func StageOf(b event.Buffer) Stage {
	if b == event.DigestBuffer {
		return StageDigest
	}
	return StageQuiet
}

// The reasons for which a stage lets an event pass. They are told only when
// Effects.Explain asks for them.
const (
	ReasonAdmitted   Reason = "admitted"
	ReasonOn         Reason = "switched_on"
	ReasonRules      Reason = "rules_tried"
	ReasonUnmatched  Reason = "not_matched"
	ReasonNoSilence  Reason = "no_silence"
	ReasonNoCause    Reason = "no_cause"
	ReasonReminder   Reason = "reminder_set"
	ReasonFirst      Reason = "first"
	ReasonPast       Reason = "told_long_ago"
	ReasonBurstFirst Reason = "burst_opened"
	ReasonBreaks     Reason = "critical_passes"
	ReasonLive       Reason = "not_for_digest"
	ReasonSent       Reason = "sent"
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
	Until       time.Time     // when a hold ends; zero: no end is known
	Severity    event.Severity
	Name        string // of the rule, silence or inhibition
	Detail      string // whatever else the reason is about

	cond  Matcher // that did not hold
	about *event.Event
}

// Witness is a Matcher that can tell what it saw of an event: the values of the
// names that it reads.
type Witness interface {
	Witness(e *event.Event) string
}

// Record returns the decision as it is kept.
func (d *Decision) Record() event.Decision {
	return event.Decision{
		Time: d.Time, EventID: d.EventID, Type: d.Type, Channel: d.Channel, Stage: string(d.Stage),
		Outcome: string(d.Outcome), Code: string(d.Reason), Reason: d.Words(), Place: d.Place, Count: 1,
	}
}

// decide notes a decision about e.
func (o *Effects) decide(now time.Time, e *event.Event, d Decision) {
	d.Time, d.EventID, d.Type = now, e.ID, e.Type
	o.Decisions = append(o.Decisions, d)
}
