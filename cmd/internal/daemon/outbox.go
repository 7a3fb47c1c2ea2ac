package daemon

import (
	"context"
	"slices"
	"time"

	"tocsin/api"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// outbox shows what no service has taken, and tries it again.
type outbox struct{ *Daemon }

// Unsent returns messages of the outbox and of the buffers, and counts them. What
// the running configuration has no channel for is stranded.
func (o outbox) Unsent(ctx context.Context, f api.OutboxFilter) ([]event.Unsent, []event.Tally, error) {
	rows, tallies, err := o.store.Unsent(ctx, store.UnsentFilter{
		IDs: f.IDs, Channel: f.Channel, State: f.State, EventID: f.EventID, Type: f.Type, Since: f.Since, Until: f.Until,
		Page: store.Page{Limit: f.Limit, Offset: f.Offset},
	})
	if err != nil {
		return nil, nil, storeError(err)
	}
	config := o.running.Load().config
	for i := range rows {
		rows[i].Stranded = !config.Serves(rows[i].Channel)
	}
	for i := range tallies {
		tallies[i].Stranded = !config.Serves(tallies[i].Channel)
	}
	return rows, tallies, o.timeBuffered(ctx, rows)
}

// timeBuffered sets when what is in a buffer is told, as it looks now: an edit
// may have moved that since it was kept.
func (o outbox) timeBuffered(ctx context.Context, rows []event.Unsent) error {
	if !slices.ContainsFunc(rows, func(u event.Unsent) bool { return u.ID.Buffer != "" }) {
		return nil
	}
	_, _, health, err := o.post.Status(ctx)
	if err != nil {
		return submitError(err)
	}
	for i := range rows {
		u, waits := &rows[i], health[rows[i].Channel].Waits
		switch {
		case u.Stranded: // nobody knows
			u.Until = time.Time{}
		case u.ID.Buffer == event.QuietBuffer:
			u.Until = waits.QuietAt
		case u.ID.Buffer == event.DigestBuffer:
			u.Until = waits.DigestAt
		}
	}
	return nil
}

// isBuffer reports whether a state is the name of a buffer.
func isBuffer(s event.ParcelState) bool {
	return s == event.ParcelState(event.QuietBuffer) || s == event.ParcelState(event.DigestBuffer)
}
