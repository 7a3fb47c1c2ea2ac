package store

import (
	"context"
	"encoding/json"
	"fmt"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	waitingColumns = "channel,event_id,event_type,severity,title,event_time,held_at,until,source,told_in,message"

	// still chooses what no summary tells yet, as the indexes of the buffers do.
	still = " AND told_in = ''"

	// countWaiting reads the index of a buffer only, and sorts nothing.
	countWaiting = "SELECT count(*) AS total, count(*) FILTER (WHERE severity = 'WARNING') AS warnings," +
		" count(*) FILTER (WHERE severity = 'CRITICAL') AS criticals FROM "
)

// buffers lists the tables of the buffers.
func buffers() map[event.Buffer]string {
	return map[event.Buffer]string{event.QuietBuffer: "quiet_pending", event.DigestBuffer: "digest_pending"}
}

// bufferTable returns the table of a buffer.
func bufferTable(b event.Buffer) (string, error) {
	table, ok := buffers()[b]
	if !ok {
		return "", fmt.Errorf("no buffer is called %q", b)
	}
	return table, nil
}

// Waiting returns the first messages that wait in a buffer of a channel, in the
// order of their events' times and without their bodies, how many wait in all,
// and the highest of their severities.
func (s *Store) Waiting(ctx context.Context, channel string, buffer event.Buffer, limit int) (list []event.Waiting, total int, highest event.Severity, err error) {
	table, err := bufferTable(buffer)
	if err != nil {
		return nil, 0, 0, err
	}
	err = s.view(ctx, "read what waits", func(t *view) error {
		if list, err = waitingRows(ctx, t, buffer, table+" WHERE channel = ?"+still+" ORDER BY event_time, id LIMIT ?", channel, limit); err != nil {
			return err
		}
		var counts struct{ Total, Warnings, Criticals int }
		if err := t.GetContext(ctx, &counts, countWaiting+table+" WHERE channel = ?"+still, channel); err != nil {
			return err
		}
		total = counts.Total
		switch {
		case counts.Criticals > 0:
			highest = event.Critical
		case counts.Warnings > 0:
			highest = event.Warning
		}
		return nil
	})
	return list, total, highest, err
}

// WaitingOf returns the messages of an event that wait in buffers.
func (s *Store) WaitingOf(ctx context.Context, eventID string) (list []event.Waiting, err error) {
	err = s.view(ctx, "read what waits", func(t *view) (err error) {
		list, err = readWaitingOf(ctx, t, eventID)
		return err
	})
	return list, err
}

func readWaitingOf(ctx context.Context, t *view, eventID string) (list []event.Waiting, err error) {
	for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
		rows, err := waitingRows(ctx, t, buffer, buffers()[buffer]+" WHERE event_id = ? ORDER BY id", eventID)
		if err != nil {
			return nil, err
		}
		list = append(list, rows...)
	}
	return list, nil
}

// waitingRows reads messages without their bodies and details, one after the
// other: nobody needs those until they are told, and a night of long mails would
// fill the memory.
func waitingRows(ctx context.Context, t *view, buffer event.Buffer, from string, args ...any) ([]event.Waiting, error) {
	rows, err := t.QueryxContext(ctx, "SELECT id,"+waitingColumns+" FROM "+from, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []event.Waiting
	for rows.Next() {
		var row waitingRow
		if err := rows.StructScan(&row); err != nil {
			return nil, err
		}
		w, err := row.waiting(buffer)
		if err != nil {
			return nil, err
		}
		w.Message.Body, w.Message.Details, w.Message.Event = "", nil, nil
		list = append(list, w)
	}
	return list, rows.Err()
}

// waitingRow is a row of a buffer. What stands in the message too is there for
// people who look at the table, and for the order.
type waitingRow struct {
	ID       int64  `db:"id"`
	Channel  string `db:"channel"`
	EventID  string `db:"event_id"`
	Type     string `db:"event_type"`
	Severity string `db:"severity"`
	Title    string `db:"title"`
	Time     int64  `db:"event_time"`
	Held     int64  `db:"held_at"`
	Until    int64  `db:"until"`
	Source   string `db:"source"`
	ToldIn   string `db:"told_in"`
	Message  string `db:"message"`
}

func (r *waitingRow) set(w *event.Waiting, text *encoder) error {
	message, err := text.encode(&w.Message)
	if err != nil {
		return fmt.Errorf("message of event %s: %w", w.Message.EventID, err)
	}
	*r = waitingRow{
		Channel: w.Channel, EventID: w.Message.EventID, Type: w.Message.Type, Severity: w.Message.Severity.String(),
		Title: w.Message.Title, Time: millis(w.Message.Time), Held: millis(w.Since), Until: millis(w.Until), Source: w.Source, ToldIn: w.ToldIn, Message: message,
	}
	return nil
}

func (r *waitingRow) waiting(buffer event.Buffer) (event.Waiting, error) {
	w := event.Waiting{ID: r.ID, Channel: r.Channel, Buffer: buffer, Source: r.Source, Since: instant(r.Held), Until: instant(r.Until), ToldIn: r.ToldIn}
	if err := json.Unmarshal([]byte(r.Message), &w.Message); err != nil {
		return w, fmt.Errorf("read message %d of %s: %w", r.ID, buffers()[buffer], err)
	}
	return w, nil
}

func bindWaiting(args []any, r *waitingRow) []any {
	return append(args, r.Channel, r.EventID, r.Type, r.Severity, r.Title, r.Time, r.Held, r.Until, r.Source, r.ToldIn, r.Message)
}

// loadPending counts what waits in each buffer.
func loadPending(ctx context.Context, t *view) ([]engine.Pending, error) {
	var list []engine.Pending
	for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
		var rows []struct {
			Channel string
			Count   int
			Oldest  int64
		}
		query := "SELECT channel, count(*) AS count, min(held_at) AS oldest FROM " + buffers()[buffer] + " WHERE told_in = '' GROUP BY channel"
		if err := t.SelectContext(ctx, &rows, query); err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, engine.Pending{Channel: r.Channel, Buffer: buffer, Count: r.Count, Oldest: instant(r.Oldest)})
		}
	}
	return list, nil
}
