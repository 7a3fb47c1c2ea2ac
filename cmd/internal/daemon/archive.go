package daemon

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"tocsin/api"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// archive shows the store to the API.
type archive struct{ *store.Store }

// History returns delivery attempts.
func (a archive) History(ctx context.Context, f api.HistoryFilter) ([]event.Delivery, int, error) {
	rows, total, err := a.Store.History(ctx, historyFilter(f))
	return rows, total, storeError(err)
}

func historyFilter(f api.HistoryFilter) store.HistoryFilter {
	filter := store.HistoryFilter{
		Channel: f.Channel, Type: f.Type, Status: store.Status(f.Status), Since: f.Since, Until: f.Until, Search: f.Query,
		Page: store.Page{Limit: f.Limit, Offset: f.Offset},
	}
	if severity, ok := event.ParseSeverity(f.Severity); ok {
		filter.Severity = &severity
	}
	return filter
}

// ClearHistory forgets every delivery attempt.
func (a archive) ClearHistory(ctx context.Context) (int, error) {
	n, err := a.Store.ClearHistory(ctx)
	return n, storeError(err)
}

// Decisions returns what stopped, held, changed or merged events.
func (a archive) Decisions(ctx context.Context, f api.DecisionFilter) ([]event.Decision, int, error) {
	rows, total, err := a.Store.Decisions(ctx, store.DecisionFilter{
		EventID: f.EventID, Type: f.Type, Channel: f.Channel, Stage: f.Stage, Outcome: f.Outcome, Code: f.Code,
		Since: f.Since, Until: f.Until, Page: store.Page{Limit: f.Limit, Offset: f.Offset},
	})
	return rows, total, storeError(err)
}

func storeError(err error) error {
	if cannot, ok := errors.AsType[*store.Unavailable](err); ok {
		return &api.Unavailable{Why: cannot.Reason, Do: cannot.Do}
	}
	return err
}

// pruneEvery is how often what nothing waits for any more is removed.
const pruneEvery = time.Hour

// prune removes old rows until ctx ends, on the node that judges.
func prune(ctx context.Context, s *store.Store, judges func() bool, keep func() time.Duration, log *slog.Logger) {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		select { // not at once: the clock may still be wrong
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !judges() {
			continue
		}
		if n, err := s.Prune(ctx, time.Now(), store.Retention{History: keep()}); err != nil && ctx.Err() == nil {
			log.Warn("old rows are not removed", "err", err)
		} else if n > 0 {
			log.Info("old rows removed", "rows", n)
		}
	}
}
