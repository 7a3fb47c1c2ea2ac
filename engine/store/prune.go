package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Retention is how long things are kept that nothing waits for any more.
type Retention struct {
	History      time.Duration // zero: 90 days
	HistoryBytes int64         // on the disk, the oldest go first; zero: 1 GiB
	Decisions    time.Duration // zero: 30 days
	Dead         time.Duration // parcels, since they were last tried; zero: 30 days

	// Step is how much of a record's age one Prune takes at most, from its oldest
	// row on; zero: a day. So a clock that is months ahead for some hours costs as
	// many days and not everything.
	Step time.Duration
}

const (
	day = 24 * time.Hour

	// pruneRows is how many rows are removed in one transaction: a few
	// milliseconds, between which commits get their turn.
	pruneRows = 1000

	pruneClaims = "DELETE FROM claims WHERE key IN (SELECT key FROM claims WHERE until <= ? LIMIT ?)"
	pruneCauses = "DELETE FROM inhibit_causes WHERE key IN (SELECT key FROM inhibit_causes WHERE until <= ? LIMIT ?)"

	// Beyond so many, the oldest events go sooner.
	maxEvents    = 50_000
	oldestToKeep = "SELECT arrived_at FROM events ORDER BY arrived_at DESC LIMIT 1 OFFSET ?"
)

// aged is a table of which rows go when they are old enough.
type aged struct {
	key, table, where, time string
	before                  time.Time
}

func (a *aged) delete() string {
	return fmt.Sprintf("DELETE FROM %[1]s WHERE %[2]s IN (SELECT %[2]s FROM %[1]s WHERE %[3]s AND %[4]s < ? ORDER BY %[4]s LIMIT ?)",
		a.table, a.key, a.where, a.time)
}

func (a *aged) oldest() string {
	return fmt.Sprintf("SELECT coalesce(min(%s), 0) FROM %s WHERE %s", a.time, a.table, a.where)
}

// agedTables are the tables with an age. An event that was open for a week is so
// no longer, and neither explained nor judged again.
func agedTables(now time.Time, keep Retention) []aged {
	return []aged{
		{"id", "notification_history", "true", "sent_at", now.Add(-cmp.Or(keep.History, 90*day))},
		{"id", "decisions", "true", "decided_at", now.Add(-cmp.Or(keep.Decisions, 30*day))},
		{"id", "outbox", "state = 'dead'", "tried_at", now.Add(-cmp.Or(keep.Dead, 30*day))},
		{"key", "open_events", "true", "opened_at", now.Add(-7 * day)},
		{"event_id", "events", "true", "arrived_at", now.Add(-7 * day)},
	}
}

// Prune removes what keep does not ask for, and stamps and claims that have
// expired by now, and gives the room back to the disk when it is much. It works in
// portions and returns how many rows are gone, also when a part of it fails: the
// others go on.
func (s *Store) Prune(ctx context.Context, now time.Time, keep Retention) (n int, err error) {
	for _, part := range []func() (int, error){
		func() (int, error) { return s.pruneAged(ctx, now, keep) },
		func() (int, error) { return s.prune(ctx, pruneClaims, now) },
		func() (int, error) { return s.prune(ctx, pruneCauses, now) },
		func() (int, error) { return s.pruneStamps(ctx, now) },
		func() (int, error) { return s.pruneEvents(ctx, maxEvents) },
		func() (int, error) { return s.pruneHistory(ctx, cmp.Or(keep.HistoryBytes, 1<<30)) },
		func() (int, error) { return 0, s.shrink(ctx) },
	} {
		removed, failed := part()
		n, err = n+removed, errors.Join(err, failed)
		if ctx.Err() != nil {
			break
		}
	}
	return n, err
}

// pruneAged removes the rows that are old enough, a step at most.
func (s *Store) pruneAged(ctx context.Context, now time.Time, keep Retention) (n int, err error) {
	for _, table := range agedTables(now, keep) {
		var at int64
		if failed := s.readers.GetContext(ctx, &at, table.oldest()); failed != nil {
			err = errors.Join(err, s.failed("look for old rows", failed))
			continue
		}
		if step := time.UnixMilli(at).Add(cmp.Or(keep.Step, day)); step.Before(table.before) {
			table.before = step
		}
		removed, failed := s.prune(ctx, table.delete(), table.before)
		n, err = n+removed, errors.Join(err, failed)
	}
	return n, err
}

// pruneEvents removes the oldest recorded events when there are more than most.
// Those of one millisecond stay together.
func (s *Store) pruneEvents(ctx context.Context, most int) (int, error) {
	var at int64
	err := s.readers.GetContext(ctx, &at, oldestToKeep, most-1)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil // there are not so many
	}
	if err != nil {
		return 0, s.failed("count events", err)
	}
	events := aged{key: "event_id", table: "events", where: "true", time: "arrived_at"}
	return s.prune(ctx, events.delete(), instant(at))
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
	rows, err := s.readers.QueryxContext(ctx, "SELECT id, fingerprint, cooldown_until FROM stamps ORDER BY id DESC")
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
