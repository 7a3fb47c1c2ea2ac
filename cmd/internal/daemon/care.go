package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// ErrDamaged is wrapped by the error of a Run that ended because the store turned
// out to be damaged: the next start recovers it.
var ErrDamaged = errors.New("the store is damaged")

// tellAgain is how long a notice waits that could not be kept.
const tellAgain = 10 * time.Second

// logRecovery says in the log what a recovery did: it may be all that is left to
// tell of it.
func (d *Daemon) logRecovery() error {
	r, err := d.store.Recovery()
	if r == nil {
		return err
	}
	d.Log.Error("the store was damaged and is recovered", "set_aside", r.Path, "damage", r.Damage, "saved", r.Summary(),
		"unreadable_pages", r.Pages, "unreadable_rows", r.Rows, "older_rows_behind", r.Older)
	return nil
}

// care tells of a recovery and looks for damage where the start had no time to.
func (d *Daemon) care(ctx context.Context) {
	if r, err := d.store.Recovery(); err != nil {
		d.Log.Warn("a recovery is not told", "err", err)
	} else if r != nil {
		d.tellRecovery(ctx, r)
	}
	if err := d.store.CheckRest(ctx); err != nil && ctx.Err() == nil {
		d.Log.Error("the store is not looked through", "err", err)
	}
}

// tellRecovery raises the notice until it is kept, and then no more.
func (d *Daemon) tellRecovery(ctx context.Context, r *store.Recovery) {
	for {
		keep, cancel := context.WithTimeout(ctx, commitTime)
		err := d.post.Submit(keep, dispatch.Submission{Event: recovery(r)})[0].Err
		cancel()
		if err == nil {
			break
		}
		d.Log.Warn("the recovery of the store is not told yet", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(tellAgain):
		}
	}
	if err := d.store.RecoveryTold(r); err != nil {
		d.Log.Warn("the recovery of the store may be told again after a restart", "err", err)
	}
}

// recovery is the notice about a store that was recovered.
func recovery(r *store.Recovery) *event.Incoming {
	return &event.Incoming{Type: "store_recovered", Source: "tocsin", Data: map[string]any{
		"path": r.Path, "reason": r.Damage, "saved": r.Summary(), "pages": float64(r.Pages), "rows": float64(r.Rows), "older": r.Older,
	}}
}

// damaged is the error of a Run that ends because of what the store found.
func damaged(found error) error { return fmt.Errorf("%w: %w", ErrDamaged, found) }
