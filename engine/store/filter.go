package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Page chooses a part of a list.
type Page struct {
	Limit  int // at most 1,000; 0 means 100
	Offset int
}

// pageLimit bounds what is read into memory at once.
const pageLimit = 1000

// bounds returns the page as SQL takes it: negative figures mean no limit there.
func (p Page) bounds() (limit, offset int) {
	limit = 100
	if p.Limit > 0 {
		limit = min(p.Limit, pageLimit)
	}
	return limit, max(p.Offset, 0)
}

// where gathers the conditions of a query.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

// equal adds a condition unless value is empty.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// in adds a condition unless there are no ids.
func (w *where) in(column string, ids []int64) {
	if len(ids) == 0 {
		return
	}
	for _, id := range ids {
		w.args = append(w.args, id)
	}
	w.terms = append(w.terms, column+" IN (?"+strings.Repeat(",?", len(ids)-1)+")")
}

// between adds the half-open span from since to until; zero ends are open.
func (w *where) between(column string, since, until time.Time) {
	if !since.IsZero() {
		w.add(column+" >= ?", millis(since))
	}
	if !until.IsZero() {
		w.add(column+" < ?", millis(until))
	}
}

// clause returns the conditions as they stand in a query, or nothing.
func (w *where) clause() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// listing is a table that is read page by page, the newest rows first.
type listing struct{ table, columns, time string }

// read fills rows with the page and returns how many rows there are in all;
// both are of the same instant.
func (l *listing) read(ctx context.Context, t *view, rows any, w *where, p Page) (total int, err error) {
	from := " FROM " + l.table + w.clause()
	if err := t.GetContext(ctx, &total, "SELECT count(*)"+from, w.args...); err != nil {
		return 0, err
	}
	limit, offset := p.bounds()
	query := "SELECT id," + l.columns + from + " ORDER BY " + l.time + " DESC, id DESC LIMIT ? OFFSET ?"
	return total, t.SelectContext(ctx, rows, query, append(w.args, limit, offset)...)
}

// view runs read in a transaction that sees one instant. What names the work
// for the error.
func (s *Store) view(ctx context.Context, what string, read func(*view) error) error {
	t, err := s.readers.BeginTxx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.dialect.snapshot})
	if err != nil {
		return s.failed(what, err)
	}
	defer t.Rollback() // nothing to keep
	if err := read(&view{t, s.dialect}); err != nil {
		return s.failed(what, err)
	}
	return nil
}
