package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Retention is how long things are kept that nothing waits for any more.
type Retention struct {
	History   time.Duration // zero: 90 days
	Decisions time.Duration // zero: 30 days
	Dead      time.Duration // parcels, since they were last tried; zero: 30 days
}

const (
	day = 24 * time.Hour

	// pruneRows is how many rows are removed in one transaction: a few
	// milliseconds, between which commits get their turn.
	pruneRows = 1000

	pruneHistory   = "DELETE FROM notification_history WHERE id IN (SELECT id FROM notification_history WHERE sent_at < ? ORDER BY sent_at LIMIT ?)"
	pruneDecisions = "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE decided_at < ? ORDER BY decided_at LIMIT ?)"
	pruneDead      = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'dead' AND tried_at < ? ORDER BY tried_at LIMIT ?)"
	// An event that was open for a week is so no longer, and neither explained nor
	// judged again.
	pruneOpen   = "DELETE FROM open_events WHERE key IN (SELECT key FROM open_events WHERE opened_at < ? LIMIT ?)"
	pruneEvents = "DELETE FROM events WHERE event_id IN (SELECT event_id FROM events WHERE arrived_at < ? ORDER BY arrived_at LIMIT ?)"
	pruneCauses = "DELETE FROM inhibit_causes WHERE key IN (SELECT key FROM inhibit_causes WHERE until <= ? LIMIT ?)"
	// Beyond so many, the oldest events go sooner.
	maxEvents    = 50_000
	oldestToKeep = "SELECT arrived_at FROM events ORDER BY arrived_at DESC LIMIT 1 OFFSET ?"

	pruneClaims = "DELETE FROM claims WHERE key IN (SELECT key FROM claims WHERE until <= ? LIMIT ?)"
)

// Prune removes what keep does not ask for, and stamps and claims that have
// expired by now. It works in portions and returns how many rows are gone, also
// when it fails on the way.
func (s *Store) Prune(ctx context.Context, now time.Time, keep Retention) (n int, err error) {
	eventsFrom, err := s.keepEventsFrom(ctx, now.Add(-7*day), maxEvents)
	if err != nil {
		return 0, err
	}
	for _, part := range []struct {
		query  string
		before time.Time
	}{
		{pruneHistory, now.Add(-cmp.Or(keep.History, 90*day))},
		{pruneDecisions, now.Add(-cmp.Or(keep.Decisions, 30*day))},
		{pruneDead, now.Add(-cmp.Or(keep.Dead, 30*day))},
		{pruneClaims, now},
		{pruneOpen, now.Add(-7 * day)},
		{pruneCauses, now},
		{pruneEvents, eventsFrom},
	} {
		removed, err := s.prune(ctx, part.query, part.before)
		n += removed
		if err != nil {
			return n, err
		}
	}
	removed, err := s.pruneStamps(ctx, now)
	return n + removed, err
}

// keepEventsFrom returns since when recorded events are kept: from oldest on, or
// later when there are more than most. Those of one millisecond stay together.
func (s *Store) keepEventsFrom(ctx context.Context, oldest time.Time, most int) (time.Time, error) {
	var at int64
	err := s.readers.GetContext(ctx, &at, oldestToKeep, most-1)
	if errors.Is(err, sql.ErrNoRows) {
		return oldest, nil // there are not so many
	}
	if err != nil {
		return oldest, s.failed("count events", err)
	}
	if t := instant(at); t.After(oldest) {
		return t, nil
	}
	return oldest, nil
}

// prune runs a query until it finds nothing more.
func (s *Store) prune(ctx context.Context, query string, before time.Time) (n int, err error) {
	for removed := pruneRows; removed == pruneRows; n += removed {
		err := s.change(ctx, "prune", func(t *tx) (err error) {
			removed, err = t.count(query, millis(before), pruneRows)
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// pruneStamps removes the rows of the log that say nothing any more.
func (s *Store) pruneStamps(ctx context.Context, now time.Time) (n int, err error) {
	spent, err := s.spentStamps(ctx, now)
	if err != nil {
		return 0, err
	}
	for len(spent) > 0 {
		portion := spent[:min(len(spent), pruneRows)]
		err := s.change(ctx, "prune", func(t *tx) error {
			return each(t, &s.sql.spent, portion, bindValue)
		})
		if err != nil {
			return n, err
		}
		n += len(portion)
		spent = spent[len(portion):]
	}
	return n, nil
}

// spentStamps returns the rows that a later one of the same fingerprint
// replaced, and those that have expired. They are in the order of the log: were
// a cleared stamp's last row removed before the one it clears, that one would
// count again. Rows written meanwhile make none of them count again, so they
// are looked for without holding up the writer.
func (s *Store) spentStamps(ctx context.Context, now time.Time) ([]int64, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT id, fingerprint, cooldown_until FROM stamps ORDER BY id DESC")
	if err != nil {
		return nil, s.failed("read stamps", err)
	}
	defer rows.Close()
	replaced := map[event.Fingerprint]bool{}
	var spent []int64
	var id int64
	var row stampRow
	for rows.Next() {
		if err := rows.Scan(&id, &row.Fingerprint, &row.Until); err != nil {
			return nil, s.failed("read stamps", err)
		}
		fingerprint := row.fingerprint()
		if replaced[fingerprint] || row.Until <= millis(now) {
			spent = append(spent, id)
		}
		replaced[fingerprint] = true
	}
	slices.Reverse(spent)
	return spent, rows.Err()
}
