package engine

import (
	"slices"

	"tocsin/engine/event"
)

// remedies says what would change the decisions that stopped or held an event,
// each once.
func remedies(steps []event.Decision) []string {
	list := []string{}
	for i := range steps {
		if text := remedy(&steps[i]); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// remedy returns what would change a decision, or nothing.
func remedy(d *event.Decision) string {
	where := ""
	if d.Place != "" {
		where = " (" + d.Place + ")"
	}
	on := ""
	if d.Channel != "" {
		on = " of channel " + d.Channel
	}
	switch Reason(d.Code) {
	case ReasonOff:
		return "set tocsin.enabled = true" + where
	case ReasonToggle:
		return "switch it on: the toggle" + on + " is false" + where
	case ReasonCatalogue:
		return "switch it on by its own key: toggles { " + d.Type + " = true }"
	case ReasonDropped:
		return "narrow or remove the rule that drops it" + where
	case ReasonSilenced:
		return "end the silence, or narrow it" + where
	case ReasonInhibited:
		return "narrow the inhibition, or resolve its cause" + where
	case ReasonDuplicate:
		return "shorten dedup.window" + where + "; a higher severity is never a repeat"
	case ReasonCooling:
		return "shorten its cooldown, for it alone with cooldown { " + d.Type + " = \"…\" }" + where + "; a higher severity breaks through"
	case ReasonBurstWait, ReasonBurstFold, ReasonBurstMerged:
		return "raise the burst's threshold, or switch the burst off" + where
	}
	return channelRemedy(d, where, on)
}

func channelRemedy(d *event.Decision, where, on string) string {
	switch Reason(d.Code) {
	case ReasonOffChannel, ReasonGone:
		return "switch channel " + d.Channel + " on"
	case ReasonElsewhere:
		return "name channel " + d.Channel + " in the rule too" + where
	case ReasonCondition:
		return "widen the when" + on + where + ", or name the channel in a rule"
	case ReasonFault:
		return "mend the condition" + on + where
	case ReasonQuiet:
		return "let it pass the quiet hours" + on + ": pass = \"event.type == '" + d.Type + "'\"" + where + "; CRITICAL always passes"
	case ReasonDigest:
		return "tell it at once" + on + ": toggles { " + d.Type + " = \"live\" }"
	}
	return ""
}
