package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Unavailable says that the store cannot keep or read anything now, and why,
// in words for the operator. Nothing of what was asked for was kept; the same
// call works again once the cause is gone.
type Unavailable struct {
	Reason string // what is wrong: "the disk that holds PATH is full"
	Do     string // the remedy
	Err    error  // what the database said
}

// Error returns the reason and the remedy.
func (u *Unavailable) Error() string { return u.Reason + ": " + u.Do }

// Unwrap returns what the database said.
func (u *Unavailable) Unwrap() error { return u.Err }

// NewerError refuses a database that a newer tocsin has written.
type NewerError struct {
	Path  string
	Have  int // schema of the database
	Known int // newest schema this program knows
}

// Error names both schemas and the remedy.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s has schema %d, but this tocsin knows schemas up to %d: install the newer tocsin again, or go back to the copy made before the upgrade",
		e.Path, e.Have, e.Known)
}

// explain turns an error of the database at path into an *Unavailable where
// the cause lies outside of tocsin, and leaves every other error alone.
func explain(path string, err error) error {
	reported, ok := errors.AsType[*sqlite.Error](err)
	if _, done := errors.AsType[*Unavailable](err); !ok || done {
		return err
	}
	reason, do := "", ""
	switch reported.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		reason, do = "the disk that holds "+path+" is full", "free some space, writing then goes on by itself"
	case sqlite3.SQLITE_READONLY:
		reason, do = path+" is read-only", "let the user of tocsin write the file and its folder, and see whether the kernel remounted the disk read-only (dmesg)"
	case sqlite3.SQLITE_IOERR:
		reason, do = fmt.Sprintf("the disk that holds %s reported an error (SQLite code %d)", path, reported.Code()), "check the disk (dmesg, smartctl -a)"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		reason, do = "another program keeps "+path+" locked", "end the program that has it open, for instance a sqlite3 shell"
	case sqlite3.SQLITE_CANTOPEN:
		reason, do = path+" cannot be opened", "check that its folder exists and that the user of tocsin may write into it"
	case sqlite3.SQLITE_CORRUPT:
		reason, do = path+" is damaged", whenDamaged
	case sqlite3.SQLITE_NOTADB:
		reason, do = path+" is not a database", "move the file away or name another in the store's url; nothing in it was changed"
	case sqlite3.SQLITE_NOMEM:
		reason, do = "there is no memory left for the database "+path, "free memory or raise the limit of the service"
	default:
		return err
	}
	return &Unavailable{Reason: reason, Do: do, Err: err}
}

// survives reports whether a connection can be used again after err. After an
// error of reading, writing or syncing it cannot: the kernel may have given up
// pages that the connection believes to be on the disk.
func survives(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return false
	}
	if state := stateOf(err); state != "" {
		return serverSurvives(state)
	}
	if _, ok := errors.AsType[*sqlite.Error](err); !ok {
		return true
	}
	return isCode(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG)
}

// isCode reports whether SQLite answered with one of these codes.
func isCode(err error, codes ...int) bool {
	reported, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains(codes, reported.Code()&0xff)
}
