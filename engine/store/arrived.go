package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tocsin/engine/event"
)

const (
	arrivedColumns = "event_id,event_type,arrived_at,incoming"

	// maxIncoming is how long the text of an event may be that is recorded. A
	// longer one is delivered like any other, but cannot be judged again.
	maxIncoming = 16 << 10
)

// RecordedFilter chooses recorded events. A zero field chooses all.
type RecordedFilter struct {
	Type  string
	Since time.Time // at or after
	Until time.Time // before
	Page
}

// Event returns an event as it came, while it is on record.
func (s *Store) Event(ctx context.Context, id string) (rec event.Recorded, found bool, err error) {
	err = s.view(ctx, "read event", func(t *view) (err error) {
		rec, found, err = readEvent(ctx, t, id)
		return err
	})
	return rec, found, err
}

func readEvent(ctx context.Context, t *view, id string) (rec event.Recorded, found bool, err error) {
	var row arrivedRow
	err = t.GetContext(ctx, &row, "SELECT "+arrivedColumns+" FROM events WHERE event_id = ?", id)
	if errors.Is(err, sql.ErrNoRows) {
		return rec, false, nil
	}
	if err == nil {
		rec, err = row.recorded()
	}
	return rec, err == nil, err
}

// Events returns recorded events in the order they came in.
func (s *Store) Events(ctx context.Context, f RecordedFilter) (list []event.Recorded, err error) {
	w := new(where)
	w.equal("event_type", f.Type)
	w.between("arrived_at", f.Since, f.Until)
	limit, offset := f.Page.bounds()
	err = s.view(ctx, "read events", func(t *view) error {
		var rows []arrivedRow
		query := "SELECT " + arrivedColumns + " FROM events" + w.clause() + " ORDER BY arrived_at, event_id LIMIT ? OFFSET ?"
		if err := t.SelectContext(ctx, &rows, query, append(w.args, limit, offset)...); err != nil {
			return err
		}
		list = make([]event.Recorded, len(rows))
		for i := range rows {
			if list[i], err = rows[i].recorded(); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

type arrivedRow struct {
	EventID  string `db:"event_id"`
	Type     string `db:"event_type"`
	Arrived  int64  `db:"arrived_at"`
	Incoming string `db:"incoming"`
}

// incomingText is an event as its row has it: also with what no sender may say,
// but the judge is told.
type incomingText struct {
	event.Incoming
	Except  string `json:"except,omitempty"`
	AtLeast bool   `json:"at_least,omitempty"`
}

func (r *arrivedRow) recorded() (event.Recorded, error) {
	var text incomingText
	if err := json.Unmarshal([]byte(r.Incoming), &text); err != nil {
		return event.Recorded{}, fmt.Errorf("event %s: %w", r.EventID, err)
	}
	rec := event.Recorded{Arrived: instant(r.Arrived), Incoming: text.Incoming}
	rec.Incoming.Except, rec.Incoming.AtLeast = text.Except, text.AtLeast
	return rec, nil
}

// arrivedRows are the events of a batch that are short enough to be recorded.
func arrivedRows(list []event.Recorded, text *encoder) ([]arrivedRow, error) {
	rows := make([]arrivedRow, 0, len(list))
	for i := range list {
		in := &list[i].Incoming
		body, err := text.encode(&incomingText{*in, in.Except, in.AtLeast})
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", in.ID, err)
		}
		if len(body) <= maxIncoming {
			rows = append(rows, arrivedRow{EventID: in.ID, Type: in.Type, Arrived: millis(list[i].Arrived), Incoming: body})
		}
	}
	return rows, nil
}

func bindArrived(args []any, r *arrivedRow) []any {
	return append(args, r.EventID, r.Type, r.Arrived, r.Incoming)
}
