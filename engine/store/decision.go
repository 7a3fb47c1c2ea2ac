package store

import (
	"context"
	"time"

	"tocsin/engine/event"
)

const decisionColumns = "decided_at,event_id,event_type,channel,stage,outcome,code,reason,place,count,told_in"

// DecisionFilter chooses decisions. A zero field chooses all.
type DecisionFilter struct {
	EventID string
	Type    string
	Channel string
	Stage   string
	Outcome string
	Code    string
	Since   time.Time // at or after
	Until   time.Time // before
	Page
}

// Decisions returns decisions, the newest first, and how many there are beyond
// the page.
func (s *Store) Decisions(ctx context.Context, f DecisionFilter) (page []event.Decision, total int, err error) {
	err = s.view(ctx, "read decisions", func(t *view) (err error) {
		page, total, err = readDecisions(ctx, t, f)
		return err
	})
	return page, total, err
}

func readDecisions(ctx context.Context, t *view, f DecisionFilter) (page []event.Decision, total int, err error) {
	w := new(where)
	w.equal("event_id", f.EventID)
	w.equal("event_type", f.Type)
	w.equal("channel", f.Channel)
	w.equal("stage", f.Stage)
	w.equal("outcome", f.Outcome)
	w.equal("code", f.Code)
	w.between("decided_at", f.Since, f.Until)
	list := listing{table: "decisions", columns: decisionColumns, time: "decided_at"}
	var rows []decisionRow
	if total, err = list.read(ctx, t, &rows, w, f.Page); err != nil {
		return nil, 0, err
	}
	page = make([]event.Decision, len(rows))
	for i := range rows {
		page[i] = rows[i].decision()
	}
	return page, total, nil
}

// decisionRow is a row of the decisions.
type decisionRow struct {
	ID      int64  `db:"id"`
	Time    int64  `db:"decided_at"`
	EventID string `db:"event_id"`
	Type    string `db:"event_type"`
	Channel string `db:"channel"`
	Stage   string `db:"stage"`
	Outcome string `db:"outcome"`
	Code    string `db:"code"`
	Reason  string `db:"reason"`
	Place   string `db:"place"`
	Count   int    `db:"count"`
	ToldIn  string `db:"told_in"`
}

func (r *decisionRow) decision() event.Decision {
	return event.Decision{
		Time: instant(r.Time), EventID: r.EventID, Type: r.Type, Channel: r.Channel,
		Stage: r.Stage, Outcome: r.Outcome, Code: r.Code, Reason: r.Reason, Place: r.Place, Count: r.Count, ToldIn: r.ToldIn,
	}
}

func bindDecision(args []any, d *event.Decision) []any {
	return append(args, millis(d.Time), d.EventID, d.Type, d.Channel, d.Stage, d.Outcome, d.Code, d.Reason, d.Place, d.Count, d.ToldIn)
}
