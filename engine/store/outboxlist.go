package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// UnsentFilter chooses messages that no service has taken. A zero field chooses
// all.
type UnsentFilter struct {
	IDs     []event.UnsentID
	Channel string
	State   event.ParcelState // also the name of a buffer
	EventID string
	Type    string
	Since   time.Time // accepted at or after
	Until   time.Time // accepted before
	Page
}

const (
	// unsent is one list of the outbox and the buffers, where what is told by a
	// summary in the outbox waits no more. What is dead stands apart, so that the
	// queues are counted from an index.
	unsent = `WITH unsent AS (
		SELECT '' AS buffer, id, channel, state, accepted_at AS since FROM outbox WHERE state <> 'dead'
		UNION ALL SELECT '', id, channel, 'dead', accepted_at FROM outbox WHERE state = 'dead'
		UNION ALL SELECT 'quiet', id, channel, 'quiet', held_at FROM quiet_pending WHERE told_in = ''
		UNION ALL SELECT 'digest', id, channel, 'digest', held_at FROM digest_pending WHERE told_in = ''
	) `
	// unsentEvents also tells of which event each is, for which the messages must
	// be read.
	unsentEvents = `WITH unsent AS (
		SELECT '' AS buffer, id, channel, state, accepted_at AS since, event_id, message ->> 'event_type' AS event_type FROM outbox
		UNION ALL SELECT 'quiet', id, channel, 'quiet', held_at, event_id, event_type FROM quiet_pending WHERE told_in = ''
		UNION ALL SELECT 'digest', id, channel, 'digest', held_at, event_id, event_type FROM digest_pending WHERE told_in = ''
	) `

	unsentParcels = `SELECT '' AS buffer, id, channel, state, attempt, accepted_at, due_at, tried_at, 0 AS until, error_code, error_message, event_id,
			message ->> 'event_type' AS event_type, message ->> 'severity' AS severity, message ->> 'title' AS title
		FROM outbox`
	unsentBuffered = `, id, channel, 0 AS attempt, held_at AS accepted_at, 0 AS due_at, 0 AS tried_at, until, '' AS error_code, '' AS error_message,
			event_id, event_type, severity, title
		FROM `
	unsentError = `SELECT error_message FROM outbox WHERE channel = ? AND state = ? AND error_code <> '' ORDER BY tried_at DESC, id DESC LIMIT 1`
)

// Unsent returns messages that no service has taken, the newest first and
// without their bodies, and counts all that the filter chooses, by channel and
// state. Both are of the same instant.
func (s *Store) Unsent(ctx context.Context, f UnsentFilter) (page []event.Unsent, tallies []event.Tally, err error) {
	err = s.view(ctx, "read what is unsent", func(t *view) error {
		w, list := f.where(), unsent
		if f.EventID != "" || f.Type != "" {
			list = unsentEvents
		}
		if tallies, err = readTallies(ctx, t, list, w); err != nil {
			return err
		}
		page, err = readUnsent(ctx, t, list, w, f.Page)
		return err
	})
	return page, tallies, err
}

func (f *UnsentFilter) where() *where {
	w := new(where)
	w.equal("channel", f.Channel)
	w.equal("state", string(f.State))
	w.equal("event_id", f.EventID)
	w.equal("event_type", f.Type)
	w.between("since", f.Since, f.Until)
	if len(f.IDs) > 0 {
		terms := make([]string, len(f.IDs))
		args := make([]any, 0, 2*len(f.IDs))
		for i, id := range f.IDs {
			terms[i] = "(CAST(? AS TEXT), CAST(? AS BIGINT))"
			args = append(args, string(id.Buffer), id.ID)
		}
		w.add("(buffer, id) IN (VALUES "+strings.Join(terms, ",")+")", args...)
	}
	return w
}

func readTallies(ctx context.Context, t *view, list string, w *where) ([]event.Tally, error) {
	var tallies []event.Tally
	query := list + "SELECT channel, state, count(*) AS count FROM unsent" + w.clause() + " GROUP BY channel, state ORDER BY channel, state"
	if err := t.SelectContext(ctx, &tallies, query, w.args...); err != nil {
		return nil, err
	}
	for i := range tallies {
		tally := &tallies[i]
		err := t.GetContext(ctx, &tally.Error, unsentError, tally.Channel, string(tally.State))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	return tallies, nil
}

// readUnsent first finds the rows of the page, and only then reads their
// messages.
func readUnsent(ctx context.Context, t *view, list string, w *where, p Page) ([]event.Unsent, error) {
	limit, offset := p.bounds()
	var keys []event.UnsentID
	query := list + "SELECT buffer, id FROM unsent" + w.clause() + " ORDER BY since DESC, buffer, id DESC LIMIT ? OFFSET ?"
	if err := t.SelectContext(ctx, &keys, query, append(slices.Clone(w.args), limit, offset)...); err != nil {
		return nil, err
	}
	rows := make(map[event.UnsentID]*unsentRow, len(keys))
	for _, buffer := range []event.Buffer{"", event.QuietBuffer, event.DigestBuffer} {
		if err := fetchUnsent(ctx, t, buffer, keys, rows); err != nil {
			return nil, err
		}
	}
	page := make([]event.Unsent, len(keys))
	for i, key := range keys {
		page[i] = rows[key].unsent()
	}
	return page, nil
}

// fetchUnsent adds the rows that stand in one table.
func fetchUnsent(ctx context.Context, t *view, buffer event.Buffer, keys []event.UnsentID, into map[event.UnsentID]*unsentRow) error {
	ids := []int64{}
	for _, key := range keys {
		if key.Buffer == buffer {
			ids = append(ids, key.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var w where
	w.in("id", ids)
	query := unsentParcels
	if table := buffers()[buffer]; table != "" {
		query = "SELECT '" + string(buffer) + "' AS buffer, '" + string(buffer) + "' AS state" + unsentBuffered + table
	}
	var rows []unsentRow
	if err := t.SelectContext(ctx, &rows, query+w.clause(), w.args...); err != nil {
		return err
	}
	for i := range rows {
		into[event.UnsentID{Buffer: rows[i].Buffer, ID: rows[i].ID}] = &rows[i]
	}
	return nil
}

// unsentRow is a row of the outbox or of a buffer, without its message.
type unsentRow struct {
	Buffer   event.Buffer
	ID       int64
	Channel  string
	State    event.ParcelState
	Attempt  int
	Accepted int64  `db:"accepted_at"`
	Due      int64  `db:"due_at"`
	Tried    int64  `db:"tried_at"`
	Until    int64  `db:"until"`
	Code     string `db:"error_code"`
	Error    string `db:"error_message"`
	EventID  string `db:"event_id"`
	Type     string `db:"event_type"`
	Severity string
	Title    string
}

func (r *unsentRow) unsent() event.Unsent {
	return event.Unsent{
		ID: event.UnsentID{Buffer: r.Buffer, ID: r.ID}, Channel: r.Channel, EventID: r.EventID, Type: r.Type,
		Severity: severity(r.Severity), Title: r.Title, State: r.State, Attempt: r.Attempt, Accepted: instant(r.Accepted),
		Due: instant(r.Due), Tried: instant(r.Tried), Until: instant(r.Until), Code: r.Code, Error: r.Error,
	}
}
