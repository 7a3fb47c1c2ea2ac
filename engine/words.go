package engine

import (
	"fmt"
	"time"

	"tocsin/engine/event"
)

// Words returns the reason as a sentence with the values compared.
func (d *Decision) Words() string {
	for _, words := range []func(*Decision) string{admitWords, ruleWords, silenceWords, repeatWords, burstWords, channelWords, holdWords, deliverWords} {
		if text := words(d); text != "" {
			return text
		}
	}
	return d.Detail
}

func admitWords(d *Decision) string {
	switch d.Reason {
	case ReasonUnknown:
		return fmt.Sprintf("%s is not in the catalogue: it is told as custom", d.Type)
	case ReasonAdmitted:
		return fmt.Sprintf("%s of group %s, severity %s", d.Type, d.Detail, d.Severity)
	case ReasonOff:
		return "notifications are off: tocsin.enabled is false"
	case ReasonToggle:
		return fmt.Sprintf("%s is switched off by a toggle", d.Type)
	case ReasonCatalogue:
		return fmt.Sprintf("%s is off in the catalogue and no toggle turns it on", d.Type)
	case ReasonOn:
		return fmt.Sprintf("%s is switched on", d.Type)
	}
	return ""
}

func ruleWords(d *Decision) string {
	switch d.Reason {
	case ReasonRule:
		return fmt.Sprintf("rule %q: %s", d.Name, d.Detail)
	case ReasonDropped:
		return fmt.Sprintf("dropped by rule %q", d.Detail)
	case ReasonRules:
		return fmt.Sprintf("%d matched, %s rules were tried", d.Count, d.Detail)
	case ReasonUnmatched:
		return fmt.Sprintf("%q does not match", d.Name) + d.saw()
	case ReasonFault:
		return fmt.Sprintf("the condition of %q failed and counts as false: %s", d.Name, d.Detail)
	case ReasonTemplate:
		return "a template failed: " + d.Detail
	}
	return ""
}

func silenceWords(d *Decision) string {
	switch d.Reason {
	case ReasonSilenced:
		return fmt.Sprintf("silence %q holds%s", d.Name, d.until())
	case ReasonNoSilence:
		return fmt.Sprintf("none of %d holds", d.Count)
	case ReasonInhibited:
		return fmt.Sprintf("inhibited by %q: its cause is %s%s", d.Name, d.Detail, d.until())
	case ReasonNoCause:
		return fmt.Sprintf("no cause of %d holds it back", d.Count)
	case ReasonResolves:
		return fmt.Sprintf("it resolves %s, which was open for %s", d.Name, event.Duration(d.Got))
	case ReasonReminder:
		return fmt.Sprintf("rule %q tells it again if it is still open in %s", d.Name, event.Duration(d.Limit))
	case ReasonExpired:
		return fmt.Sprintf("held back for %s: it is not told any more", event.Duration(d.Limit))
	case ReasonEnded:
		return "resolved before it was told"
	case ReasonReminded:
		return fmt.Sprintf("rule %q: still open after %s, limit %s", d.Name, event.Duration(d.Got), event.Duration(d.Limit))
	}
	return ""
}

func repeatWords(d *Decision) string {
	got, limit := event.Duration(d.Got), event.Duration(d.Limit)
	switch d.Reason {
	case ReasonDuplicate:
		return fmt.Sprintf("the same event came %s ago, inside the dedup window of %s", got, limit)
	case ReasonCooling:
		return fmt.Sprintf("the same event was told %s ago and cools down for %s", got, limit)
	case ReasonEscalated:
		return fmt.Sprintf("more severe than the one %s ago: it breaks through the cooldown of %s", got, limit)
	case ReasonFirst:
		if d.Stage == StageDedup {
			return fmt.Sprintf("no equal event inside the dedup window of %s", limit)
		}
		return fmt.Sprintf("nothing like it is cooling down; told, it cools down for %s", limit)
	case ReasonPast:
		return fmt.Sprintf("the same event was told %s ago, longer than %s", got, limit)
	}
	return ""
}

