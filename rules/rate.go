package rules

import (
	"fmt"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// fastest is the highest rate of messages that a channel can be given, a second.
const fastest = 1000

// messageRate reads how many messages a channel sends within a time.
func (r *reader) messageRate(c *Channel) {
	r.rate("rate", &c.Rate)
	if float64(c.Rate.Count) > fastest*c.Rate.Per.Seconds() {
		r.invalid(r.argument("rate"), "rate out of range", fmt.Sprintf(`Write a rate from "1/d" to "%d/s".`, fastest))
		c.Rate = Rate{}
	}
}

// checkRate warns about a rate that the pace of the channel's service is below.
func (r *reader) checkRate(c *Channel) {
	paced, ok := c.Channel.(channels.Paced)
	if !ok || c.Rate.Count == 0 {
		return
	}
	if own := paced.Pace(); c.Rate.Per < time.Duration(c.Rate.Count)*own.Every {
		r.warn(finding{
			code: CodeIdleRate, at: r.argument("rate").valueRange(), in: r.block.in(), summary: "a rate that limits nothing",
			detail: fmt.Sprintf("The service takes one message each %s at most, and that holds. Write a lower rate, or take it away.", event.Duration(own.Every)),
		})
	}
}

// atOnce is the part of a rate that may go out at once. The larger it is, the
// slower what comes behind: together they are never more than the rate.
const atOnce = 5

// Pace returns how fast messages go out as the rate allows. No span as long as
// the rate's holds more messages than the rate says, wherever it begins: a fifth
// of them may go at once, and the others come evenly, each when the one before it
// leaves room.
func (r Rate) Pace() channels.Pace {
	if r.Count == 0 {
		return channels.Pace{}
	}
	burst := max(r.Count/atOnce, 1)
	others := time.Duration(r.Count - burst + 1)
	return channels.Pace{Every: (r.Per + others - 1) / others, Burst: burst}
}
