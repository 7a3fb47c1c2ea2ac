package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// dialect is what the SQL of the two engines differs in. Everything else is
// written once, with placeholders as SQLite has them: ? is the next argument and
// ?3 the third, which may be used again.
type dialect struct {
	begin        string // of a transaction that writes
	snapshot     sql.IsolationLevel
	like         string // compares without regard to the case of ASCII letters
	markUnknown  string // what was being sent when the process ended may have arrived
	selectVolume string
	inUse        string              // bytes of the database, which is known at once
	measure      string              // bytes and rows of the history
	rewrite      func(string) string // nil: placeholders stay as they are
	clean        func(args []any)    // nil: every value can be kept
}

func (d *dialect) query(query string) string {
	if d.rewrite == nil {
		return query
	}
	return d.rewrite(query)
}

func (d *dialect) args(args []any) []any {
	if d.clean != nil {
		d.clean(args)
	}
	return args
}

// numbered writes placeholders as PostgreSQL has them. No query has a question
// mark that is none.
func numbered(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	highest := 0
	for {
		before, behind, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := 0
		for digits < len(behind) && '0' <= behind[digits] && behind[digits] <= '9' {
			digits++
		}
		n := highest + 1
		if digits > 0 {
			n, _ = strconv.Atoi(behind[:digits])
		}
		highest = max(highest, n)
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = behind[digits:]
	}
}

// readers are the connections that only read.
type readers struct {
	*sqlx.DB
	dialect *dialect
}

// GetContext reads one row.
func (r *readers) GetContext(ctx context.Context, into any, query string, args ...any) error {
	return r.DB.GetContext(ctx, into, r.dialect.query(query), r.dialect.args(args)...)
}

// SelectContext reads all rows.
func (r *readers) SelectContext(ctx context.Context, into any, query string, args ...any) error {
	return r.DB.SelectContext(ctx, into, r.dialect.query(query), r.dialect.args(args)...)
}

// QueryxContext reads one row after the other.
func (r *readers) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	return r.DB.QueryxContext(ctx, r.dialect.query(query), r.dialect.args(args)...)
}

// view is a transaction that reads, and sees one instant.
type view struct {
	tx      *sqlx.Tx
	dialect *dialect
}

// GetContext reads one row.
func (v *view) GetContext(ctx context.Context, into any, query string, args ...any) error {
	return v.tx.GetContext(ctx, into, v.dialect.query(query), v.dialect.args(args)...)
}

// SelectContext reads all rows.
func (v *view) SelectContext(ctx context.Context, into any, query string, args ...any) error {
	return v.tx.SelectContext(ctx, into, v.dialect.query(query), v.dialect.args(args)...)
}

// QueryxContext reads one row after the other.
func (v *view) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	return v.tx.QueryxContext(ctx, v.dialect.query(query), v.dialect.args(args)...)
}
