package store

import (
	"fmt"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	// A summary's rows, and what a copy stood in for, go with its confirmation.
	dropCovered = "DELETE FROM outbox WHERE copied_in = ? AND copied_in <> ''"
	// A copy that stands in for something else still, or that is being sent,
	// settles by itself.
	dropCopy = "DELETE FROM outbox WHERE copy_id = ?1 AND copy_id <> '' AND state <> 'sending'" +
		" AND NOT EXISTS (SELECT 1 FROM outbox WHERE copied_in = ?1 AND copied_in <> '')"

	replaceParcel = "UPDATE outbox SET urgent=?, state=?, attempt=?, accepted_at=?, due_at=?, tried_at=0, error_code=?, error_message=?," +
		" plain=?, maybe=?, event_id=?, source=?, weight=?, message=? WHERE id=?"

	// The values of a decision that is kept about the event of each of many rows.
	decideColumns = "INSERT INTO decisions (decided_at,event_id,event_type,channel,stage,outcome,code,reason,place,count,told_in)" +
		" SELECT CAST(?1 AS BIGINT), event_id, "
	decideValues = ", CAST(?2 AS TEXT), CAST(?3 AS TEXT), CAST(?4 AS TEXT), CAST(?5 AS TEXT), CAST(?6 AS TEXT), CAST(?7 AS TEXT), 1, CAST(?8 AS TEXT) FROM "
)

func decideArgs(channel string, d *event.Decision) []any {
	return []any{millis(d.Time), channel, d.Stage, d.Outcome, d.Code, d.Reason, d.Place, d.ToldIn}
}

// decideParcels writes a decision about the events of parcels.
func decideParcels() batched {
	return newBatched(decideColumns+"message ->> 'event_type'"+decideValues+"outbox WHERE id IN (", "?", ") ORDER BY id")
}

// writeBuffers marks what is told before it adds what waits from now on, and
// then keeps a decision about each event that is told.
func (c *commit) writeBuffers(t *tx) error {
	for i := range c.Told {
		told := &c.Told[i]
		table, err := bufferTable(told.Buffer)
		if err != nil {
			return err
		}
		if err := eachWith(t, c.sql.tell[told.Buffer], []any{told.Decision.ToldIn}, told.IDs, bindValue); err != nil {
			return fmt.Errorf("tell %s: %w", table, err)
		}
		if !told.Rest {
			continue
		}
		if _, err := t.exec("UPDATE "+table+" SET told_in = ? WHERE channel = ?"+still, told.Decision.ToldIn, told.Channel); err != nil {
			return fmt.Errorf("tell %s: %w", table, err)
		}
	}
	for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
		if err := each(t, c.sql.wait[buffer], c.waiting[buffer], bindWaiting); err != nil {
			return fmt.Errorf("%s: %w", buffers()[buffer], err)
		}
	}
	for i := range c.Told {
		told := &c.Told[i]
		query := decideColumns + "event_type" + decideValues + buffers()[told.Buffer] + " WHERE told_in = ?8 ORDER BY event_time, id"
		err := c.record(t, decisionsTable, max(len(told.IDs), 1), func() error {
			_, err := t.exec(query, decideArgs(told.Channel, &told.Decision)...)
			return err
		})
		if err != nil {
			return fmt.Errorf("decisions about what is told: %w", err)
		}
	}
	return nil
}

// merge puts one message in the place of many parcels.
func (c *commit) merge(t *tx) error {
	for i := range c.Merged {
		m, row := &c.Merged[i], &c.merged[i]
		if err := c.decide(t, m.Into.Channel, &m.Decision, m.IDs); err != nil {
			return err
		}
		others := make([]int64, 0, len(m.IDs))
		for _, id := range m.IDs {
			if id != m.Into.ID {
				others = append(others, id)
			}
		}
		if err := each(t, &c.sql.settled, others, bindValue); err != nil {
			return err
		}
		n, err := t.count(replaceParcel, row.Urgent, row.State, row.Attempt, row.Accepted, row.Due, row.Code, row.Error,
			row.Plain, row.Maybe, row.EventID, row.Source, row.Weight, row.Message, m.Into.ID)
		if err == nil && n == 0 { // or the others would be gone with nothing in their place
			err = fmt.Errorf("parcel %d is gone", m.Into.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copy notes which copy stands in for which parcels.
func (c *commit) copy(t *tx) error {
	for i := range c.Copied {
		copied := &c.Copied[i]
		if err := eachWith(t, &c.sql.copied, []any{copied.CopyID}, copied.IDs, bindValue); err != nil {
			return err
		}
		if copied.Decision.Stage == "" {
			continue
		}
		if err := c.decide(t, copied.Decision.Channel, &copied.Decision, copied.IDs); err != nil {
			return err
		}
	}
	return nil
}

// decide keeps a decision about the event of each of some parcels.
func (c *commit) decide(t *tx, channel string, d *event.Decision, ids []int64) error {
	return c.record(t, decisionsTable, len(ids), func() error {
		return eachWith(t, &c.sql.decide, decideArgs(channel, d), ids, bindValue)
	})
}

// confirmed does what follows from a message that its channel took.
func (c *commit) confirmed(t *tx, s *event.Settlement) error {
	p := &s.Parcel
	if p.CopyID != "" {
		query := decideColumns + "message ->> 'event_type'" + decideValues + "outbox WHERE copied_in = ?9 AND copied_in <> '' ORDER BY id"
		err := c.record(t, decisionsTable, 1, func() error {
			_, err := t.exec(query, append(decideArgs(s.Covered.Channel, &s.Covered), p.CopyID)...)
			return err
		})
		if err != nil {
			return err
		}
		if _, err := t.exec(dropCovered, p.CopyID); err != nil {
			return err
		}
	}
	if p.CopiedIn != "" && p.CopiedIn != event.NoCopy {
		if _, err := t.exec(dropCopy, p.CopiedIn); err != nil {
			return err
		}
	}
	buffer, ok := event.Summarises(p.Message.Type)
	if !ok {
		return nil
	}
	_, err := t.exec("DELETE FROM "+buffers()[buffer]+" WHERE told_in = ? AND told_in <> ''", p.Message.EventID)
	return err
}

const healthColumns = "channel,failures,since,told"

// writeHealth keeps the last that the batch says of each channel.
func (c *commit) writeHealth(t *tx) error {
	last := map[string]engine.ChannelHealth{}
	for _, h := range c.Health {
		last[h.Channel] = h
	}
	var failing []engine.ChannelHealth
	var healthy []string
	for channel, h := range last {
		if h.Failures == 0 {
			healthy = append(healthy, channel)
		} else {
			failing = append(failing, h)
		}
	}
	if err := each(t, &c.sql.healthy, healthy, bindValue); err != nil {
		return fmt.Errorf("health: %w", err)
	}
	if err := each(t, &c.sql.health, failing, bindHealth); err != nil {
		return fmt.Errorf("health: %w", err)
	}
	return nil
}

func bindHealth(args []any, h *engine.ChannelHealth) []any {
	return append(args, h.Channel, h.Failures, millis(h.Since), h.Told)
}
