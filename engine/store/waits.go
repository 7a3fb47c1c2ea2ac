package store

import (
	"context"
)

// countWaits reads indexes only.
const countWaits = `SELECT channel, CAST(sum(outbox) AS BIGINT) AS outbox, CAST(sum(quiet) AS BIGINT) AS quiet, CAST(sum(digest) AS BIGINT) AS digest FROM (
		SELECT channel, count(*) AS outbox, 0 AS quiet, 0 AS digest FROM outbox WHERE state <> 'dead' GROUP BY channel
		UNION ALL SELECT channel, 0, count(*), 0 FROM quiet_pending WHERE told_in = '' GROUP BY channel
		UNION ALL SELECT channel, 0, 0, count(*) FROM digest_pending WHERE told_in = '' GROUP BY channel
	) AS waits GROUP BY channel ORDER BY channel`

// Waits is how many messages are still to be told over one channel.
type Waits struct {
	Channel string
	Outbox  int // queued, to be tried again, or held; not what was given up
	Quiet   int // until the quiet hours end
	Digest  int
}

// Total is how many they are in all.
func (w Waits) Total() int { return w.Outbox + w.Quiet + w.Digest }

// Waits returns what waits for each channel, by name, whether or not a
// configuration has these channels. Those for which nothing waits are left out.
func (s *Store) Waits(ctx context.Context) (list []Waits, err error) {
	err = s.view(ctx, "count what waits", func(t *view) error { return t.SelectContext(ctx, &list, countWaits) })
	return list, err
}

// Waits returns what waits for each channel, as Store.Waits does.
func (r *Reader) Waits(ctx context.Context) ([]Waits, error) { return r.store.Waits(ctx) }
