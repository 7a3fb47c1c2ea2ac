package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tocsin/engine/event"
)

const historyColumns = "sent_at,channel,event_type,severity,title,message,success,error_code,error_message,attempt,latency,event_id,source,provider_message_id"

// searchLimit bounds a search text: SQLite refuses long patterns, and matching
// takes time in proportion.
const searchLimit = 1024

// Status tells the attempts that a service took from those that failed.
type Status string

// The values of a Status. The zero value chooses both.
const (
	OK     Status = "ok"
	Failed Status = "failed"
)

// HistoryFilter chooses rows of the history. A zero field chooses all.
type HistoryFilter struct {
	Channel  string
	Type     string
	Severity *event.Severity
	Status   Status
	EventID  string
	Since    time.Time // at or after
	Until    time.Time // before
	Search   string    // part of the title or the message, at most 1,024 bytes; case does not matter for ASCII letters
	Page
}

// History returns attempts to send, the newest first, and how many there are
// beyond the page.
func (s *Store) History(ctx context.Context, f HistoryFilter) (page []event.Delivery, total int, err error) {
	err = s.view(ctx, "read history", func(t *view) (err error) {
		page, total, err = readHistory(ctx, t, f)
		return err
	})
	return page, total, err
}

func readHistory(ctx context.Context, t *view, f HistoryFilter) (page []event.Delivery, total int, err error) {
	w, err := f.where(t.dialect.like)
	if err != nil {
		return nil, 0, err
	}
	list := listing{table: "notification_history", columns: historyColumns, time: "sent_at"}
	var rows []historyRow
	if total, err = list.read(ctx, t, &rows, w, f.Page); err != nil {
		return nil, 0, err
	}
	page = make([]event.Delivery, len(rows))
	for i := range rows {
		page[i] = rows[i].delivery()
	}
	return page, total, nil
}

// ClearHistory removes every row of the history and returns how many there
// were.
func (s *Store) ClearHistory(ctx context.Context) (n int, err error) {
	err = s.change(ctx, "clear history", func(t *tx) (err error) {
		n, err = t.count("DELETE FROM notification_history")
		return err
	})
	return n, err
}

func (f *HistoryFilter) where(like string) (*where, error) {
	w := new(where)
	w.equal("channel", f.Channel)
	w.equal("event_type", f.Type)
	w.equal("event_id", f.EventID)
	if f.Severity != nil {
		w.equal("severity", f.Severity.String())
	}
	switch f.Status {
	case "":
	case OK, Failed:
		w.add("success = ?", f.Status == OK)
	default:
		return nil, fmt.Errorf("unknown status %q: use %s or %s", f.Status, OK, Failed)
	}
	w.between("sent_at", f.Since, f.Until)
	if len(f.Search) > searchLimit {
		return nil, fmt.Errorf("the search text has %d bytes: use at most %d", len(f.Search), searchLimit)
	}
	if f.Search != "" {
		pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Search) + "%"
		w.add("(title "+like+` ? ESCAPE '\' OR message `+like+` ? ESCAPE '\')`, pattern, pattern)
	}
	return w, nil
}

// historyRow is a row of the history. Latency is in milliseconds, Severity in
// the words of event.Severity, so that people can read and compare them.
type historyRow struct {
	ID        int64  `db:"id"`
	SentAt    int64  `db:"sent_at"`
	Channel   string `db:"channel"`
	Type      string `db:"event_type"`
	Severity  string `db:"severity"`
	Title     string `db:"title"`
	Message   string `db:"message"`
	Success   bool   `db:"success"`
	Code      string `db:"error_code"`
	Error     string `db:"error_message"`
	Attempt   int    `db:"attempt"`
	Latency   int64  `db:"latency"`
	EventID   string `db:"event_id"`
	Source    string `db:"source"`
	MessageID string `db:"provider_message_id"`
}

func (r *historyRow) delivery() event.Delivery {
	return event.Delivery{
		ID: r.ID, EventID: r.EventID, SentAt: instant(r.SentAt), Channel: r.Channel, Type: r.Type,
		Severity: severity(r.Severity), Title: r.Title, Message: r.Message,
		Success: r.Success, Code: r.Code, Error: r.Error, Attempt: r.Attempt,
		Latency: time.Duration(r.Latency) * time.Millisecond, Source: r.Source, MessageID: r.MessageID,
	}
}

func bindDelivery(args []any, d *event.Delivery) []any {
	return append(args, millis(d.SentAt), d.Channel, d.Type, d.Severity.String(), d.Title, d.Message, d.Success,
		d.Code, d.Error, d.Attempt, d.Latency.Milliseconds(), d.EventID, d.Source, d.MessageID)
}
