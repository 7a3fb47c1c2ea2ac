package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// Records is how the tables are doing that only people read: history, decisions
// and recorded events. While they cannot be written, delivery goes on.
type Records struct {
	Failing []string  // tables that cannot be written; none: all is well
	Since   time.Time // the first of them
	Why     string    // what the database said
	Lost    int64     // rows that were not written, since the store was opened
}

// IsWhole reports whether every record is kept.
func (r *Records) IsWhole() bool { return len(r.Failing) == 0 }

// records remembers which tables of records refuse rows.
type records struct {
	mu      sync.Mutex
	state   Records
	changed chan struct{} // has room for one
}

func newRecords() records { return records{changed: make(chan struct{}, 1)} }

// Records tells whether records can be written, as far as the last commits show.
func (s *Store) Records() Records {
	s.records.mu.Lock()
	defer s.records.mu.Unlock()
	state := s.records.state
	state.Failing = slices.Clone(state.Failing)
	return state
}

// RecordsChanged gives a sign when records can be written no longer, or again.
func (s *Store) RecordsChanged() <-chan struct{} { return s.records.changed }

// areWhole reports whether no table of records refuses rows.
func (r *records) areWhole() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.IsWhole()
}

// note takes notice of what a commit wrote and could not write.
func (r *records) note(written map[string]bool, refused []refusedRecord, now time.Time) {
	if len(written)+len(refused) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	was := len(r.state.Failing)
	r.state.Failing = slices.DeleteFunc(r.state.Failing, func(table string) bool { return written[table] })
	for _, f := range refused {
		r.state.Lost += int64(f.rows)
		r.state.Why = f.err.Error()
		if !slices.Contains(r.state.Failing, f.table) {
			r.state.Failing = append(r.state.Failing, f.table)
		}
	}
	switch is := len(r.state.Failing); {
	case was == 0 && is > 0:
		r.state.Since = now
	case is == 0:
		r.state.Since, r.state.Why = time.Time{}, ""
	}
	if (was == 0) != (len(r.state.Failing) == 0) {
		select {
		case r.changed <- struct{}{}:
		default: // nobody has looked yet
		}
	}
}

// refusedRecord is a write that was left out of a transaction.
type refusedRecord struct {
	table string
	rows  int
	err   error
}

// onePerTable keeps for each table the error, and counts no rows yet.
func onePerTable(list []refusedRecord) []refusedRecord {
	var kept []refusedRecord
	for _, f := range list {
		if !slices.ContainsFunc(kept, func(k refusedRecord) bool { return k.table == f.table }) {
			kept = append(kept, refusedRecord{f.table, 0, f.err})
		}
	}
	return kept
}

// recordError is an error of a write that a transaction can do without.
type recordError struct {
	table string
	err   error
}

func (e *recordError) Error() string { return fmt.Sprintf("%s: %v", e.table, e.err) }

func (e *recordError) Unwrap() error { return e.err }

// record makes a write of rows that only people read. What it costs to be able to
// do without it is spent only once one was refused: then the commit is made anew,
// carefully.
func (c *commit) record(t *tx, table string, rows int, write func() error) error {
	if rows == 0 {
		return nil
	}
	if !c.careful {
		if err := write(); err != nil {
			return &recordError{table, err}
		}
		return nil
	}
	if i := slices.IndexFunc(c.refused, func(f refusedRecord) bool { return f.table == table }); i >= 0 {
		c.refused = append(c.refused, refusedRecord{table, rows, c.refused[i].err})
		return nil // it was just tried
	}
	if _, err := t.exec("SAVEPOINT records"); err != nil {
		return err
	}
	err := write()
	if err == nil {
		c.written[table] = true
		_, err = t.exec("RELEASE SAVEPOINT records")
		return err
	}
	if !isRefusal(err) {
		return err
	}
	c.refused = append(c.refused, refusedRecord{table, rows, err})
	if _, undone := t.exec("ROLLBACK TO SAVEPOINT records"); undone != nil {
		return errors.Join(err, undone) // the whole transaction is gone
	}
	_, err = t.exec("RELEASE SAVEPOINT records")
	return err
}

// isRefusal reports whether an error is about what was to be written and where,
// and says nothing of what else is written: a full disk or a lost connection
// takes everything with it.
func isRefusal(err error) bool {
	if state := stateOf(err); state != "" {
		return serverRefuses(state)
	}
	return isCode(err, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_MISMATCH,
		sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_RANGE)
}
