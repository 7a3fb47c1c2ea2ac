package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// errClosed answers a call on a store that was closed.
var errClosed = errors.New("the store is closed")

// writer is the one connection that changes the database. Its statements stay
// prepared, and it is opened anew after an error that it does not survive.
type writer struct {
	pool    *sqlx.DB // of one connection
	dialect *dialect
	ready   func(context.Context, *sqlx.Conn) error // makes a new connection fit for writing

	turn chan struct{} // holds a token while somebody uses what stands below

	limit   time.Duration         // of a transaction; 0: none
	alive   func(*sqlx.Conn) bool // tells whether a connection is still open; nil: it always is
	dropped func()                // told of each connection that is given up; may be nil

	closed     bool
	conn       *sqlx.Conn            // nil: to be opened
	statements map[string]*sqlx.Stmt // of conn, by their text
	args       []any                 // reused by each
	worn       bool                  // a statement met an error that the connection does not survive
}

func newWriter(pool *sqlx.DB, d *dialect, ready func(context.Context, *sqlx.Conn) error) *writer {
	pool.SetMaxOpenConns(1)
	return &writer{pool: pool, dialect: d, ready: ready, turn: make(chan struct{}, 1)}
}

// change runs do in one transaction: all that it wrote is synced to the disk
// when change returns nil, and nothing of it is kept otherwise. ctx ends the
// wait for a turn; a transaction that began runs to its end, since half a
// commit would leave the caller not knowing.
func (w *writer) change(ctx context.Context, do func(*tx) error) error {
	if err := w.take(ctx); err != nil {
		return err
	}
	defer w.give()
	if w.closed {
		return errClosed
	}
	ctx = context.WithoutCancel(ctx)
	if w.limit > 0 {
		limited, cancel := context.WithTimeout(ctx, w.limit)
		defer cancel()
		ctx = limited
	}
	err := w.open(ctx)
	if err == nil {
		w.worn = false
		err = w.transact(ctx, do)
	}
	if w.worn || err != nil && !w.survives(err) {
		w.drop()
	}
	return err
}

// survives reports whether the connection can be used again after an error.
func (w *writer) survives(err error) bool {
	return survives(err) && (w.alive == nil || w.conn != nil && w.alive(w.conn))
}

// take waits for the turn. Those who wait get it in the order they came, so a
// long pruning holds up no commit for more than a portion.
func (w *writer) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) give() { <-w.turn }

// open makes sure that there is a connection.
func (w *writer) open(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.pool.Connx(ctx)
	if err != nil {
		return err
	}
	w.conn, w.statements = conn, make(map[string]*sqlx.Stmt)
	if err := w.ready(ctx, conn); err != nil {
		w.drop()
		return err
	}
	return nil
}

// isOpen reports whether there is a connection.
func (w *writer) isOpen() bool {
	_ = w.take(context.Background())
	defer w.give()
	return w.conn != nil
}

// drop closes the connection for good: the pool would otherwise hand out the
// same one again. Errors do not matter, as nothing on it is used any more.
func (w *writer) drop() {
	if w.conn == nil {
		return
	}
	for _, s := range w.statements {
		_ = s.Close()
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn, w.statements = nil, nil
	if w.dropped != nil {
		w.dropped()
	}
}

// close waits for the transaction that runs, if one does, and closes the
// database.
func (w *writer) close() error {
	_ = w.take(context.Background())
	defer w.give()
	w.closed = true
	w.drop()
	return w.pool.Close()
}

// transact leaves no transaction open, whatever do does.
func (w *writer) transact(ctx context.Context, do func(*tx) error) error {
	t := &tx{ctx: ctx, writer: w}
	if _, err := t.exec(w.dialect.begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	kept := false
	defer func() {
		if !kept { // an error, or a panic in do
			_, _ = t.exec("ROLLBACK") // SQLite may have done so already
		}
	}()
	if err := do(t); err != nil {
		return err
	}
	if _, err := t.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	kept = true
	return nil
}

// tx is a transaction of the writer.
type tx struct {
	ctx    context.Context
	writer *writer
}

// exec runs a statement, which stays prepared: there must be a fixed number of
// different ones.
func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	statement, err := t.prepared(query)
	if err != nil {
		return nil, t.met(err)
	}
	result, err := statement.ExecContext(t.ctx, t.writer.dialect.args(args)...)
	return result, t.met(err)
}

func (t *tx) prepared(query string) (*sqlx.Stmt, error) {
	statement, ok := t.writer.statements[query]
	if ok {
		return statement, nil
	}
	statement, err := t.writer.conn.PreparexContext(t.ctx, t.writer.dialect.query(query))
	if err == nil {
		t.writer.statements[query] = statement
	}
	return statement, err
}

// get runs a statement that gives one row; sql.ErrNoRows: it gave none.
func (t *tx) get(into any, query string, args ...any) error {
	statement, err := t.prepared(query)
	if err != nil {
		return t.met(err)
	}
	return t.met(statement.GetContext(t.ctx, into, t.writer.dialect.args(args)...))
}

// all runs a statement that gives rows.
func (t *tx) all(into any, query string, args ...any) error {
	statement, err := t.prepared(query)
	if err != nil {
		return t.met(err)
	}
	return t.met(statement.SelectContext(t.ctx, into, t.writer.dialect.args(args)...))
}

// met takes notice of an error, also of one that the transaction goes on after.
func (t *tx) met(err error) error {
	t.writer.worn = t.writer.worn || err != nil && !survives(err)
	return err
}

// count runs a statement and returns how many rows it changed.
func (t *tx) count(query string, args ...any) (int, error) {
	result, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
