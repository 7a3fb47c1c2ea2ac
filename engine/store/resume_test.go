package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestRecoveryIsResumed: a kill on the way leaves the damaged database or the
// whole fresh one, at each step.
func TestRecoveryIsResumed(t *testing.T) {
	sp := newSpecimen(t)
	file := bytes.Clone(sp.file)
	clear(file[:pageSize])
	_, log := killed(t, 3)
	const date = "20260314T120000Z"
	asideWas := damagedName + date
	for _, test := range []struct {
		name    string
		log     []byte
		prepare func(t *testing.T, path string)
	}{
		{"while the fresh one is filled", nil, func(t *testing.T, path string) {
			write(t, path+fillingName, sp.file[:10*pageSize])
			write(t, path+fillingName+"-wal", log)
		}},
		{"when it is whole", log, func(t *testing.T, path string) { write(t, path+freshName+date, sp.file) }},
		{"when the log is set aside", log, func(t *testing.T, path string) {
			write(t, path+freshName+date, sp.file)
			rename(t, path+"-wal", path+asideWas+"-wal")
		}},
		{"when all is set aside", log, func(t *testing.T, path string) {
			write(t, path+freshName+date, sp.file)
			rename(t, path+"-wal", path+asideWas+"-wal")
			rename(t, path, path+asideWas)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := lay(t, file, test.log)
			test.prepare(t, path)
			s := openAt(t, path)
			if got := len(rowsOf(t, s)["outbox"]); got != 241 {
				t.Errorf("%d parcels, want 241", got)
			}
			aside, err := filepath.Glob(path + damagedName + "*Z")
			if err != nil || len(aside) != 1 || !bytes.Equal(read(t, aside[0]), file) {
				t.Fatalf("set aside: %v, %v", aside, err)
			}
			if test.log != nil && !bytes.Equal(read(t, aside[0]+"-wal"), test.log) {
				t.Error("the log was not set aside as it was")
			}
			if left, err := filepath.Glob(path + ".f*"); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestRecoveryIsToldOnce: also after a restart, until somebody was told.
func TestRecoveryIsToldOnce(t *testing.T) {
	file := bytes.Clone(newSpecimen(t).file)
	clear(file[:pageSize])
	s := reopen(t, openAt(t, lay(t, file, nil)))
	rec := recovered(t, s, file)
	if want := "tokens 150"; !strings.Contains(rec.Summary(), want) {
		t.Errorf("the summary is %q, want %q in it", rec.Summary(), want)
	}
	if err := s.RecoveryTold(rec); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Recovery(); err != nil || again != nil {
		t.Errorf("told again: %+v, %v", again, err)
	}
	if _, err := os.Stat(rec.Path + ".json"); err != nil {
		t.Error(err)
	}
}

// TestRecoveryOfTheFirstSchema: the fresh database begins with the schema of the
// damaged one and is brought forward.
func TestRecoveryOfTheFirstSchema(t *testing.T) {
	scripts, err := newestSchema(migrations)
	if err != nil {
		t.Fatal(err)
	}
	s, err := migrated(t.Context(), t, filepath.Join(t.TempDir(), "t.db"), scripts[0])
	if err != nil {
		t.Fatal(err)
	}
	fillFirstSchema(t, s)
	var index int
	if err := s.readers.Get(&index, "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_next'"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := read(t, s.path)
	clear(file[(index-1)*pageSize : index*pageSize])
	s = openAt(t, lay(t, file, nil))
	rec := recovered(t, s, file)
	if rec.Rows > 0 {
		t.Errorf("%d rows were not taken", rec.Rows)
	}
	c := snapshot(t, s)
	if len(c.Outbox) != 1 || len(c.Saved.Held) != 1 || len(c.History) != 1 || len(c.Decisions) != 1 || len(c.Tokens) != 1 {
		t.Errorf("not everything was carried over: %+v", c)
	}
}

// TestDamageIsNoReasonToTakeWhatIsNotOurs: another program's file and a newer
// schema are refused also when they are damaged.
func TestDamageIsNoReasonToTakeWhatIsNotOurs(t *testing.T) {
	sp := newSpecimen(t)
	newer, other := bytes.Clone(sp.file), bytes.Clone(sp.file)
	binary.BigEndian.PutUint32(newer[60:], 99)
	binary.BigEndian.PutUint32(other[68:], 0x12345678)
	for _, file := range [][]byte{newer, other} {
		clear(file[20*pageSize:])
		path := lay(t, file, nil)
		_, err := Open(t.Context(), "sqlite:"+path)
		_, isNewer := errors.AsType[*NewerError](err)
		if err == nil || isNewer != (&file[0] == &newer[0]) {
			t.Errorf("open: %v", err)
		}
		if !bytes.Equal(read(t, path), file) {
			t.Error("the file was changed")
		}
	}
}

// TestNoFreshDatabaseCanBeMade: nothing is moved, the error says why, and the next
// start recovers.
func TestNoFreshDatabaseCanBeMade(t *testing.T) {
	file := bytes.Clone(newSpecimen(t).file)
	clear(file[:pageSize])
	path := lay(t, file, nil)
	if err := os.MkdirAll(filepath.Join(path+fillingName, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), "sqlite:"+path)
	if err == nil || !strings.Contains(err.Error(), path+" is damaged") || !strings.Contains(err.Error(), "nothing was moved") {
		t.Errorf("open: %v", err)
	}
	if !bytes.Equal(read(t, path), file) {
		t.Error("the damaged file was touched")
	}
	if err := os.RemoveAll(path + fillingName); err != nil {
		t.Fatal(err)
	}
	recovered(t, openAt(t, path), file)
}

// TestDamageInUse: the commit that meets it is refused with the reason, the store
// says that it is damaged, once, and the next start recovers.
func TestDamageInUse(t *testing.T) {
	path := lay(t, newSpecimen(t).file, nil)
	s := openAt(t, path)
	var root int
	if err := s.readers.Get(&root, "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // not before: that would drop SQLite's locks
	if _, err := file.WriteAt(bytes.Repeat([]byte("damage! "), pageSize/8), int64(root-1)*pageSize); err != nil {
		t.Fatal(err)
	}
	s.writer.drop() // it remembers the page
	b := &engine.Batch{Queued: []event.Parcel{parcel("phone", "e1", event.Info)}}
	for range 2 {
		wantUnavailable(t, s.Commit(t.Context(), b), "is damaged", path)
	}
	select {
	case err := <-s.Damaged():
		wantUnavailable(t, err, "is damaged", path)
	default:
		t.Error("the store does not say that it is damaged")
	}
	s = reopen(t, s)
	if rec, err := s.Recovery(); err != nil || rec == nil {
		t.Errorf("the next start told of no recovery: %v", err)
	}
	if isSuspect(path) {
		t.Error("the recovered database is still suspect")
	}
	keep(t, s, b)
}

// TestSuspicionThatIsUnfounded: a file that is whole after all is kept.
func TestSuspicionThatIsUnfounded(t *testing.T) {
	path := lay(t, newSpecimen(t).file, nil)
	write(t, path+suspectName, nil)
	s := openAt(t, path)
	if rec, err := s.Recovery(); err != nil || rec != nil || isSuspect(path) {
		t.Errorf("recovery %+v, %v, suspect %v", rec, err, isSuspect(path))
	}
}

// TestCheckRest finds what the start had no time for.
func TestCheckRest(t *testing.T) {
	s := openAt(t, lay(t, newSpecimen(t).file, nil))
	s.checked = false
	if err := s.CheckRest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.conn.ExecContext(t.Context(), "UPDATE outbox SET message = '{' WHERE id = 7"); err != nil {
		t.Fatal(err)
	}
	wantUnavailable(t, s.CheckRest(t.Context()), "a row of outbox", s.path)
	s = reopen(t, s)
	if rec, err := s.Recovery(); err != nil || rec == nil || rec.Rows != 1 {
		t.Errorf("recovery %+v, %v; want one of one row", rec, err)
	}
}
