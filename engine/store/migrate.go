package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
)

// The scripts that lead from one schema to the next, in the order of their
// names: script N makes schema N. They are never changed once released.
//
//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a database as one of tocsin's in its header: "tocs".
const applicationID = 0x746f6373

// migration brings one database to the newest schema. The version stands in
// the file's header and is set in the transaction that changes the schema, so
// the two cannot differ.
type migration struct {
	conn    *sqlx.Conn
	path    string
	scripts []string // script N is at N-1
}

// newestSchema reads the embedded scripts.
func newestSchema(from fs.FS) ([]string, error) { return schemaScripts(from, "migrations/*.sql") }

func schemaScripts(from fs.FS, pattern string) ([]string, error) {
	names, err := fs.Glob(from, pattern) // sorted
	if err != nil {
		return nil, err
	}
	scripts := make([]string, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		scripts[i] = string(text)
	}
	return scripts, nil
}

// run changes nothing in a database that belongs to another program or that a
// newer tocsin has written, and copies one before changing it.
func (m *migration) run(ctx context.Context) error {
	have, err := m.version(ctx)
	if err != nil {
		return err
	}
	known := len(m.scripts)
	if err := makeShrinkable(ctx, m.conn); err != nil {
		return fmt.Errorf("let the file shrink: %w", err)
	}
	// Kept in the file, and so not a setting of each connection; and only now,
	// since it changes the file.
	var mode string
	if err := m.conn.GetContext(ctx, &mode, "PRAGMA journal_mode = WAL"); err != nil {
		return fmt.Errorf("begin a write-ahead log: %w", err)
	}
	if mode != "wal" {
		return fmt.Errorf("%s takes no write-ahead log (journal mode %s): put it on a local file system", m.path, mode)
	}
	if 0 < have && have < known {
		if err := m.copyAside(ctx, have); err != nil {
			return fmt.Errorf("copy the database before changing its schema: %w", err)
		}
	}
	for version := have + 1; version <= known; version++ {
		if err := m.step(ctx, version); err != nil {
			return fmt.Errorf("change the schema from %d to %d: %w", version-1, version, err)
		}
	}
	return nil
}

// version returns the schema of the database, 0 for an empty one. It refuses what
// this program cannot read.
func (m *migration) version(ctx context.Context) (int, error) {
	var owner, version, objects int
	for _, read := range []struct {
		into  *int
		query string
	}{
		{&owner, "PRAGMA application_id"},
		{&version, "PRAGMA user_version"},
		{&objects, "SELECT count(*) FROM sqlite_schema"},
	} {
		if err := m.conn.GetContext(ctx, read.into, read.query); err != nil {
			return 0, err
		}
	}
	empty := owner == 0 && version == 0 && objects == 0
	if !empty && owner != applicationID {
		return 0, fmt.Errorf("%s is a database of another program: name another file in the store's url; nothing in it was changed", m.path)
	}
	if known := len(m.scripts); version > known {
		return 0, &NewerError{Path: m.path, Have: version, Known: known}
	}
	return version, nil
}

// step applies script N and marks the database, all in one transaction.
func (m *migration) step(ctx context.Context, version int) error {
	script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s;\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;\nCOMMIT;",
		m.scripts[version-1], applicationID, version)
	if _, err := m.conn.ExecContext(ctx, script); err != nil {
		_, undone := m.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, undone)
	}
	return nil
}

// copyAside writes a copy of the database beside it, named for its schema and
// the time, for the owner's eyes only. It has that name only once it is whole: a
// kill in between leaves a part, which the next start makes anew.
func (m *migration) copyAside(ctx context.Context, version int) error {
	name := copyName(m.path, version)
	part := name + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := m.copyTo(ctx, part); err != nil {
		_ = os.Remove(part) // or the next start does
		return err
	}
	return os.Rename(part, name+time.Now().UTC().Format("-20060102T150405Z"))
}

// copyName is how the names of a database's copies of a schema begin.
func copyName(path string, version int) string { return fmt.Sprintf("%s.schema-%d", path, version) }

// copyTo writes a copy to a new file, on disk when it returns.
func (m *migration) copyTo(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := m.conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	return file.Sync()
}
