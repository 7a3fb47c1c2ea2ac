package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Commit keeps a batch, all of it or nothing, and returns when it is synced to
// the disk. An *Unavailable says that it cannot be kept now. Only what people
// read and nothing waits for may be left out, see Records. A parcel that was
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
	if err := s.keep(ctx, c); err != nil {
		return s.failed("keep batch", err)
	}
	s.noteKept()
	b.Lost = c.Lost
	s.records.note(c.written, c.refused, time.Now())
	s.tellDamage(c)
	return nil
}

// keep writes a batch. When the records alone cannot be written, it keeps the
// rest without them.
func (s *Store) keep(ctx context.Context, c *commit) error {
	if s.records.areWhole() {
		err := s.writer.change(ctx, c.write)
		if _, recording := errors.AsType[*recordError](err); !recording || !isRefusal(err) {
			return err
		}
	}
	c.careful, c.written = true, map[string]bool{}
	err := s.writer.change(ctx, c.write)
	if err != nil && len(c.refused) > 0 { // SQLite may end the transaction over it: now they are not even tried
		c.written = map[string]bool{}
		c.refused = onePerTable(c.refused)
		err = s.writer.change(ctx, c.write)
	}
	return err
}

// tellDamage tells of damage that only records met: the batch is kept without
// them, and the next start mends what there is to mend.
func (s *Store) tellDamage(c *commit) {
	for _, f := range c.refused {
		if d, damaged := asDamage(f.err); damaged {
			_ = s.suspect(d)
		}
	}
}

// commit is a batch as it is written: texts made and rows told apart before
// the transaction begins.
type commit struct {
	*engine.Batch
	sql        *statements
	queued     []outboxRow
	held       []heldRow
	moved      []*event.Settlement
	sent       []*event.Settlement
	left       []int64          // parcels that were sent
	merged     []outboxRow      // what parcels become
	deliveries []event.Delivery // in the order of the batch
	waiting    map[event.Buffer][]waitingRow
	opened     []openRow
	causes     []causeRow
	arrived    []arrivedRow

	// What only people read may be left out, see record.
	careful bool
	written map[string]bool // tables of records that took rows
	refused []refusedRecord

	nodes *server // nil: this process is alone
}

// heldRow is an event that waits in a bucket, as it is kept.
type heldRow struct {
	EventID string `db:"event_id"`
	Bucket  string `db:"bucket"`
	Event   string `db:"event"`
	Named   string `db:"channels"`
}

