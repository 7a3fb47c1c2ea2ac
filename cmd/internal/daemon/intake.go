package daemon

import (
	"context"
	"errors"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// commitTime is how long an event may wait to be kept before its sender is told
// to come again.
const commitTime = 5 * time.Second

// intake gives events from the API to the post room.
type intake struct{ post *dispatch.Dispatcher }

// Submit takes events and, with a positive wait, waits that long for the first
// attempt on each of their channels.
func (i intake) Submit(ctx context.Context, wait time.Duration, list ...api.Submission) []api.Outcome {
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	submissions := make([]dispatch.Submission, len(list))
	results := make(chan event.Delivery, 64*len(list))
	for n, s := range list {
		submissions[n] = dispatch.Submission{Event: s.Event, Claim: s.Claim}
		if wait > 0 {
			submissions[n].Results = results
		}
	}
	outcomes := make([]api.Outcome, len(list))
	for n, o := range i.post.Submit(keep, submissions...) {
		a := o.Accepted
		outcomes[n] = api.Outcome{ID: a.ID, Repeat: a.Repeat, Channels: a.Channels, Decisions: a.Decisions, Err: submitError(o.Err)}
	}
	if wait > 0 {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		i.await(ctx, outcomes, results)
	}
	return outcomes
}

func (i intake) await(ctx context.Context, outcomes []api.Outcome, results <-chan event.Delivery) {
	byID := make(map[string]*api.Outcome, len(outcomes))
	left := map[string]bool{}
	for n := range outcomes {
		o := &outcomes[n]
		if o.Err != nil || o.Repeat {
			continue
		}
		byID[o.ID] = o
		defer i.post.Forget(o.ID)
		for _, channel := range o.Channels {
			left[o.ID+" "+channel] = true
		}
	}
	for len(left) > 0 {
		select {
		case d := <-results:
			if key := d.EventID + " " + d.Channel; left[key] {
				delete(left, key)
				byID[d.EventID].Deliveries = append(byID[d.EventID].Deliveries, d)
			}
		case <-ctx.Done():
			return
		}
	}
}

// submitError says an error of the post room in the API's words.
func submitError(err error) error {
	var cannot *store.Unavailable
	switch {
	case err == nil:
		return nil
	case errors.Is(err, dispatch.ErrConflict):
		return api.ErrConflict
	case errors.As(err, &cannot):
		return &api.Unavailable{Why: cannot.Reason, Do: cannot.Do}
	case errors.Is(err, dispatch.ErrClosed):
		return &api.Unavailable{Why: err.Error(), Do: "send it again in a few seconds"}
	}
	return &api.Unavailable{Why: err.Error(), Do: "send it again in a few seconds, or more slowly"}
}