func burstWords(d *Decision) string {
	limit := event.Duration(d.Limit)
	switch d.Reason {
	case ReasonBurstFirst:
		return fmt.Sprintf("the first of %s: told at once; %d in %s become one message", d.Detail, d.Count, limit)
	case ReasonBurstWait:
		return fmt.Sprintf("event %d of %s: it waits for the end of the burst window of %s", d.Count, d.Detail, limit)
	case ReasonBurstFold:
		return fmt.Sprintf("event %d of %s: it is told in the next summary", d.Count, d.Detail)
	case ReasonBurstMerged:
		return fmt.Sprintf("%s has become certain: what waited is told in its summary", d.Detail)
	case ReasonBurstSingle:
		return fmt.Sprintf("only %d of %s in %s: it goes on by itself", d.Count, d.Detail, limit)
	}
	return ""
}

func channelWords(d *Decision) string {
	switch d.Reason {
	case ReasonNoChannel:
		return "no channel takes it"
	case ReasonGone:
		return fmt.Sprintf("channel %s took events of this flood, but is gone or switched off since", d.Channel)
	case ReasonOffChannel:
		return fmt.Sprintf("rule %q names channel %s, which is switched off or gone", d.Name, d.Channel)
	case ReasonElsewhere:
		return fmt.Sprintf("rule %q sends it to other channels only", d.Name)
	case ReasonCondition:
		return fmt.Sprintf("the condition of channel %s does not take it", d.Channel) + d.saw()
	case ReasonExcept:
		return fmt.Sprintf("a notice about channel %s does not go over it", d.Channel)
	case ReasonSent:
		return "sent at once"
	}
	return ""
}

func holdWords(d *Decision) string {
	switch d.Reason {
	case ReasonQuiet:
		return fmt.Sprintf("quiet hours of %s: told in the summary%s", d.Channel, d.until())
	case ReasonPasses:
		return fmt.Sprintf("passes the quiet hours of %s", d.Channel)
	case ReasonBreaks:
		return fmt.Sprintf("CRITICAL breaks the quiet hours of %s", d.Channel)
	case ReasonDigest:
		return fmt.Sprintf("told in the digest of %s%s", d.Channel, d.until())
	case ReasonEmptyDigest:
		return fmt.Sprintf("nothing happened that the digest of %s would tell", d.Channel)
	case ReasonLive:
		return fmt.Sprintf("not for the digest of %s: it is %s, or told live", d.Channel, d.Severity)
	}
	return ""
}

func deliverWords(d *Decision) string {
	switch d.Reason {
	case ReasonToldIn:
		return "told together with others in the summary " + d.Name
	case ReasonMerged:
		return fmt.Sprintf("more waited for %s than its pace carries: told together with others in %s", d.Channel, d.Name)
	case ReasonFallback:
		return fmt.Sprintf("%s has %s; a copy goes over its fallback %s", d.Channel, d.Detail, d.Name)
	case ReasonViaFallback:
		return fmt.Sprintf("sent via %s, the fallback of %s", d.Name, d.Channel)
	}
	return ""
}

// until says when a hold ends, with the day unless it is the same.
func (d *Decision) until() string {
	if d.Until.IsZero() {
		return ""
	}
	word := " until "
	if d.Reason == ReasonDigest || d.Reason == ReasonQuiet {
		word = " at "
	}
	if d.Time.In(d.Until.Location()).Format(time.DateOnly) == d.Until.Format(time.DateOnly) {
		return word + d.Until.Format("15:04 MST")
	}
	return word + d.Until.Format("Mon 2 Jan 15:04 MST")
}

// saw says what a condition saw that did not hold.
func (d *Decision) saw() string {
	w, ok := d.cond.(Witness)
	if !ok {
		return ""
	}
	if text := w.Witness(d.about); text != "" {
		return ": " + text
	}
	return ""
}
