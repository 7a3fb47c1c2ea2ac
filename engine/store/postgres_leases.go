package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// leaseTime is how long a node may send over a channel after it last said that it
// does.
const leaseTime = 60 * time.Second

const (
	somethingWaits = "SELECT EXISTS (SELECT 1 FROM outbox WHERE channel = ? AND state <> 'dead')"
	makeLease      = "INSERT INTO leases (channel, node, fence, until) VALUES (?, '', 0, '-infinity') ON CONFLICT DO NOTHING"
	// A lease that somebody settles under at this moment is not free.
	takeLease = `UPDATE leases SET node = ?2, fence = fence + 1, until = clock_timestamp() + CAST(?3 AS DOUBLE PRECISION) * interval '1 second'
		WHERE channel IN (SELECT channel FROM leases WHERE channel = ?1 AND until <= clock_timestamp() FOR UPDATE SKIP LOCKED) RETURNING fence`
	leaseLeft    = "SELECT CAST(greatest(extract(epoch FROM until - clock_timestamp()), 0.1) AS DOUBLE PRECISION) FROM leases WHERE channel = ?"
	renewLeases  = "UPDATE leases SET until = clock_timestamp() + CAST(?2 AS DOUBLE PRECISION) * interval '1 second' WHERE node = ?1 RETURNING channel, fence"
	releaseLease = "UPDATE leases SET until = '-infinity', node = '' WHERE channel = ? AND node = ? AND fence = ?"
	checkFence   = "SELECT channel FROM leases WHERE channel = ? AND fence = ? FOR SHARE"

	// Nodes hear of what another gave up by the name of the table.
	tellFreed = "SELECT pg_notify('tocsin', 'leases')"

	// What was being sent by the one before may have arrived.
	markUnknownOf = "UPDATE outbox SET state = 'unknown', maybe = TRUE WHERE channel = ? AND state <> 'dead' AND state = 'sending'"
)

// LeaseTime is how long a lease lasts that is not renewed; 0: the store is not
// shared, and there are no leases.
func (s *Store) LeaseTime() time.Duration {
	if s.server == nil {
		return 0
	}
	return s.server.lease
}

// Lease takes the right to send over a channel, if nobody has it and something
// waits to be sent. The fence says which holder settles. With no fence, wait is
// how long another node still has the right, or 0 when nothing waits.
func (s *Store) Lease(ctx context.Context, channel string) (fence int64, wait time.Duration, err error) {
	err = s.change(ctx, "take the lease of a channel", func(t *tx) error {
		waits := false
		if err := t.get(&waits, somethingWaits, channel); err != nil || !waits {
			return err
		}
		if _, err := t.exec(makeLease, channel); err != nil {
			return err
		}
		err := t.get(&fence, takeLease, channel, s.server.node, s.server.lease.Seconds())
		if errors.Is(err, sql.ErrNoRows) {
			left := 0.0
			err = t.get(&left, leaseLeft, channel)
			wait = time.Duration(left * float64(time.Second))
			return err
		}
		if err == nil {
			_, err = t.exec(markUnknownOf, channel)
		}
		return err
	})
	return fence, wait, err
}

// Renew keeps every lease that this node has, and returns their fences by channel.
func (s *Store) Renew(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		Channel string
		Fence   int64
	}
	err := s.change(ctx, "renew leases", func(t *tx) error {
		rows = rows[:0]
		return t.all(&rows, renewLeases, s.server.node, s.server.lease.Seconds())
	})
	if err != nil {
		return nil, err
	}
	held := make(map[string]int64, len(rows))
	for _, r := range rows {
		held[r.Channel] = r.Fence
	}
	return held, nil
}

// Release gives a lease up, so that another node may have it at once.
func (s *Store) Release(ctx context.Context, channel string, fence int64) error {
	return s.change(ctx, "release a lease", func(t *tx) error {
		n, err := t.count(releaseLease, channel, s.server.node, fence)
		if err == nil && n > 0 {
			_, err = t.exec(tellFreed)
		}
		return err
	})
}
