package store

import (
	"context"
	"slices"

	"tocsin/engine/event"
)

// ResendFilter chooses messages of the history to send once more.
type ResendFilter struct {
	IDs []int64 // of history rows; empty: the filter alone chooses
	To  string  // a channel in place of their own
	HistoryFilter
}

// Resendable are messages that were tried once and may be sent again.
type Resendable struct {
	// Rows has for each message its last attempt, with the moment of the first in
	// SentAt, the oldest first. It is empty when there are more than the page takes.
	Rows      []event.Delivery
	Total     int     // messages
	Waiting   int     // left out: they are in the outbox and go by themselves
	Delivered int     // left out of failed ones: a later attempt brought them over
	Missing   []int64 // of the ids
}

const (
	// An outage leaves many attempts of one message, which is sent again once.
	chosenMessages = ` GROUP BY event_id, channel, event_type, title
		), messages AS (
			SELECT id,
				EXISTS (SELECT 1 FROM outbox AS o WHERE o.event_id = m.event_id AND o.channel = coalesce(nullif(?, ''), m.channel) AND o.state <> 'dead') AS waits,
				? AND EXISTS (SELECT 1 FROM ` + sameMessage + ` AND h.success) AS arrived
			FROM chosen AS m
		) `
	sameMessage = `notification_history AS h
		WHERE h.event_id = m.event_id AND h.channel = m.channel AND h.event_type = m.event_type AND h.title = m.title`

	countResendable = `SELECT count(*) FILTER (WHERE NOT waits AND NOT arrived) AS total,
		count(*) FILTER (WHERE waits AND NOT arrived) AS waiting, count(*) FILTER (WHERE arrived) AS delivered FROM messages`
	selectResendable = `SELECT id, ` + historyColumns + `, (SELECT min(h.sent_at) FROM ` + sameMessage + `) AS first
		FROM notification_history AS m JOIN messages USING (id) WHERE NOT waits AND NOT arrived ORDER BY first, id`
)

// Resendable returns the messages whose attempts a filter chooses, at most a
// page of them.
func (s *Store) Resendable(ctx context.Context, f ResendFilter) (r Resendable, err error) {
	err = s.view(ctx, "read what to send again", func(t *view) error { return r.read(ctx, t, &f) })
	return r, err
}

func (r *Resendable) read(ctx context.Context, t *view, f *ResendFilter) error {
	w, err := f.where(t.dialect.like)
	if err != nil {
		return err
	}
	if len(f.IDs) > 0 {
		if err := r.findMissing(ctx, t, f.IDs); err != nil {
			return err
		}
		w.in("id", f.IDs)
	}
	messages := "WITH chosen AS (SELECT max(id) AS id, event_id, channel, event_type, title FROM notification_history" + w.clause() + chosenMessages
	args := append(w.args, f.To, f.Status == Failed)
	var counts struct{ Total, Waiting, Delivered int }
	if err := t.GetContext(ctx, &counts, messages+countResendable, args...); err != nil {
		return err
	}
	r.Total, r.Waiting, r.Delivered = counts.Total, counts.Waiting, counts.Delivered
	if limit, _ := f.Page.bounds(); r.Total > limit {
		return nil
	}
	return r.readRows(ctx, t, messages+selectResendable, args)
}

func (r *Resendable) findMissing(ctx context.Context, t *view, chosen []int64) error {
	var w where
	w.in("id", chosen)
	var there []int64
	if err := t.SelectContext(ctx, &there, "SELECT id FROM notification_history"+w.clause(), w.args...); err != nil {
		return err
	}
	for _, id := range chosen {
		if !slices.Contains(there, id) {
			r.Missing = append(r.Missing, id)
		}
	}
	return nil
}

func (r *Resendable) readRows(ctx context.Context, t *view, query string, args []any) error {
	var rows []struct {
		historyRow
		First int64
	}
	if err := t.SelectContext(ctx, &rows, query, args...); err != nil {
		return err
	}
	for i := range rows {
		d := rows[i].delivery()
		d.SentAt = instant(rows[i].First)
		r.Rows = append(r.Rows, d)
	}
	return nil
}
