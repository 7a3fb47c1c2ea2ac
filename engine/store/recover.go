package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Recovery tells of a damaged database: where it is, and what of it is in the
// fresh one.
type Recovery struct {
	Path   string    `json:"path"` // of the damaged file, beside it its log
	When   time.Time `json:"when"`
	Damage string    `json:"damage"`
	Saved  []Saved   `json:"saved"`
	Pages  int       `json:"unreadable_pages"`
	Rows   int       `json:"unreadable_rows"`   // on pages that are readable
	Older  bool      `json:"older_rows_behind"` // records were carried over for some seconds only, the newest first
}

// Saved is how many rows of a table are in the fresh database.
type Saved struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// Summary names the tables of which rows were saved.
func (r *Recovery) Summary() string {
	var parts []string
	for _, s := range r.Saved {
		if s.Rows > 0 {
			parts = append(parts, fmt.Sprint(s.Table, " ", s.Rows))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// Beside the database PATH, a recovery makes
//
//	PATH.filling              the fresh database, while it is filled
//	PATH.fresh-DATE           the same, whole: from here on it is only moved
//	PATH.damaged-DATE         the damaged file, and with -wal and -shm what belongs to it
//	PATH.recovered            the report that nobody was told of yet
//	PATH.damaged-DATE.json    the same, told
//
// so that a kill at any moment leaves either the damaged database where it was or
// a fresh one that the next start puts in its place.
const (
	fillingName = ".filling"
	freshName   = ".fresh-"
	damagedName = ".damaged-"
	reportName  = ".recovered"
	dateFormat  = "20060102T150405Z"
)

// recover fills a fresh database with what is readable of the damaged one and
// changes the two.
func (s *Store) recover(ctx context.Context, scripts []string, cause *damage) error {
	date, err := freeDate(s.path, time.Now().UTC())
	if err != nil {
		return err
	}
	r := &Recovery{Path: s.path + damagedName + date, When: time.Now().UTC().Truncate(time.Second), Damage: cause.what}
	if err := s.fill(ctx, scripts, r); err != nil {
		return errors.Join(err, removeDatabase(s.path+fillingName))
	}
	report, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := writeSynced(s.path+reportName, append(report, '\n')); err != nil {
		return errors.Join(err, removeDatabase(s.path+fillingName))
	}
	if err := os.Rename(s.path+fillingName, s.path+freshName+date); err != nil {
		return err
	}
	if err := syncPath(filepath.Dir(s.path)); err != nil {
		return err
	}
	return resume(s.path)
}

// freeDate returns the time as it stands in names that are not taken yet.
func freeDate(path string, now time.Time) (string, error) {
	for {
		date := now.Format(dateFormat)
		taken, err := filepath.Glob(escapeGlob(path+damagedName+date) + "*")
		if err != nil || len(taken) == 0 {
			return date, err
		}
		now = now.Add(time.Second)
	}
}

// fill makes the fresh database, with the schema of the damaged one: it is
// brought forward like any other when it is opened.
func (s *Store) fill(ctx context.Context, scripts []string, r *Recovery) (err error) {
	damaged, err := openEvidence(s.path)
	if err != nil {
		return err
	}
	defer damaged.close()
	if head, ok := damaged.Header(); ok && 0 < head.UserVersion && head.UserVersion < len(scripts) {
		scripts = scripts[:head.UserVersion]
	}
	fresh := s.path + fillingName
	if err := errors.Join(removeDatabase(fresh), makeFile(fresh)); err != nil {
		return err
	}
	// Nobody else sees the file before it is synced as a whole.
	pool, err := connect(fresh, append(sharedSettings(), setting{"synchronous", "0"}), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Connx(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	m := &migration{conn: conn, path: fresh, scripts: scripts}
	if err := m.run(ctx); err != nil {
		return err
	}
	if err := carry(ctx, conn, damaged, r); err != nil {
		return err
	}
	return seal(ctx, conn, fresh)
}

// seal leaves a database without a log, on the disk.
func seal(ctx context.Context, conn *sqlx.Conn, path string) error {
	var mode string
	if err := conn.GetContext(ctx, &mode, "PRAGMA journal_mode = DELETE"); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("%s keeps its log (journal mode %s)", path, mode)
	}
	return syncPath(path)
}

// resume changes a damaged database for a fresh one that is whole. It goes on
// where a start before was interrupted: as long as the fresh one has its own
// name, what has the database's name is damaged.
func resume(path string) error {
	ready, err := filepath.Glob(escapeGlob(path+freshName) + "*")
	if err != nil || len(ready) == 0 {
		return err
	}
	fresh := ready[len(ready)-1]
	aside := path + damagedName + strings.TrimPrefix(fresh, path+freshName)
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := setAside(path+end, aside+end); err != nil {
			return fmt.Errorf("set the damaged database aside: %w", err)
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("put the fresh database in its place: %w", err)
	}
	return errors.Join(clearSuspect(path), syncPath(filepath.Dir(path)))
}

// setAside moves a file, if it is still there, to a name that is free.
func setAside(from, to string) error {
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s is there already: move it elsewhere", to)
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return os.Chmod(to, 0o600)
}

// Recovery returns what a recovery did that nobody was told of yet, in this start
// or an earlier one; nil when there is none.
func (s *Store) Recovery() (*Recovery, error) {
	if s.server != nil {
		return nil, nil
	}
	text, err := os.ReadFile(s.path + reportName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r := new(Recovery)
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	if err != nil {
		return nil, fmt.Errorf("read the report of a recovery: %w", err)
	}
	return r, nil
}

// RecoveryTold puts the report beside the damaged file: it is told no more.
func (s *Store) RecoveryTold(r *Recovery) error {
	return os.Rename(s.path+reportName, s.path+damagedName+strings.TrimPrefix(r.Path, s.path+damagedName)+".json")
}
