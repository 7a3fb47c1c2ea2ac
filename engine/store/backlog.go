package store

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	// All of these read the index outbox_next, but for the rows they return.
	countBacklog = "SELECT count(*) FROM outbox WHERE channel = ? AND state <> 'dead' AND urgent = FALSE"

	// What may have arrived is not merged, nor what is merged or copied already.
	selectMergeable = "SELECT id," + outboxColumns + ",tried_at FROM outbox WHERE channel = ?1 AND state <> 'dead' AND urgent = FALSE" +
		" AND state IN ('queued', 'retry', 'held') AND maybe = FALSE AND copied_in = '' AND copy_id = '' AND message ->> 'event_type' <> '" + event.BacklogType + "'" +
		" AND (?2 = '' OR message ->> 'severity' = ?2) ORDER BY urgent DESC, id LIMIT ?3"

	uncopied       = " FROM outbox WHERE channel = ? AND state <> 'dead' AND copied_in = '' AND copy_id = ''"
	selectOverdue  = "SELECT id," + outboxColumns + ",tried_at" + uncopied + " AND accepted_at <= ? ORDER BY urgent DESC, id LIMIT ?"
	nextOverdue    = "SELECT coalesce(min(accepted_at), 0)" + uncopied + " AND accepted_at > ?"
	selectBuffered = "SELECT (SELECT count(*) FROM quiet_pending WHERE told_in = '') + (SELECT count(*) FROM digest_pending WHERE told_in = '')"
)

// Backlog counts the parcels of a channel that wait and are not CRITICAL.
func (s *Store) Backlog(ctx context.Context, channel string) (n int, err error) {
	if err := s.readers.GetContext(ctx, &n, countBacklog, channel); err != nil {
		return 0, s.failed("count a queue", err)
	}
	return n, nil
}

// Mergeable returns the oldest parcels of a channel that may become one message:
// not CRITICAL, not perhaps arrived already, no message of many and no copy. They
// come without bodies and details; with a severity, only those of it.
func (s *Store) Mergeable(ctx context.Context, channel, severity string, limit int) ([]event.Parcel, error) {
	rows, err := s.readers.QueryxContext(ctx, selectMergeable, channel, severity, limit)
	if err != nil {
		return nil, s.failed("read a queue", err)
	}
	defer rows.Close()
	var list []event.Parcel
	for rows.Next() { // one after the other: a long queue may be one of long mails
		var row outboxRow
		if err := rows.StructScan(&row); err != nil {
			return nil, s.failed("read a queue", err)
		}
		p, err := row.parcel()
		if err != nil {
			return nil, err
		}
		p.Message.Body, p.Message.Details, p.Message.Event = "", nil, nil
		list = append(list, p)
	}
	return list, rows.Err()
}

// Overdue returns the first parcels of a channel that were accepted until a
// moment and that nothing stands in for, and when the first of the later ones was
// accepted; zero: there is none.
func (s *Store) Overdue(ctx context.Context, channel string, until time.Time, limit int) (list []event.Parcel, next time.Time, err error) {
	err = s.view(ctx, "read what is overdue", func(t *view) error {
		var rows []outboxRow
		if err := t.SelectContext(ctx, &rows, selectOverdue, channel, millis(until), limit); err != nil {
			return err
		}
		if list, err = parcels(rows); err != nil {
			return err
		}
		var first int64
		if err := t.GetContext(ctx, &first, nextOverdue, channel, millis(until)); err != nil {
			return err
		}
		next = instant(first)
		return nil
	})
	return list, next, err
}

// Knows tells of which events a channel has a parcel or took a message. A history
// that cannot be read tells of none: a message that comes twice is better than
// one that never comes.
func (s *Store) Knows(ctx context.Context, channel string, events []string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, query := range []string{
		"SELECT event_id FROM notification_history WHERE channel = ? AND success = TRUE AND event_id IN (?)",
		"SELECT event_id FROM outbox WHERE channel = ? AND state <> 'dead' AND event_id IN (?)",
	} {
		query, args, err := sqlx.In(query, channel, events)
		if err != nil {
			return nil, err
		}
		var ids []string
		err = s.readers.SelectContext(ctx, &ids, query, args...)
		if err != nil && !(strings.Contains(query, historyTable) && isRefusal(err)) {
			return nil, s.failed("look up events", err)
		}
		for _, id := range ids {
			known[id] = true
		}
	}
	return known, nil
}

// Volume tells how much waits to be delivered, in outbox and buffers.
func (s *Store) Volume(ctx context.Context) (v engine.Volume, err error) {
	err = s.view(ctx, "count what waits", func(t *view) error {
		if err := t.GetContext(ctx, &v, s.dialect.selectVolume); err != nil {
			return err
		}
		var buffered int
		if err := t.GetContext(ctx, &buffered, selectBuffered); err != nil {
			return err
		}
		v.Rows += buffered
		return nil
	})
	return v, err
}
