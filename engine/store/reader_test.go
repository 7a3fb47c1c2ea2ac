package store

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

func readAt(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := OpenReader(t.Context(), "sqlite:"+escape(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// seen is what a reader in a process of its own found.
type seen struct {
	Waiting, Decisions, Pending, Events int
	Open                                string
}

// TestReaderBesideADaemon reads in a second process, which leaves the daemon its
// locks and its archive.
func TestReaderBesideADaemon(t *testing.T) {
	if os.Getenv(childTask) == "read" {
		look(t, os.Getenv(childPath))
		return
	}
	s := openAt(t, filepath.Join(t.TempDir(), "100%.db"))
	keep(t, s, batchOfEverything())
	for round := range 2 {
		out, err := child(t, "read", s.path).Output()
		line, _, _ := strings.Cut(string(out), "\n")
		var got seen
		if err != nil || json.Unmarshal([]byte(line), &got) != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := seen{Waiting: 1 + round, Decisions: 0, Pending: 2, Events: 1, Open: "e7"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if _, err := Open(t.Context(), "sqlite:"+escape(s.path)); err == nil {
			t.Error("the daemon lost its claim")
		}
		keep(t, s, &engine.Batch{Waiting: []event.Waiting{waits("mail", event.DigestBuffer, "e5", noon())}})
	}
}

func look(t *testing.T, path string) {
	r := readAt(t, path)
	trace, err := r.Trace(t.Context(), "e5")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := r.Load(t.Context(), noon())
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Events(t.Context(), RecordedFilter{})
	if err != nil {
		t.Fatal(err)
	}
	err = json.NewEncoder(os.Stdout).Encode(seen{len(trace.Waiting), len(trace.Decisions), len(saved.Pending), len(list), saved.Open[0].Event.ID})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReaderWithoutADaemon reads what a daemon left, and is in nobody's way.
func TestReaderWithoutADaemon(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	r := readAt(t, s.path)
	saved, err := r.Load(t.Context(), noon())
	if diff := cmp.Diff(want.Saved, saved); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	list, err := r.Events(t.Context(), RecordedFilter{})
	if diff := cmp.Diff(want.Events, list); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := r.store.readers.Exec("UPDATE probe SET written = 1"); err == nil {
		t.Error("a reader can write")
	}
	after, err := os.ReadFile(s.path)
	if err != nil || string(after) != string(before) {
		t.Errorf("reading changed the file (%v)", err)
	}
	keep(t, openAt(t, s.path), batchOfEverything()) // while the reader is still there
}

func TestReaderRefuses(t *testing.T) {
	scripts, err := newestSchema(migrations)
	if err != nil {
		t.Fatal(err)
	}
	old := func(t *testing.T, path string, scripts ...string) {
		s, err := migrated(t.Context(), t, path, scripts...)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		wrong string
		make  func(t *testing.T, path string)
		is    func(error) bool
	}{
		"nothing": {
			wrong: "no such file", make: func(*testing.T, string) {},
			is: func(err error) bool { return errors.Is(err, fs.ErrNotExist) },
		},
		"a text": {wrong: "is not a database", make: func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("Dear diary, ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		"another program's": {wrong: "is no database of tocsin", make: func(t *testing.T, path string) {
			db, err := connect(path, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			db.MustExec("CREATE TABLE recipes (name TEXT)")
		}},
		"an older schema": {
			wrong: "start the daemon once",
			make:  func(t *testing.T, path string) { old(t, path, scripts[0]) },
		},
		"a newer schema": {
			wrong: "install the newer tocsin",
			make:  func(t *testing.T, path string) { old(t, path, append(scripts, "CREATE TABLE extra (a INTEGER);")...) },
			is:    func(err error) bool { _, ok := errors.AsType[*NewerError](err); return ok },
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "t.db")
			test.make(t, path)
			r, err := OpenReader(t.Context(), "sqlite:"+path)
			if err == nil {
				r.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q and the path", err, test.wrong)
			}
			if test.is != nil && !test.is(err) {
				t.Errorf("%v is of the wrong kind", err)
			}
		})
	}
	if _, err := OpenReader(t.Context(), "postgres://tocsin:hunter2@db/tocsin"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("another kind of database: %v", err)
	}
}

// TestReaderSaysWhoMayRead: a stranger to the data folder learns whom to ask.
func TestReaderSaysWhoMayRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	s := openTemp(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReader(t.Context(), "sqlite:"+escape(s.path)); err == nil || !strings.Contains(err.Error(), "as root or as the user of tocsin") {
		t.Errorf("got %v", err)
	}
}
