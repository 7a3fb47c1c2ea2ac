package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// damage says that a database is not as it was written.
type damage struct {
	what string
	err  error // what SQLite said, if it did
}

func (d *damage) Error() string { return d.what }

func (d *damage) Unwrap() error { return d.err }

// IsDamaged reports whether an error means that a database is not as it was
// written.
func IsDamaged(err error) bool {
	_, damaged := asDamage(err)
	return damaged
}

// asDamage tells damage from every other error.
func asDamage(err error) (*damage, bool) {
	if d, ok := errors.AsType[*damage](err); ok {
		return d, true
	}
	switch {
	case isCode(err, sqlite3.SQLITE_CORRUPT):
		return &damage{"a page of the file is not as it was written", err}, true
	case isCode(err, sqlite3.SQLITE_NOTADB):
		return &damage{"the file does not begin as a database does", err}, true
	case isUnreadable(err):
		return &damage{"the disk does not give back a part of the file", err}, true
	}
	return nil, false
}

// isUnreadable reports an error of the disk that may also pass.
func isUnreadable(err error) bool {
	reported, ok := errors.AsType[*sqlite.Error](err)
	return ok && reported.Code() == sqlite3.SQLITE_IOERR_READ
}

// checkTime is how long a start may take to look for damage. A larger database is
// looked through while the daemon runs.
const checkTime = time.Second

// inspect looks whether a database is whole, thoroughly or within checkTime.
// Finished is false when the time was too short to tell.
func inspect(ctx context.Context, conn sqlx.QueryerContext, thorough bool) (finished bool, err error) {
	if thorough {
		return true, wholeness(ctx, conn, "PRAGMA integrity_check(1)")
	}
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err = wholeness(limited, conn, "PRAGMA quick_check(1)")
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return true, err
}

// wholeness runs one of SQLite's own checks, and one of what SQLite does not know
// of: the texts that must be JSON.
func wholeness(ctx context.Context, conn sqlx.QueryerContext, check string) error {
	var said string
	if err := sqlx.GetContext(ctx, conn, &said, check); err != nil {
		return err
	}
	if said != "ok" {
		return &damage{what: strings.TrimPrefix(said, "*** in database main ***\n")}
	}
	for table, columns := range jsonColumns() {
		for _, column := range columns {
			if err := inspectTexts(ctx, conn, table, column); err != nil {
				return err
			}
		}
	}
	return nil
}

// inspectTexts looks for a text that is no JSON. An older schema may not have the
// column yet.
func inspectTexts(ctx context.Context, conn sqlx.QueryerContext, table, column string) error {
	var there, bad int
	if err := sqlx.GetContext(ctx, conn, &there, "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?", table, column); err != nil || there == 0 {
		return err
	}
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s WHERE NOT json_valid(%s) LIMIT 1)", table, column)
	if err := sqlx.GetContext(ctx, conn, &bad, query); err != nil {
		return err
	}
	if bad > 0 {
		return &damage{what: "a row of " + table + " is not as it was written"}
	}
	return nil
}

// jsonColumns are the columns that hold JSON, by table: a text that is none any
// more was damaged where SQLite checks nothing.
func jsonColumns() map[string][]string {
	return map[string][]string{
		"outbox":         {"message"},
		"quiet_pending":  {"message"},
		"digest_pending": {"message"},
		"bursts":         {"state"},
		"burst_pending":  {"event", "channels"},
		"open_events":    {"event", "state"},
		"inhibit_causes": {"event"},
		"events":         {"incoming"},
	}
}

// CheckRest looks for damage where the start had no time to. What it finds is
// told as Damaged tells it.
func (s *Store) CheckRest(ctx context.Context) error {
	if s.checked {
		return nil
	}
	if err := wholeness(ctx, s.readers, "PRAGMA quick_check(1)"); err != nil {
		return s.failed("check the database", err)
	}
	return nil
}

// Damaged gives at most one error: the database turned out to be damaged while it
// was in use. Nothing is kept from then on. The store recovers when it is opened
// again.
func (s *Store) Damaged() <-chan error { return s.damaged }

// suspect tells of damage that showed while the database was in use, and leaves a
// note, so that the next start looks for it thoroughly, whatever may hide it.
func (s *Store) suspect(d *damage) error {
	err := &Unavailable{Reason: s.path + " is damaged (" + d.what + ")", Do: whenDamaged, Err: d}
	if s.lock == nil {
		return err // a reader's
	}
	select {
	case s.damaged <- err:
		_ = os.WriteFile(s.path+suspectName, []byte(d.what+"\n"), 0o600) // without it, the start may find the damage itself
	default: // told already
	}
	return err
}

// whenDamaged is the remedy: the store has it itself.
const whenDamaged = "start tocsin again, it sets the file aside and carries what is readable into a fresh one; then check disk and memory"

// suspectName ends the name of the file that suspect leaves.
const suspectName = ".suspect"

func isSuspect(path string) bool {
	_, err := os.Stat(path + suspectName)
	return err == nil
}

func clearSuspect(path string) error {
	if err := os.Remove(path + suspectName); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
