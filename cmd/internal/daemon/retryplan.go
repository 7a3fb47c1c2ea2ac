package daemon

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tocsin/api"
	"tocsin/engine/event"
)

// retrySample is how many messages a plan shows.
const retrySample = 10

// planRetry tells what a retry would do. It refuses one that would do nothing.
func (o outbox) planRetry(ctx context.Context, r *api.Retry) (api.RetryResult, error) {
	filter := api.OutboxFilter{IDs: r.IDs, Channel: r.Channel, State: r.State, Type: r.Type, Limit: retrySample}
	rows, tallies, err := o.Unsent(ctx, filter)
	if err != nil {
		return api.RetryResult{}, err
	}
	plan := api.RetryResult{DryRun: true}
	for _, t := range tallies {
		if stays(t.Channel, t.State, t.Stranded, r.To) {
			plan.Left = append(plan.Left, t)
			continue
		}
		plan.Moved += t.Count
		plan.Summary = append(plan.Summary, t)
	}
	plan.Outbox = slices.DeleteFunc(rows, func(u event.Unsent) bool { return stays(u.Channel, u.State, u.Stranded, r.To) })
	if plan.Moved == 0 {
		return plan, nothingToRetry(plan.Left)
	}
	return plan, nil
}

// stays reports whether a retry leaves a message as it is: one that is being
// sent, and without another channel also what cannot go over its own.
func stays(channel string, state event.ParcelState, stranded bool, to string) bool {
	switch {
	case state == event.Sending:
		return true
	case to != "":
		return isBuffer(state) && channel == to
	}
	return stranded || isBuffer(state)
}

// nothingToRetry says why of what was chosen nothing can be tried now.
func nothingToRetry(left []event.Tally) error {
	if len(left) == 0 {
		return &api.NotFound{Why: "nothing in the outbox is chosen", Do: "tocsin outbox lists what there is"}
	}
	var why []string
	do := "look again in a moment: tocsin outbox shows what became of it"
	for _, t := range left {
		switch {
		case t.Stranded:
			why = append(why, fmt.Sprintf("%d on %s, which is gone or switched off", t.Count, t.Channel))
		case isBuffer(t.State):
			why = append(why, fmt.Sprintf("%d kept for %s of %s", t.Count, bufferWords(t.State), t.Channel))
		default:
			why = append(why, fmt.Sprintf("%d being sent over %s at this moment", t.Count, t.Channel))
			continue
		}
		do = "name a channel that they go to instead, with --to NAME"
	}
	return &api.BadRequest{Why: "nothing of it can be tried now: " + strings.Join(why, ", "), Do: do}
}

// bufferWords says what messages in a buffer wait for.
func bufferWords(s event.ParcelState) string {
	if s == event.ParcelState(event.DigestBuffer) {
		return "the digest"
	}
	return "the end of the quiet hours"
}
