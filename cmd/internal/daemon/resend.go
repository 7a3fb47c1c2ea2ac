package daemon

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"tocsin/api"
	"tocsin/engine/store"
)

// Resend queues messages of the history once more.
func (o outbox) Resend(ctx context.Context, r api.Resend) (api.ResendResult, error) {
	if err := o.checkTarget(r.To); err != nil {
		return api.ResendResult{}, err
	}
	chosen, err := o.store.Resendable(ctx, store.ResendFilter{IDs: r.IDs, To: r.To, HistoryFilter: historyFilter(r.Filter)})
	if err != nil {
		return api.ResendResult{}, storeError(err)
	}
	if err := o.checkResend(&r, &chosen); err != nil {
		return api.ResendResult{}, err
	}
	result := api.ResendResult{
		Queued: chosen.Total, Channels: map[string]int{}, Waiting: chosen.Waiting, Delivered: chosen.Delivered, DryRun: r.DryRun,
	}
	for i := range chosen.Rows {
		d := &chosen.Rows[i]
		result.Channels[cmp.Or(r.To, d.Channel)]++
		if r.DryRun {
			result.IDs = append(result.IDs, d.ID)
		}
	}
	if r.DryRun {
		return result, nil
	}
	result.Queued, err = o.post.Resend(ctx, chosen.Rows, r.To)
	return result, refused(err)
}

// checkResend refuses what cannot be sent again, before any of it is.
func (o outbox) checkResend(r *api.Resend, chosen *store.Resendable) error {
	switch limit := r.Filter.Limit; {
	case len(chosen.Missing) > 0:
		return &api.NotFound{Why: fmt.Sprintf("no row of the history has the id %d", chosen.Missing[0]), Do: "tocsin history lists them"}
	case chosen.Total > limit:
		return &api.BadRequest{
			Why: fmt.Sprintf("these are %d messages, and at most %d are sent again at once", chosen.Total, limit),
			Do:  "choose fewer: by channel, by type, or from another moment on",
		}
	case chosen.Total == 0:
		return nothingToResend(chosen)
	case r.To != "":
		return nil
	}
	config := o.running.Load().config
	for i := range chosen.Rows {
		if channel := chosen.Rows[i].Channel; !config.Serves(channel) {
			return &api.BadRequest{Why: fmt.Sprintf("channel %s is gone or switched off", channel), Do: "name a channel that they go to instead, with --to NAME"}
		}
	}
	return nil
}

func nothingToResend(chosen *store.Resendable) error {
	var why []string
	if chosen.Waiting > 0 {
		why = append(why, fmt.Sprintf("%d still in the outbox", chosen.Waiting))
	}
	if chosen.Delivered > 0 {
		why = append(why, fmt.Sprintf("%d delivered by a later attempt", chosen.Delivered))
	}
	if len(why) == 0 {
		return &api.NotFound{Why: "nothing in the history is chosen", Do: "tocsin history lists what there is"}
	}
	return &api.BadRequest{Why: "nothing is left to send again: " + strings.Join(why, ", "), Do: "tocsin outbox retry tries what waits at once; history --resend takes single messages by their ids"}
}
