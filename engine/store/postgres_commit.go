package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"

	"tocsin/engine"
	"tocsin/engine/event"
)

// isOpen reports whether the server may still hear of a connection.
func isOpen(conn *sqlx.Conn) (open bool) {
	err := conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		open = ok && !c.Conn().IsClosed()
		return nil
	})
	return open && err == nil
}

// enter begins what a node keeps: it refuses what another node judges, and leaves
// out what is said of channels that another node sends over by now.
func (sv *server) enter(c *commit, t *tx) error {
	if c.Judged && !sv.role.isJudge() {
		return engine.ErrDeposed
	}
	c.Lost = nil
	for channel, fence := range c.Fences {
		var held string
		err := t.get(&held, checkFence, channel, fence)
		if errors.Is(err, sql.ErrNoRows) {
			c.Lost = append(c.Lost, channel)
		} else if err != nil {
			return fmt.Errorf("lease of %s: %w", channel, err)
		}
	}
	for _, channel := range c.Lost {
		c.leaveOut(channel)
	}
	return c.post(sv, t)
}

// leaveOut drops what a batch says of the parcels of a channel. The attempts were
// made: their history is kept.
func (c *commit) leaveOut(channel string) {
	of := func(s *event.Settlement) bool { return s.Parcel.Channel == channel }
	for _, s := range c.sent {
		if of(s) {
			c.left = slices.DeleteFunc(c.left, func(id int64) bool { return id == s.Parcel.ID })
		}
	}
	c.sent, c.moved = slices.DeleteFunc(c.sent, of), slices.DeleteFunc(c.moved, of)
	b := *c.Batch // the caller's stays as it is
	c.Batch = &b
	b.Sending = slices.DeleteFunc(slices.Clone(b.Sending), func(s engine.Sending) bool { return s.Channel == channel })
	for _, copied := range b.Copied {
		if copied.Channel == channel && copied.CopyID != event.NoCopy {
			c.queued = slices.DeleteFunc(c.queued, func(r outboxRow) bool { return r.CopyID == copied.CopyID })
		}
	}
	b.Copied = slices.DeleteFunc(slices.Clone(b.Copied), func(x engine.Copied) bool { return x.Channel == channel })
	var merged []engine.Merged
	var rows []outboxRow
	for i, m := range b.Merged {
		if m.Into.Channel != channel {
			merged, rows = append(merged, m), append(rows, c.merged[i])
		}
	}
	b.Merged, c.merged = merged, rows
}

// claimAmongNodes takes keys one by one: a key that another node took is not taken
// again, whoever of the two was first to begin.
func claimAmongNodes(t *tx, claims []event.Claim) error {
	const take = `INSERT INTO claims (key, digest, event_id, until) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, event_id = excluded.event_id, until = excluded.until
		WHERE claims.event_id = excluded.event_id OR claims.until <= CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)`
	var taken engine.Claimed
	for i := range claims {
		c := &claims[i]
		n, err := t.count(take, c.Key, c.Digest, c.EventID, millis(c.Until))
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		var row claimRow
		if err := t.get(&row, "SELECT key, digest, event_id, until FROM claims WHERE key = ?", c.Key); err != nil {
			return err
		}
		taken.Claims = append(taken.Claims, row.claim())
	}
	if len(taken.Claims) > 0 {
		return &taken
	}
	return nil
}
