package store

import (
	"context"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// What waits for another try is due at ?1. What was given up, or moves to the
// channel ?2, begins anew.
const (
	requeue = `UPDATE outbox SET
		due_at = ?1,
		accepted_at = CASE WHEN state = 'dead' OR ?2 <> '' THEN ?1 ELSE accepted_at END,
		attempt = CASE WHEN state = 'dead' OR ?2 <> '' THEN 0 ELSE attempt END,
		tried_at = CASE WHEN state = 'dead' OR ?2 <> '' THEN 0 ELSE tried_at END,
		error_code = CASE WHEN state = 'dead' OR ?2 <> '' THEN '' ELSE error_code END,
		error_message = CASE WHEN state = 'dead' OR ?2 <> '' THEN '' ELSE error_message END,
		plain = CASE WHEN state = 'dead' OR ?2 <> '' THEN FALSE ELSE plain END,
		copied_in = CASE WHEN state = 'dead' OR ?2 <> '' THEN '' ELSE copied_in END,
		state = CASE WHEN state = 'dead' OR ?2 <> '' THEN 'queued' ELSE state END,
		channel = CASE WHEN ?2 <> '' THEN ?2 ELSE channel END
	WHERE state <> 'sending'`
	requeueLike = requeue + ` AND (?3 = '' OR channel = ?3) AND (?4 = '' OR state = ?4) AND (?5 = '' OR message ->> 'event_type' = ?5)`
)

// Requeue makes chosen parcels due now, gives dead ones another life, and moves
// all of them when another channel is named; what is being sent stays. It returns
// how many.
func (s *Store) Requeue(ctx context.Context, which engine.Selection, to string, now time.Time) (n int, err error) {
	err = s.change(ctx, "try messages again", func(t *tx) error {
		if s.server != nil { // whoever sends over the channels is to know that somebody asks
			if _, err := t.exec("SELECT pg_notify('tocsin', 'retry')"); err != nil {
				return err
			}
		}
		if len(which.IDs) == 0 {
			n, err = t.count(requeueLike, millis(now), to, which.Channel, string(which.State), which.Type)
			return err
		}
		n, err = 0, nil
		for _, id := range which.IDs {
			one, err := t.count(requeue+" AND id = ?3", millis(now), to, id)
			if err != nil {
				return err
			}
			n += one
		}
		return nil
	})
	return n, err
}

// Rebuffer moves chosen messages that wait in a buffer to the same buffer of
// another channel. It returns how many, and what then waits in all buffers.
func (s *Store) Rebuffer(ctx context.Context, buffer event.Buffer, which engine.Selection, to string) (n int, now []engine.Pending, err error) {
	table, err := bufferTable(buffer)
	if err != nil {
		return 0, nil, err
	}
	move := "UPDATE " + table + " SET channel = ?1 WHERE told_in = '' AND channel <> ?1"
	err = s.change(ctx, "move what waits", func(t *tx) error {
		if len(which.IDs) == 0 {
			n, err = t.count(move+" AND (?2 = '' OR channel = ?2) AND (?3 = '' OR event_type = ?3)", to, which.Channel, which.Type)
			return err
		}
		n, err = 0, nil
		for _, id := range which.IDs {
			one, err := t.count(move+" AND id = ?2", to, id)
			if err != nil {
				return err
			}
			n += one
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	err = s.view(ctx, "count what waits", func(t *view) error {
		now, err = loadPending(ctx, t)
		return err
	})
	return n, now, err
}
