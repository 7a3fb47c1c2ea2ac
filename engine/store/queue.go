package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"
)

// Both read an index only, but for the one row whose error is shown.
const (
	countParcels = `SELECT channel, count(*) FILTER (WHERE state <> 'held') AS waiting, count(*) FILTER (WHERE state = 'held') AS held, 0 AS dead,
			min(accepted_at) AS oldest, min(due_at) AS due
		FROM outbox WHERE state <> 'dead' GROUP BY channel
		UNION ALL SELECT channel, 0, 0, count(*), 0, 0 FROM outbox WHERE state = 'dead' GROUP BY channel`
	lastError = "SELECT error_code AS code, error_message AS error FROM outbox WHERE channel = ? AND error_code <> '' ORDER BY tried_at DESC, id DESC LIMIT 1"
)

// Queue is what stands in the outbox for one channel.
type Queue struct {
	Channel string
	Waiting int       // queued, or to be tried again
	Held    int       // until the target takes messages again
	Dead    int       // given up
	Oldest  time.Time // when the oldest one that waits or is held was accepted
	Due     time.Time // when the first one that waits or is held is due
	Code    string    // of the last error
	Error   string    // its cause and remedy
}

// Queues returns the queue of every channel that has rows in the outbox, by
// name.
func (s *Store) Queues(ctx context.Context) ([]Queue, error) {
	var queues []Queue
	err := s.view(ctx, "read queues", func(t *view) error {
		var rows []queueRow
		if err := t.SelectContext(ctx, &rows, countParcels); err != nil {
			return err
		}
		queues = joinQueues(rows)
		for i := range queues {
			err := t.GetContext(ctx, &queues[i], lastError, queues[i].Channel)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	return queues, err
}

// queueRow counts some of the parcels of a channel.
type queueRow struct {
	Channel             string
	Waiting, Held, Dead int
	Oldest, Due         int64
}

// joinQueues makes one queue of the rows of each channel.
func joinQueues(rows []queueRow) []Queue {
	byChannel := map[string]Queue{}
	for _, r := range rows {
		q := byChannel[r.Channel]
		q.Channel = r.Channel
		q.Waiting += r.Waiting
		q.Held += r.Held
		q.Dead += r.Dead
		if r.Dead == 0 {
			q.Oldest, q.Due = instant(r.Oldest), instant(r.Due)
		}
		byChannel[r.Channel] = q
	}
	return slices.SortedFunc(maps.Values(byChannel), func(a, b Queue) int { return cmp.Compare(a.Channel, b.Channel) })
}
