package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tocsin/engine/event"
)

const (
	outboxColumns = "channel,urgent,state,attempt,accepted_at,due_at,error_code,error_message,plain,maybe,event_id,source,copy_id,copy_for,copied_in,weight,message"

	// selectNext reads the index outbox_next in its order: nothing is sorted.
	selectNext = "SELECT id," + outboxColumns + ",tried_at FROM outbox WHERE channel = ? AND state <> 'dead' ORDER BY urgent DESC, id LIMIT ?"

	// A row that was never tried, and is given up, counts as tried when it was
	// accepted.
	moveParcel = "UPDATE outbox SET state=?, attempt=?, due_at=?, error_code=?, error_message=?, plain=?, maybe=?, tried_at=CASE WHEN tried_at > ?8 THEN tried_at ELSE ?8 END WHERE id=?9"

	hasten = "UPDATE outbox SET due_at = ?1 WHERE channel = ?2 AND state IN ('retry', 'unknown', 'held') AND due_at > ?1"
)

// OutboxFilter chooses rows of the outbox. A zero field chooses all.
type OutboxFilter struct {
	Channel string
	State   event.ParcelState
	EventID string
	Page
}

// Next returns the parcels of a channel that are still to be sent, due or not:
// CRITICAL ones first, and else in the order they were accepted in; at most
// 1,000 of them.
func (s *Store) Next(ctx context.Context, channel string, limit int) ([]event.Parcel, error) {
	var rows []outboxRow
	if err := s.next.SelectContext(ctx, &rows, channel, min(max(limit, 0), pageLimit)); err != nil {
		return nil, s.failed("read outbox", err)
	}
	list, err := parcels(rows)
	if err != nil {
		return nil, s.failed("read outbox", err)
	}
	return list, nil
}

// Outbox returns rows of the outbox, dead ones too, in the order they were
// accepted in.
func (s *Store) Outbox(ctx context.Context, f OutboxFilter) (list []event.Parcel, err error) {
	err = s.view(ctx, "read outbox", func(t *view) (err error) {
		list, err = readOutbox(ctx, t, f)
		return err
	})
	return list, err
}

func readOutbox(ctx context.Context, t *view, f OutboxFilter) ([]event.Parcel, error) {
	var w where
	w.equal("channel", f.Channel)
	w.equal("state", string(f.State))
	w.equal("event_id", f.EventID)
	limit, offset := f.Page.bounds()
	var rows []outboxRow
	query := "SELECT id," + outboxColumns + ",tried_at FROM outbox" + w.clause() + " ORDER BY id LIMIT ? OFFSET ?"
	if err := t.SelectContext(ctx, &rows, query, append(w.args, limit, offset)...); err != nil {
		return nil, err
	}
	return parcels(rows)
}

// Hasten makes the parcels of a channel that wait for another try due at now. It
// returns how many waited for longer.
func (s *Store) Hasten(ctx context.Context, channel string, now time.Time) (n int, err error) {
	err = s.change(ctx, "hasten parcels", func(t *tx) error {
		n, err = t.count(hasten, millis(now), channel)
		return err
	})
	return n, err
}

// Interrupt marks the parcels that were being sent when the process before this
// one ended: nobody knows whether they arrived. It returns how many there were.
func (s *Store) Interrupt(ctx context.Context) (n int, err error) {
	err = s.change(ctx, "read what was being sent", func(t *tx) error {
		n, err = t.count(s.dialect.markUnknown)
		return err
	})
	return n, err
}

// move writes what became of a parcel that stays in the outbox.
func move(t *tx, s *event.Settlement) error {
	p := &s.Parcel
	tried := cmp.Or(millis(s.Delivery.SentAt), millis(p.Accepted))
	_, err := t.exec(moveParcel, string(p.State), p.Attempt, millis(p.Due), p.Code, p.Error, p.Plain, p.Maybe, tried, p.ID)
	return err
}

// outboxRow is a row of the outbox. Event id and urgency repeat what stands in
// the message, for looking up and for the order.
type outboxRow struct {
	ID       int64  `db:"id"`
	Channel  string `db:"channel"`
	Urgent   bool   `db:"urgent"`
	State    string `db:"state"`
	Attempt  int    `db:"attempt"`
	Accepted int64  `db:"accepted_at"`
	Due      int64  `db:"due_at"`
	Tried    int64  `db:"tried_at"`
	Code     string `db:"error_code"`
	Error    string `db:"error_message"`
	Plain    bool   `db:"plain"`
	Maybe    bool   `db:"maybe"`
	EventID  string `db:"event_id"`
	Source   string `db:"source"`
	CopyID   string `db:"copy_id"`
	CopyFor  string `db:"copy_for"`
	CopiedIn string `db:"copied_in"`
	Weight   int    `db:"weight"`
	Message  string `db:"message"`
}

func (r *outboxRow) set(p *event.Parcel, text *encoder) error {
	message, err := text.encode(&p.Message)
	if err != nil {
		return fmt.Errorf("message of event %s: %w", p.Message.EventID, err)
	}
	*r = outboxRow{
		Channel: p.Channel, Urgent: p.Message.Severity == event.Critical, State: string(cmp.Or(p.State, event.Queued)),
		Attempt: p.Attempt, Accepted: millis(p.Accepted), Due: millis(p.Due), Code: p.Code, Error: p.Error,
		Plain: p.Plain, Maybe: p.Maybe, EventID: p.Message.EventID, Source: p.Source, CopyID: p.CopyID, CopyFor: p.CopyFor, CopiedIn: p.CopiedIn,
		Weight: len(message), Message: message,
	}
	return nil
}

func (r *outboxRow) parcel() (event.Parcel, error) {
	p := event.Parcel{
		ID: r.ID, Channel: r.Channel, Source: r.Source, State: event.ParcelState(r.State),
		Attempt: r.Attempt, Accepted: instant(r.Accepted), Due: instant(r.Due), Tried: instant(r.Tried), Code: r.Code, Error: r.Error,
		Plain: r.Plain, Maybe: r.Maybe, CopyID: r.CopyID, CopyFor: r.CopyFor, CopiedIn: r.CopiedIn,
	}
	if err := json.Unmarshal([]byte(r.Message), &p.Message); err != nil {
		return p, fmt.Errorf("parcel %d: %w", r.ID, err)
	}
	return p, nil
}

func bindOutbox(args []any, r *outboxRow) []any {
	return append(args, r.Channel, r.Urgent, r.State, r.Attempt, r.Accepted, r.Due,
		r.Code, r.Error, r.Plain, r.Maybe, r.EventID, r.Source, r.CopyID, r.CopyFor, r.CopiedIn, r.Weight, r.Message)
}

func parcels(rows []outboxRow) ([]event.Parcel, error) {
	out := make([]event.Parcel, len(rows))
	for i := range rows {
		var err error
		if out[i], err = rows[i].parcel(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
