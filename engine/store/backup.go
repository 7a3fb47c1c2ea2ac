package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
)

// Backup is a copy of an archive as it was at one moment.
type Backup struct {
	Path   string  `json:"path"`
	Bytes  int64   `json:"bytes"`
	Schema int     `json:"schema"`
	Tables []Saved `json:"tables"`
}

// Backup writes a copy of the archive to a file that must not exist yet, for the
// owner's eyes only. A daemon goes on writing meanwhile: the copy is of the moment
// at which it was begun. It was looked through and is on the disk when Backup
// returns; after an error there is no file.
func (r *Reader) Backup(ctx context.Context, file string) (*Backup, error) {
	if r.store.server != nil {
		return nil, r.store.useDump(file)
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s exists already and is not overwritten: name another file, or remove it first", path)
	}
	if err != nil {
		return nil, err
	}
	defer made.Close()
	b := &Backup{Path: path}
	if err := r.backUp(ctx, b, made); err != nil {
		return nil, errors.Join(err, removeDatabase(path))
	}
	return b, nil
}

func (r *Reader) backUp(ctx context.Context, b *Backup, made *os.File) error {
	if err := copyInto(ctx, r.store.path, b.Path); err != nil {
		// What is damaged is the archive: nothing was in the copy yet. What is full is
		// the copy's disk: a reader writes nowhere else.
		if _, damaged := asDamage(err); damaged {
			return explainRead(r.store.path, err)
		}
		return fmt.Errorf("copy the archive: %w", explain(b.Path, err))
	}
	if err := errors.Join(made.Sync(), syncPath(filepath.Dir(b.Path))); err != nil {
		return err
	}
	info, err := made.Stat()
	if err != nil {
		return err
	}
	b.Bytes = info.Size()
	if err := b.look(ctx); err != nil {
		return fmt.Errorf("look through the copy: %w", explain(b.Path, err))
	}
	return nil
}

// copyInto copies a database from a connection that can only read it.
func copyInto(ctx context.Context, from, to string) error {
	pool, err := connect(from, sharedSettings(), url.Values{"mode": {"ro"}})
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, pool.Close())
}

// look reads the whole copy, and leaves nothing beside it.
func (b *Backup) look(ctx context.Context) error {
	pool, err := connect(b.Path, sharedSettings(), url.Values{"mode": {"ro"}, "immutable": {"1"}})
	if err != nil {
		return err
	}
	err = b.count(ctx, pool)
	return errors.Join(err, pool.Close())
}

func (b *Backup) count(ctx context.Context, db *sqlx.DB) error {
	if err := wholeness(ctx, db, "PRAGMA quick_check(1)"); err != nil {
		return err
	}
	if err := db.GetContext(ctx, &b.Schema, "PRAGMA user_version"); err != nil {
		return err
	}
	var tables []string
	if err := db.SelectContext(ctx, &tables, "SELECT name FROM ("+ourTables+") ORDER BY name"); err != nil {
		return err
	}
	for _, table := range tables {
		saved := Saved{Table: table}
		if err := db.GetContext(ctx, &saved.Rows, "SELECT count(*) FROM "+table); err != nil {
			return err
		}
		b.Tables = append(b.Tables, saved)
	}
	return nil
}
