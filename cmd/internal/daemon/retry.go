package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/rules/near"
)

// Retry makes messages due now, or moves them to another channel.
func (o outbox) Retry(ctx context.Context, r api.Retry) (api.RetryResult, error) {
	if err := o.checkTarget(r.To); err != nil {
		return api.RetryResult{}, err
	}
	if err := o.checkIDs(ctx, &r); err != nil {
		return api.RetryResult{}, err
	}
	plan, err := o.planRetry(ctx, &r)
	if err != nil || r.DryRun {
		return plan, err
	}
	asks, err := o.retries(ctx, &r, &plan)
	if err != nil {
		return api.RetryResult{}, err
	}
	moved, err := o.carryOut(ctx, asks)
	return api.RetryResult{Moved: moved}, err
}

// checkTarget refuses a channel that nothing can be sent over. None is fine.
func (o outbox) checkTarget(channel string) error {
	config := o.running.Load().config
	if channel == "" || config.Serves(channel) {
		return nil
	}
	if config.Channels[channel] != nil {
		return &api.BadRequest{Why: fmt.Sprintf("channel %q is switched off", channel), Do: "switch it on, or name another"}
	}
	missing := &api.NotFound{Why: fmt.Sprintf("no channel is called %.80q", channel), Do: "tocsin channels lists them"}
	if name, ok := near.Name(channel, maps.Keys(config.Channels)); ok {
		missing.Do = fmt.Sprintf("write %q, if that is meant; tocsin channels lists them", name)
	}
	return missing
}

// checkIDs refuses ids of what is not there, and what cannot be tried where it
// is: a message in a buffer is told with the others in it.
func (o outbox) checkIDs(ctx context.Context, r *api.Retry) error {
	if len(r.IDs) == 0 {
		return nil
	}
	rows, _, err := o.Unsent(ctx, api.OutboxFilter{IDs: r.IDs, Limit: len(r.IDs)})
	if err != nil {
		return err
	}
	there := make(map[event.UnsentID]bool, len(rows))
	for i := range rows {
		u := &rows[i]
		there[u.ID] = true
		if r.To == "" && (u.Stranded || u.ID.Buffer != "") {
			return &api.BadRequest{Why: o.whyNotNow(u), Do: "name a channel that it goes to instead: tocsin outbox retry " + u.ID.String() + " --to NAME"}
		}
	}
	for _, id := range r.IDs {
		if !there[id] {
			return &api.NotFound{Why: fmt.Sprintf("nothing in the outbox has the id %s: it was told meanwhile, or never was there", id), Do: "tocsin outbox lists what is"}
		}
	}
	return nil
}

// whyNotNow says why a message cannot be tried over its own channel.
func (o outbox) whyNotNow(u *event.Unsent) string {
	if u.Stranded {
		return fmt.Sprintf("channel %s of message %s is gone or switched off", u.Channel, u.ID)
	}
	why := fmt.Sprintf("message %s waits for %s of %s", u.ID, bufferWords(u.State), u.Channel)
	if u.Until.IsZero() { // quiet hours without an end
		return why
	}
	return why + " at " + u.Until.In(o.running.Load().config.Settings.Tocsin.Zone).Format("Mon 15:04")
}

// retries says a retry in the post room's words. Without a target each channel
// is asked for by its name, so that what is stranded stays as it is.
func (o outbox) retries(ctx context.Context, r *api.Retry, plan *api.RetryResult) ([]dispatch.Retry, error) {
	switch {
	case len(r.IDs) > 0:
		return []dispatch.Retry{byIDs(r.IDs, r.To)}, nil
	case isBuffer(r.State):
		ids, err := o.buffered(ctx, r)
		return []dispatch.Retry{byIDs(ids, r.To)}, err
	case r.To != "":
		return []dispatch.Retry{{Channel: r.Channel, State: r.State, Type: r.Type, All: r.All, To: r.To}}, nil
	}
	var asks []dispatch.Retry
	for _, t := range plan.Summary { // ordered by channel
		if n := len(asks); n == 0 || asks[n-1].Channel != t.Channel {
			asks = append(asks, dispatch.Retry{Channel: t.Channel, State: r.State, Type: r.Type})
		}
	}
	return asks, nil
}

func byIDs(ids []event.UnsentID, to string) dispatch.Retry {
	ask := dispatch.Retry{To: to}
	for _, id := range ids {
		if id.Buffer == "" {
			ask.IDs = append(ask.IDs, id.ID)
		} else {
			ask.Buffered = append(ask.Buffered, dispatch.BufferedID{Buffer: id.Buffer, ID: id.ID})
		}
	}
	return ask
}

// buffered finds everything in a buffer that a filter chooses.
func (o outbox) buffered(ctx context.Context, r *api.Retry) (ids []event.UnsentID, err error) {
	filter := api.OutboxFilter{Channel: r.Channel, State: r.State, Type: r.Type, Limit: 1000}
	for more := true; more; filter.Offset += filter.Limit {
		rows, _, err := o.Unsent(ctx, filter)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		more = len(rows) == filter.Limit
	}
	return ids, nil
}

// carryOut has the post room do what was planned. Of a part that went out
// meanwhile nothing is left to do.
func (o outbox) carryOut(ctx context.Context, asks []dispatch.Retry) (moved int, err error) {
	var none error
	for _, ask := range asks {
		n, err := o.post.Retry(ctx, ask)
		moved += n
		if _, ok := errors.AsType[*dispatch.Refusal](err); ok {
			none = refused(err)
		} else if err != nil {
			return moved, refused(err)
		}
	}
	if moved > 0 {
		none = nil
	}
	return moved, none
}

// refused says an error of the post room about a request of an operator in the
// API's words.
func refused(err error) error {
	if r, ok := errors.AsType[*dispatch.Refusal](err); ok {
		return &api.BadRequest{Why: r.Why, Do: r.Do}
	}
	return submitError(err)
}