// encode reports what cannot be kept at all before anything is written.
func (s *Store) encode(b *engine.Batch) (*commit, error) {
	c := &commit{Batch: b, sql: &s.sql, nodes: s.server}
	text := newEncoder()
	c.queued = make([]outboxRow, len(b.Queued))
	for i := range b.Queued {
		if err := c.queued[i].set(&b.Queued[i], text); err != nil {
			return nil, err
		}
	}
	c.merged = make([]outboxRow, len(b.Merged))
	for i := range b.Merged {
		if err := c.merged[i].set(&b.Merged[i].Into, text); err != nil {
			return nil, err
		}
	}
	c.held = make([]heldRow, len(b.Held))
	for i, h := range b.Held {
		event, err := text.encode(h.Event)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", h.Event.ID, err)
		}
		named, err := text.encode(append([]string{}, h.Channels...))
		if err != nil {
			return nil, fmt.Errorf("channels of event %s: %w", h.Event.ID, err)
		}
		c.held[i] = heldRow{EventID: h.Event.ID, Bucket: h.Bucket, Event: event, Named: named}
	}
	if err := c.encodeWaits(text); err != nil {
		return nil, err
	}
	for i := range b.Settled {
		settled := &b.Settled[i]
		if settled.Parcel.State == event.Sent {
			c.left, c.sent = append(c.left, settled.Parcel.ID), append(c.sent, settled)
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

// encodeWaits encodes what waits for a moment or for another event.
func (c *commit) encodeWaits(text *encoder) (err error) {
	if len(c.Waiting) > 0 {
		c.waiting = map[event.Buffer][]waitingRow{}
	}
	for i := range c.Waiting {
		w := &c.Waiting[i]
		var row waitingRow
		if err := row.set(w, text); err != nil {
			return err
		}
		if _, err := bufferTable(w.Buffer); err != nil {
			return err
		}
		c.waiting[w.Buffer] = append(c.waiting[w.Buffer], row)
	}
	c.opened = make([]openRow, len(c.Opened))
	for i := range c.Opened {
		if c.opened[i], err = newOpenRow(&c.Opened[i], text); err != nil {
			return err
		}
	}
	c.causes = make([]causeRow, len(c.Causes))
	for i := range c.Causes {
		if c.causes[i], err = newCauseRow(&c.Causes[i], text); err != nil {
			return err
		}
	}
	c.arrived, err = arrivedRows(c.Arrived, text)
	return err
}

func (c *commit) isEmpty() bool {
	return len(c.Stamps)+len(c.Cleared)+len(c.Held)+len(c.Released)+len(c.Buckets)+len(c.Closed)+
		len(c.Queued)+len(c.Settled)+len(c.Claims)+len(c.Decisions)+len(c.History)+
		len(c.Sending)+len(c.Merged)+len(c.Copied)+len(c.Health)+
		len(c.Told)+len(c.Waiting)+len(c.Opened)+len(c.Ended)+len(c.Causes)+len(c.Uncaused)+len(c.Digested)+len(c.Arrived)+len(c.Positions)+
		len(c.Posted)+len(c.Taken)+len(c.Refused) == 0
}

func (c *commit) write(t *tx) error {
	if c.nodes != nil {
		if err := c.nodes.enter(c, t); err != nil {
			return err
		}
	}
	for _, step := range []func(*tx) error{c.writeState, c.writeWaits, c.writeOutbox, c.writeRecords} {
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
	if err := eachLast(t, &c.sql.hold, c.held, func(h *heldRow) string { return h.EventID }, bindHeld); err != nil {
		return fmt.Errorf("held events: %w", err)
	}
	if err := each(t, &c.sql.release, c.Released, bindValue); err != nil {
		return fmt.Errorf("released events: %w", err)
	}
	if err := each(t, &c.sql.ended, c.Closed, bindValue); err != nil {
		return fmt.Errorf("closed bursts: %w", err)
	}
	if err := eachLast(t, &c.sql.burst, c.Buckets, func(b *engine.Bucket) string { return b.Key }, bindBucket); err != nil {
		return fmt.Errorf("bursts: %w", err)
	}
	if err := c.claim(t); err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	if err := each(t, &c.sql.positions, c.Positions, bindPosition); err != nil {
		return fmt.Errorf("positions: %w", err)
	}
	return nil
}

// claim takes keys, which other nodes may have taken.
func (c *commit) claim(t *tx) error {
	if c.nodes != nil {
		return claimAmongNodes(t, c.Claims)
	}
	return eachLast(t, &c.sql.claims, c.Claims, func(c *event.Claim) string { return c.Key }, bindClaim)
}

// writeWaits forgets what ended before it keeps what is new: a key that ended
// may have begun again.
func (c *commit) writeWaits(t *tx) error {
	if err := c.writeBuffers(t); err != nil {
		return err
	}
	if err := each(t, &c.sql.unopen, c.Ended, bindValue); err != nil {
		return fmt.Errorf("ended events: %w", err)
	}
	if err := eachLast(t, &c.sql.reopen, c.opened, func(o *openRow) string { return o.Key }, bindOpen); err != nil {
		return fmt.Errorf("open events: %w", err)
	}
	if err := each(t, &c.sql.uncause, c.Uncaused, bindValue); err != nil {
		return fmt.Errorf("ended causes: %w", err)
	}
	if err := eachLast(t, &c.sql.cause, c.causes, func(c *causeRow) string { return c.Key }, bindCause); err != nil {
		return fmt.Errorf("causes: %w", err)
	}
	if err := eachLast(t, &c.sql.digested, c.Digested, func(d *engine.Digested) string { return d.Channel }, bindDigested); err != nil {
		return fmt.Errorf("digests: %w", err)
	}
	return nil
}

// writeOutbox queues first: nobody knows the number of a parcel that is still
// to be queued, so no settlement can mean one. What an attempt is under way for
// comes before what came of attempts.
func (c *commit) writeOutbox(t *tx) error {
	if err := each(t, &c.sql.queue, c.queued, bindOutbox); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := each(t, &c.sql.sending, c.Sending, bindSending); err != nil {
		return fmt.Errorf("parcels under way: %w", err)
	}
	if err := c.merge(t); err != nil {
		return fmt.Errorf("merge parcels: %w", err)
	}
	if err := c.copy(t); err != nil {
		return fmt.Errorf("copies of parcels: %w", err)
	}
	for _, settled := range c.moved {
		if err := move(t, settled); err != nil {
			return fmt.Errorf("settle parcel %d: %w", settled.Parcel.ID, err)
		}
	}
	if err := each(t, &c.sql.settled, c.left, bindValue); err != nil {
		return fmt.Errorf("settle parcels: %w", err)
	}
	for _, settled := range c.sent {
		if err := c.confirmed(t, settled); err != nil {
			return fmt.Errorf("settle parcel %d: %w", settled.Parcel.ID, err)
		}
	}
	return c.writeHealth(t)
}

// writeRecords keeps what happened, for people to read.
func (c *commit) writeRecords(t *tx) error {
	err := c.record(t, historyTable, len(c.deliveries), func() error { return each(t, &c.sql.history, c.deliveries, bindDelivery) })
	if err != nil {
		return err
	}
	err = c.record(t, decisionsTable, len(c.Decisions), func() error { return each(t, &c.sql.decisions, c.Decisions, bindDecision) })
	if err != nil {
		return err
	}
	return c.record(t, eventsTable, len(c.arrived), func() error { return each(t, &c.sql.arrived, c.arrived, bindArrived) })
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

func bindSending(args []any, s *engine.Sending) []any { return append(args, s.ID) }

func bindHeld(args []any, h *heldRow) []any {
	return append(args, h.EventID, h.Bucket, h.Event, h.Named)
}

func bindBucket(args []any, b *engine.Bucket) []any { return append(args, b.Key, string(b.State)) }

func bindClaim(args []any, c *event.Claim) []any {
	return append(args, c.Key, c.Digest, c.EventID, millis(c.Until))
}
