package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver

	"tocsin/rules/proxmenux"
)

// maxDatabase bounds the database that settings are read from.
const maxDatabase = 2 << 30

// fromDatabase reads the settings of ProxMenux Monitor's database. A copy is read,
// so that the program, which may be running, is not disturbed.
func (i *importing) fromDatabase(ctx context.Context, file string) (s proxmenux.Settings, err error) {
	dir, err := os.MkdirTemp("", "tocsin-import-") // readable by its owner alone
	if err != nil {
		return nil, fmt.Errorf("make room for a copy of the database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "settings.db")
	if err := copyFile(path, file); err != nil {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	if err := copyFile(path+"-wal", file+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	if s, err = readSettings(ctx, path); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(s) == 0 {
		return nil, &apiError{Message: file + " holds no notification settings", Do: "nothing was set up there, or it is another program's database"}
	}
	return i.unsealed(s, file)
}

// readSettings reads the table of settings.
func readSettings(ctx context.Context, path string) (proxmenux.Settings, error) {
	db, err := sqlx.Open("sqlite", "file:"+path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var rows []struct {
		Key   string  `db:"setting_key"`
		Value *string `db:"setting_value"`
	}
	const query = `SELECT setting_key, setting_value FROM user_settings WHERE substr(setting_key, 1, ?) = ? LIMIT 20000`
	if err := db.SelectContext(ctx, &rows, query, len(proxmenux.Prefix), proxmenux.Prefix); err != nil {
		return nil, err
	}
	s := proxmenux.Settings{}
	for _, row := range rows {
		if row.Value == nil {
			continue
		}
		if err := s.Add(row.Key, *row.Value); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, maxDatabase+1))
	if n > maxDatabase {
		err = fmt.Errorf("it is larger than %d bytes", maxDatabase)
	}
	return errors.Join(err, out.Close())
}
