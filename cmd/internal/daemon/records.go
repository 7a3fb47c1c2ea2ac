package daemon

import (
	"context"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// followRecords says when the history can be written no longer, and when it can
// again: in the log, and over the channels, which go on meanwhile.
func (d *Daemon) followRecords(ctx context.Context) {
	var failing *store.Records // as it was told
	var counted int64          // of the rows lost so far
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.store.RecordsChanged():
		}
		is := d.store.Records()
		switch {
		case !is.IsWhole() && failing == nil:
			failing = &is
			d.Log.Error("the history cannot be written: messages are delivered all the same", "tables", is.Failing, "err", is.Why)
			d.tellRecords(ctx, historyFailing(&is))
		case is.IsWhole() && is.Lost > counted: // also when it was over before anybody looked
			var took time.Duration
			if failing != nil {
				took = time.Since(failing.Since).Round(time.Second)
			}
			d.Log.Info("the history is written again", "rows_lost", is.Lost-counted, "took", took)
			d.tellRecords(ctx, historyRecovered(is.Lost-counted, took))
			failing, counted = nil, is.Lost
		}
	}
}

func (d *Daemon) tellRecords(ctx context.Context, in *event.Incoming) {
	keep, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	if err := d.post.Submit(keep, dispatch.Submission{Event: in})[0].Err; err != nil {
		d.Log.Warn("that is told over no channel", "err", err)
	}
}

func historyFailing(r *store.Records) *event.Incoming {
	tables := make([]any, len(r.Failing))
	for i, table := range r.Failing {
		tables[i] = table
	}
	return &event.Incoming{Type: "history_failing", Source: "tocsin", Data: map[string]any{"tables": tables, "reason": r.Why}}
}

func historyRecovered(lost int64, took time.Duration) *event.Incoming {
	return &event.Incoming{Type: "history_recovered", Source: "tocsin", Data: map[string]any{"count": float64(lost), "duration": took.String()}}
}

// recordsOf shows the state of the records, if there is anything to say.
func recordsOf(r store.Records) *api.Records {
	if r.IsWhole() {
		return nil
	}
	return &api.Records{Tables: r.Failing, Since: r.Since.Round(time.Second), Why: r.Why, Lost: r.Lost}
}

// impaired says what works in part only.
func (d *Daemon) impaired() string {
	if r := d.store.Records(); !r.IsWhole() {
		return "the history cannot be written; events are kept and delivered"
	}
	if c := d.front.cert.report(); c != nil && c.Problem != "" {
		return "the certificate on disk cannot be used; the one before is shown"
	}
	return ""
}
