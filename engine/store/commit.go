package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Commit keeps a batch, all of it or nothing, and returns when it is synced to
// the disk. An *Unavailable says that it cannot be kept now. A parcel that was
// sent leaves the outbox in the transaction that writes its history row; a
// settlement whose Delivery is zero writes none.
//
// A batch should say one thing about each key. Where it says two, they are
// taken in the order that may tell something twice but never hides it: stamps
// before what clears them, held events before their release, the end of a
// bucket before its next opening.
func (s *Store) Commit(ctx context.Context, b *engine.Batch) error {
	c, err := s.encode(b)
	if err != nil {
		return fmt.Errorf("keep batch: %w", err)
	}
	if c.isEmpty() {
		return nil
	}
	if err := s.change(ctx, "keep batch", c.write); err != nil {
		return err
	}
	s.noteKept()
	return nil
}

// commit is a batch as it is written: texts made and rows told apart before
// the transaction begins.
type commit struct {
	*engine.Batch
	sql        *statements
	queued     []outboxRow
	held       []heldRow
	moved      []*event.Settlement
	left       []int64          // parcels that were sent
	deliveries []event.Delivery // in the order of the batch
}

// heldRow is an event that waits in a bucket, as it is kept.
type heldRow struct {
	EventID string `db:"event_id"`
	Bucket  string `db:"bucket"`
	Event   string `db:"event"`
}

// encode reports what cannot be kept at all before anything is written.
func (s *Store) encode(b *engine.Batch) (*commit, error) {
	c := &commit{Batch: b, sql: &s.sql}
	text := newEncoder()
	c.queued = make([]outboxRow, len(b.Queued))
	for i := range b.Queued {
		if err := c.queued[i].set(&b.Queued[i], text); err != nil {
			return nil, err
		}
	}
	c.held = make([]heldRow, len(b.Held))
	for i, h := range b.Held {
		event, err := text.encode(h.Event)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", h.Event.ID, err)
		}
		c.held[i] = heldRow{EventID: h.Event.ID, Bucket: h.Bucket, Event: event}
	}
	for i := range b.Settled {
		settled := &b.Settled[i]
		if settled.Parcel.State == event.Sent {
			c.left = append(c.left, settled.Parcel.ID)
		} else {
			c.moved = append(c.moved, settled)
		}
		if settled.Delivery != (event.Delivery{}) {
			c.deliveries = append(c.deliveries, settled.Delivery)
		}
	}
	c.deliveries = append(c.deliveries, b.History...)
	return c, nil
}

func (c *commit) isEmpty() bool {
	return len(c.Stamps)+len(c.Cleared)+len(c.Held)+len(c.Released)+len(c.Buckets)+len(c.Closed)+
		len(c.Queued)+len(c.Settled)+len(c.Claims)+len(c.Decisions)+len(c.History) == 0
}

func (c *commit) write(t *tx) error {
	for _, step := range []func(*tx) error{c.writeState, c.writeOutbox, c.writeRecords} {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

// writeState keeps what the judge remembers.
func (c *commit) writeState(t *tx) error {
	if err := each(t, &c.sql.stamps, c.Stamps, bindStamp); err != nil {
		return fmt.Errorf("stamps: %w", err)
	}
	if err := each(t, &c.sql.stamps, c.Cleared, bindCleared); err != nil {
		return fmt.Errorf("cleared stamps: %w", err)
	}
	if err := each(t, &c.sql.hold, c.held, bindHeld); err != nil {
		return fmt.Errorf("held events: %w", err)
	}
	if err := each(t, &c.sql.release, c.Released, bindValue); err != nil {
		return fmt.Errorf("released events: %w", err)
	}
	if err := each(t, &c.sql.ended, c.Closed, bindValue); err != nil {
		return fmt.Errorf("closed bursts: %w", err)
	}
	if err := each(t, &c.sql.burst, c.Buckets, bindBucket); err != nil {
		return fmt.Errorf("bursts: %w", err)
	}
	if err := each(t, &c.sql.claims, c.Claims, bindClaim); err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	return nil
}

// writeOutbox queues first: nobody knows the number of a parcel that is still
// to be queued, so no settlement can mean one.
func (c *commit) writeOutbox(t *tx) error {
	if err := each(t, &c.sql.queue, c.queued, bindOutbox); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	for _, settled := range c.moved {
		if err := move(t, settled); err != nil {
			return fmt.Errorf("settle parcel %d: %w", settled.Parcel.ID, err)
		}
	}
	if err := each(t, &c.sql.settled, c.left, bindValue); err != nil {
		return fmt.Errorf("settle parcels: %w", err)
	}
	return nil
}

// writeRecords keeps what happened, for people to read.
func (c *commit) writeRecords(t *tx) error {
	if err := each(t, &c.sql.history, c.deliveries, bindDelivery); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if err := each(t, &c.sql.decisions, c.Decisions, bindDecision); err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	return nil
}

// encoder writes values as JSON for a column. It leaves < and & as they are, as
// people may look at the rows.
type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
}

func newEncoder() *encoder {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buffer)
	e.json.SetEscapeHTML(false)
	return e
}

func (e *encoder) encode(value any) (string, error) {
	e.buffer.Reset()
	if err := e.json.Encode(value); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(e.buffer.Bytes(), []byte("\n"))), nil
}

// bindValue is for statements that take one column.
func bindValue[T any](args []any, value *T) []any { return append(args, *value) }

func bindHeld(args []any, h *heldRow) []any { return append(args, h.EventID, h.Bucket, h.Event) }

func bindBucket(args []any, b *engine.Bucket) []any { return append(args, b.Key, string(b.State)) }

func bindClaim(args []any, c *event.Claim) []any {
	return append(args, c.Key, c.Digest, c.EventID, millis(c.Until))
}
