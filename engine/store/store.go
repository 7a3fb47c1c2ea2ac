package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// Store is an open archive. Its methods may be called by many goroutines at
// the same time.
type Store struct {
	path    string
	lock    *os.File
	writer  *writer
	readers *readers
	dialect *dialect
	next    *sqlx.Stmt
	sql     statements
	kept    atomic.Pointer[time.Time] // when a batch or a check was last kept
	records records

	server  *server    // nil: SQLite
	checked bool       // the start looked through all of it
	damaged chan error // has room for one
}

// readerLimit bounds the connections that read at the same time, and with them
// their page caches.
const readerLimit = 4

// Open opens the store at an address: "postgres://user:password@host/database",
// which several nodes may share, or "sqlite:///abs/path.db" or
// "sqlite:relative/path.db", and makes or migrates tables where needed. A
// second daemon, a file that never was a database of tocsin and one of a newer
// tocsin (*NewerError) are refused, with nothing changed. A damaged database is
// set aside, and what is readable of it is in the fresh one that is opened: see
// Recovery.
func Open(ctx context.Context, address string) (*Store, error) {
	if isServer(address) {
		return openServer(ctx, address)
	}
	path, err := location(address)
	if err != nil {
		return nil, err
	}
	scripts, err := newestSchema(migrations)
	if err != nil {
		return nil, fmt.Errorf("read the schemas: %w", err)
	}
	s := newStore(path)
	err = s.open(ctx, scripts)
	if err == nil {
		s.next, err = s.readers.PreparexContext(ctx, s.dialect.query(selectNext))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", explain(path, err)), s.Close())
	}
	return s, nil
}

func newStore(path string) *Store { return newStoreOf(path, sqliteDialect()) }

func newStoreOf(path string, d *dialect) *Store {
	return &Store{path: path, dialect: d, sql: newStatements(), records: newRecords(), damaged: make(chan error, 1)}
}

// Close waits for the transaction that runs, closes the database and frees the
// lock. Calls that come later answer with an error.
func (s *Store) Close() error {
	if s.server != nil && s.writer != nil && s.writer.isOpen() {
		s.leave()
	}
	err := s.closeDatabase()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
		s.lock = nil
	}
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

func (s *Store) closeDatabase() error {
	var errs []error
	if s.next != nil {
		errs = append(errs, s.next.Close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil { // last: it takes the log back into the file
		errs = append(errs, s.writer.close())
	}
	return errors.Join(errs...)
}

// open leaves what it opened in s, also when it fails. A database that turns out
// to be damaged is recovered, once.
func (s *Store) open(ctx context.Context, scripts []string) error {
	var err error
	if s.lock, err = claimFolder(s.path); err != nil {
		return err
	}
	if err := resume(s.path); err != nil {
		return err
	}
	ours, err := examine(s.path, wasOurs(s.lock), len(scripts))
	if err == nil {
		err = s.openDatabase(ctx, scripts)
	}
	if cause, damaged := asDamage(err); damaged && ours {
		_ = s.closeDatabase() // what it says is known
		s.next, s.readers, s.writer = nil, nil, nil
		if err := s.recover(ctx, scripts, cause); err != nil {
			return fmt.Errorf("%s is damaged (%s), and no fresh one can be made beside it; nothing was moved: %w", s.path, cause, explain(s.path, err))
		}
		err = s.openDatabase(ctx, scripts)
	}
	if err == nil {
		noteOurs(s.lock)
	}
	return err
}

// openDatabase looks for damage before anything is written.
func (s *Store) openDatabase(ctx context.Context, scripts []string) error {
	if err := makeFile(s.path); err != nil {
		return err
	}
	pool, err := connect(s.path, writerSettings(), nil)
	if err != nil {
		return err
	}
	s.writer = newWriter(pool, s.dialect, func(ctx context.Context, conn *sqlx.Conn) error {
		return verify(ctx, conn, writerSettings())
	})
	if err := s.writer.open(ctx); err != nil {
		return err
	}
	m := &migration{conn: s.writer.conn, path: s.path, scripts: scripts}
	if err := s.prepare(ctx, m); err != nil {
		return err
	}
	return s.openReaders(ctx)
}

// prepare makes sure that the database is whole and of the newest schema.
func (s *Store) prepare(ctx context.Context, m *migration) error {
	if _, err := m.version(ctx); err != nil {
		return err
	}
	suspect := isSuspect(s.path)
	finished, err := inspect(ctx, m.conn, suspect)
	if err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		return err
	}
	if s.checked = finished; suspect {
		return clearSuspect(s.path)
	}
	return nil
}

func (s *Store) openReaders(ctx context.Context) error {
	pool, err := connect(s.path, readerSettings(), url.Values{"mode": {"ro"}})
	if err != nil {
		return err
	}
	s.readers = &readers{pool, s.dialect}
	s.readers.SetMaxOpenConns(readerLimit)
	conn, err := s.readers.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return verify(ctx, conn, readerSettings())
}

// change runs do in one transaction, see writer.change. What names the work
// for the error.
func (s *Store) change(ctx context.Context, what string, do func(*tx) error) error {
	if err := s.writer.change(ctx, do); err != nil {
		return s.failed(what, err)
	}
	return nil
}

func (s *Store) failed(what string, err error) error {
	if d, damaged := asDamage(err); damaged && !isUnreadable(err) {
		return fmt.Errorf("%s: %w", what, s.suspect(d))
	}
	return fmt.Errorf("%s: %w", what, s.explain(err))
}

// explain says an error of the database in words for the operator, see Unavailable.
func (s *Store) explain(err error) error {
	if s.server != nil {
		return s.explainServer(err)
	}
	return explain(s.path, err)
}
