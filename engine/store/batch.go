package store

import (
	"strings"

	"tocsin/engine/event"
)

// batched is a statement that takes a list of rows, written for lists of three
// lengths: fewer, longer statements cost less, and only so many may stay
// prepared. More rows than these in one statement were found to gain nothing.
type batched struct{ many, some, one string }

const (
	manyRows = 32
	someRows = 8
)

// newBatched writes head, row for each row, and tail.
func newBatched(head, row, tail string) batched {
	text := func(n int) string { return head + row + strings.Repeat(","+row, n-1) + tail }
	return batched{many: text(manyRows), some: text(someRows), one: text(1)}
}

// insertInto writes an INSERT of the columns, which are separated by commas.
func insertInto(table, columns, tail string) batched {
	row := "(?" + strings.Repeat(",?", strings.Count(columns, ",")) + ")"
	return newBatched("INSERT INTO "+table+" ("+columns+") VALUES ", row, tail)
}

// deleteFrom writes a DELETE of the rows whose column has one of the values.
func deleteFrom(table, column string) batched {
	return newBatched("DELETE FROM "+table+" WHERE "+column+" IN (", "?", ")")
}

// setWhere writes an UPDATE of a column of the rows with one of the ids.
func setWhere(table, column string) batched {
	return newBatched("UPDATE "+table+" SET "+column+" = ?1 WHERE id IN (", "?", ")")
}

// portion returns the statement for the first of n rows, and how many it takes.
func (b *batched) portion(n int) (query string, rows int) {
	switch {
	case n >= manyRows:
		return b.many, manyRows
	case n >= someRows:
		return b.some, someRows
	}
	return b.one, 1
}

// each runs a statement over all rows; bind appends the values of one.
func each[T any](t *tx, statement *batched, rows []T, bind func([]any, *T) []any) error {
	return eachWith(t, statement, nil, rows, bind)
}

// eachLast is each for a statement that replaces the row of a key. Of rows with
// the same key only the last is written, in the place of the first: PostgreSQL
// replaces none twice in one statement.
func eachLast[T any](t *tx, statement *batched, rows []T, key func(*T) string, bind func([]any, *T) []any) error {
	if len(rows) < 2 {
		return each(t, statement, rows, bind)
	}
	places := make(map[string]int, len(rows))
	last := make([]T, 0, len(rows))
	for i := range rows {
		if at, ok := places[key(&rows[i])]; ok {
			last[at] = rows[i]
			continue
		}
		places[key(&rows[i])] = len(last)
		last = append(last, rows[i])
	}
	return each(t, statement, last, bind)
}

// eachWith is each for a statement that begins with values of its own.
func eachWith[T any](t *tx, statement *batched, first []any, rows []T, bind func([]any, *T) []any) error {
	for len(rows) > 0 {
		query, n := statement.portion(len(rows))
		args := append(t.writer.args[:0], first...)
		for i := range rows[:n] {
			args = bind(args, &rows[i])
		}
		_, err := t.exec(query, args...)
		clear(args) // or the texts would live on until they are overwritten
		t.writer.args = args[:0]
		if err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// statements are the statements over lists of rows, made once for a store. A
// stamp is only ever added to its log; a burst, a held event and a claim that
// come again replace what was known of them.
type statements struct {
	queue, settled, history, decisions batched
	stamps, spent, hold, release       batched
	burst, ended, claims               batched
	reopen, unopen, cause, uncause     batched
	digested, arrived                  batched
	sending, copied, decide            batched
	wait, tell                         map[event.Buffer]*batched
	health, healthy                    batched
	positions                          batched
	taken                              batched // of what other nodes posted
}

func newStatements() statements {
	quiet, digest := insertInto("quiet_pending", waitingColumns, ""), insertInto("digest_pending", waitingColumns, "")
	tellQuiet, tellDigest := setWhere("quiet_pending", "told_in"), setWhere("digest_pending", "told_in")
	return statements{
		queue:     insertInto("outbox", outboxColumns, ""),
		settled:   deleteFrom("outbox", "id"),
		history:   insertInto("notification_history", historyColumns, ""),
		decisions: insertInto("decisions", decisionColumns, ""),
		stamps:    insertInto("stamps", stampColumns, ""),
		spent:     deleteFrom("stamps", "id"),
		hold: insertInto("burst_pending", "event_id,bucket,event,channels",
			" ON CONFLICT (event_id) DO UPDATE SET bucket = excluded.bucket, event = excluded.event, channels = excluded.channels"),
		release: deleteFrom("burst_pending", "event_id"),
		burst: insertInto("bursts", "key,state",
			" ON CONFLICT (key) DO UPDATE SET state = excluded.state"),
		ended: deleteFrom("bursts", "key"),
		claims: insertInto("claims", "key,digest,event_id,until",
			" ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, event_id = excluded.event_id, until = excluded.until"),
		reopen: insertInto("open_events", openColumns,
			" ON CONFLICT (key) DO UPDATE SET event_id = excluded.event_id, event_type = excluded.event_type, host = excluded.host,"+
				" opened_at = excluded.opened_at, event = excluded.event, state = excluded.state"),
		unopen: deleteFrom("open_events", "key"),
		cause: insertInto("inhibit_causes", causeColumns,
			" ON CONFLICT (key) DO UPDATE SET inhibition = excluded.inhibition, until = excluded.until, event = excluded.event"),
		uncause:  deleteFrom("inhibit_causes", "key"),
		digested: insertInto("digests", "channel,day", " ON CONFLICT (channel) DO UPDATE SET day = excluded.day"),
		arrived:  insertInto("events", arrivedColumns, " ON CONFLICT (event_id) DO NOTHING"),
		sending:  newBatched("UPDATE outbox SET state = 'sending' WHERE state <> 'dead' AND id IN (", "?", ")"),
		copied:   setWhere("outbox", "copied_in"),
		decide:   decideParcels(),
		wait:     map[event.Buffer]*batched{event.QuietBuffer: &quiet, event.DigestBuffer: &digest},
		tell:     map[event.Buffer]*batched{event.QuietBuffer: &tellQuiet, event.DigestBuffer: &tellDigest},
		health: insertInto("channel_health", healthColumns,
			" ON CONFLICT (channel) DO UPDATE SET failures = excluded.failures, since = excluded.since, told = excluded.told"),
		healthy:   deleteFrom("channel_health", "channel"),
		positions: insertInto("positions", "source,position", " ON CONFLICT (source) DO UPDATE SET position = excluded.position"),
		taken:     deleteFrom("inbox", "id"),
	}
}
