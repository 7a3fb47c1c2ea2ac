package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Reader reads an archive that it does not own: it claims nothing, changes
// nothing and migrates nothing. It is for commands beside a daemon or without
// one, never for the daemon's own process: SQLite's locks belong to a process,
// and one that closes a file gives up all that it had on it.
type Reader struct{ store *Store }

// OpenReader opens the archive at an address. An archive of another schema is
// refused.
func OpenReader(ctx context.Context, address string) (*Reader, error) {
	if isServer(address) {
		return openServerReader(ctx, address)
	}
	path, err := location(address)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	scripts, err := newestSchema(migrations)
	if err != nil {
		return nil, fmt.Errorf("read the schemas: %w", err)
	}
	s := &Store{path: path, dialect: sqliteDialect()}
	if err = s.openReaders(ctx); err == nil {
		err = s.checkSchema(ctx, len(scripts))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read store: %w", explainRead(path, err)), s.Close())
	}
	return &Reader{s}, nil
}

// explainRead is explain for somebody who need not be the user of tocsin: SQLite
// opens nothing for one who may read a file but not those beside it. That is a
// fs.ErrPermission, also when the kernel is not the one that says so.
func explainRead(path string, err error) error {
	err = explain(path, err)
	if cannot, ok := errors.AsType[*Unavailable](err); ok && isCode(err, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) {
		cannot.Reason, cannot.Do = path+" cannot be opened", "run this as root or as the user of tocsin"
		cannot.Err = errors.Join(fs.ErrPermission, cannot.Err)
	}
	return err
}

// checkSchema refuses what this program did not write in its present form.
func (s *Store) checkSchema(ctx context.Context, known int) error {
	var id, have int
	if err := s.readers.GetContext(ctx, &id, "PRAGMA application_id"); err != nil {
		return err
	}
	if err := s.readers.GetContext(ctx, &have, "PRAGMA user_version"); err != nil {
		return err
	}
	switch {
	case id != applicationID:
		return fmt.Errorf("%s is no database of tocsin", s.path)
	case have > known:
		return &NewerError{Path: s.path, Have: have, Known: known}
	case have < known:
		return fmt.Errorf("%s is of an older tocsin: start the daemon once, it brings it forward", s.path)
	}
	return nil
}

// Close closes the archive.
func (r *Reader) Close() error { return r.store.Close() }

// Load returns the judge's memory, as Store.Load does.
func (r *Reader) Load(ctx context.Context, now time.Time) (engine.Saved, error) {
	return r.store.Load(ctx, now)
}

// Trace returns everything that is kept about an event.
func (r *Reader) Trace(ctx context.Context, eventID string) (Trace, error) {
	return r.store.Trace(ctx, eventID)
}

// Events returns recorded events in the order they came in.
func (r *Reader) Events(ctx context.Context, f RecordedFilter) ([]event.Recorded, error) {
	return r.store.Events(ctx, f)
}
