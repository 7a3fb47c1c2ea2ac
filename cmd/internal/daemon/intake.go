package daemon

import (
	"context"
	"errors"
	"slices"
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
type intake struct {
	post   *dispatch.Dispatcher
	lines  func() int // channels that an event may go to
	trace  func(context.Context, string) (store.Trace, error)
	ending <-chan struct{} // closed when nobody may wait any longer
}

// Submit takes events and, with a positive wait, waits that long for the first
// attempt on each of their channels.
func (i intake) Submit(ctx context.Context, wait time.Duration, list ...api.Submission) []api.Outcome {
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	submissions := make([]dispatch.Submission, len(list))
	var results chan event.Delivery
	if wait > 0 {
		results = make(chan event.Delivery, len(list)*i.lines())
	}
	for n, s := range list {
		submissions[n] = dispatch.Submission{Event: s.Event, Claim: s.Claim, Results: results}
	}
	outcomes := make([]api.Outcome, len(list))
	for n, o := range i.post.Submit(keep, submissions...) {
		a := o.Accepted
		outcomes[n] = api.Outcome{ID: a.ID, Repeat: a.Repeat, Pending: a.Posted, Channels: a.Channels, Decisions: a.Decisions, Err: submitError(o.Err)}
	}
	if wait > 0 {
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		i.await(ctx, outcomes, results)
		for n := range outcomes {
			if outcomes[n].Pending {
				i.follow(ctx, &outcomes[n])
			}
		}
	}
	return outcomes
}

// followEvery is how often an event is looked for that other nodes judge and send.
const followEvery = 100 * time.Millisecond

// follow waits for what becomes of an event that another node judges: until it is
// tried once over each of its channels.
func (i intake) follow(ctx context.Context, o *api.Outcome) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for done := false; !done; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		case <-i.ending:
			return
		}
		t, err := i.trace(ctx, o.ID)
		if err != nil || t.IsEmpty() {
			continue
		}
		o.Pending, o.Decisions, o.Channels, o.Deliveries, done = false, t.Decisions, nil, nil, true
		for _, d := range t.History {
			if d.Attempt == 1 {
				o.Channels, o.Deliveries = append(o.Channels, d.Channel), append(o.Deliveries, d)
			}
		}
		for _, p := range t.Outbox {
			if !slices.Contains(o.Channels, p.Channel) {
				o.Channels, done = append(o.Channels, p.Channel), false
			}
		}
	}
}

func (i intake) await(ctx context.Context, outcomes []api.Outcome, results <-chan event.Delivery) {
	byID := make(map[string]*api.Outcome, len(outcomes))
	left := map[string]bool{}
	ids := make([]string, 0, len(outcomes))
	for n := range outcomes {
		o := &outcomes[n]
		if o.Err != nil || o.Repeat {
			continue
		}
		byID[o.ID] = o
		ids = append(ids, o.ID)
		for _, channel := range o.Channels {
			left[o.ID+" "+channel] = true
		}
	}
	defer i.post.Forget(ids...)
	for len(left) > 0 {
		select {
		case d := <-results:
			if key := d.EventID + " " + d.Channel; left[key] {
				delete(left, key)
				byID[d.EventID].Deliveries = append(byID[d.EventID].Deliveries, d)
			}
		case <-ctx.Done():
			return
		case <-i.ending:
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
	case errors.Is(err, dispatch.ErrFault): // not for now, so that nobody is told to come again
		return err
	case errors.As(err, &cannot):
		return &api.Unavailable{Why: cannot.Reason, Do: cannot.Do}
	case errors.Is(err, dispatch.ErrClosed):
		return &api.Unavailable{Why: err.Error(), Do: "send it again in a few seconds"}
	}
	return &api.Unavailable{Why: err.Error(), Do: "send it again in a few seconds, or more slowly"}
}
