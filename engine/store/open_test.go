package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLocation(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ address, path, wrong string }{
		{address: "sqlite:///var/lib/tocsin/tocsin.db", path: "/var/lib/tocsin/tocsin.db"},
		{address: "sqlite:/var/lib/tocsin.db", path: "/var/lib/tocsin.db"},
		{address: "sqlite:state/tocsin.db", path: filepath.Join(wd, "state/tocsin.db")},
		{address: "sqlite:///srv/my%20files/100%25.db", path: "/srv/my files/100%.db"},
		{address: "tocsin.db", wrong: "no scheme"},
		{address: "mysql://tocsin:hunter2@db/tocsin", wrong: `"mysql", but only sqlite and postgres are supported`},
		{address: "sqlite://state/tocsin.db", wrong: "names a host"},
		{address: "sqlite:///t.db?mode=memory", wrong: "parameters"},
		{address: "sqlite:///t%zz.db", wrong: "begins no escape"},
		{address: "sqlite:///t%00.db", wrong: "begins no escape"},
		{address: "sqlite:", wrong: "names no file"},
		{address: "sqlite:///var/lib/", wrong: "names no file"},
	} {
		t.Run(test.address, func(t *testing.T) {
			path, err := location(test.address)
			if test.wrong == "" {
				if err != nil || path != test.path {
					t.Errorf("got %q, %v; want %q", path, err, test.path)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Fatalf("got %q, %v; want an error with %q", path, err, test.wrong)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func FuzzLocation(f *testing.F) {
	f.Add("sqlite:///var/lib/tocsin.db")
	f.Add("sqlite:a/../b%20c.db")
	f.Add("postgres://user:secret@host/db")
	f.Fuzz(func(t *testing.T, address string) {
		path, err := location(address)
		if err == nil && (!filepath.IsAbs(path) || strings.ContainsRune(path, 0)) {
			t.Errorf("%q is taken as %q", address, path)
		}
		// Whatever stands behind the scheme may hold a password.
		_, rest, _ := strings.Cut(address, ":")
		if err != nil && len(rest) > 20 && strings.Contains(err.Error(), rest) && !strings.Contains(example, rest) {
			t.Errorf("the error about %q shows it: %v", address, err)
		}
	})
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder with blank", "100%.db")
	s := openAt(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		filepath.Dir(path): 0o700 | os.ModeDir,
		path:               0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".lock": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
		}
	}
}

func TestOpenAppliesSettings(t *testing.T) {
	s := openTemp(t)
	read := func(query string) (value string) {
		if err := s.readers.Get(&value, query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return value
	}
	if got := read("PRAGMA journal_mode"); got != "wal" {
		t.Errorf("journal mode is %s, want wal", got)
	}
	if _, err := s.readers.Exec("DELETE FROM probe"); err == nil {
		t.Error("a reader can write")
	}
	// A misspelt setting must not go unnoticed.
	conn, err := s.readers.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := verify(t.Context(), conn, []setting{{"synchronous", "7"}}); err == nil || !strings.Contains(err.Error(), "synchronous") {
		t.Errorf("verify: %v, want an error about synchronous", err)
	}
}

func TestOpenRefusesSecondDaemon(t *testing.T) {
	s := openTemp(t)
	_, err := Open(t.Context(), "sqlite:"+s.path)
	if err == nil || !strings.Contains(err.Error(), "another tocsin (pid ") || !strings.Contains(err.Error(), s.path) {
		t.Fatalf("second open: %v", err)
	}
	if strings.Contains(err.Error(), "unknown") {
		t.Errorf("the error names no process: %v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("the first one was disturbed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openAt(t, s.path)
}

func TestOpenRefusesForeignFiles(t *testing.T) {
	foreign := func(t *testing.T, path string) {
		db, err := connect(path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.MustExec("CREATE TABLE recipes (name TEXT)")
	}
	for _, test := range []struct {
		name, wrong string
		make        func(t *testing.T, path string)
	}{
		{"text", "is not a database", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("Dear diary, ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"another program's", "database of another program", foreign},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "t.db")
			test.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), "sqlite:"+path)
			if err == nil || !strings.Contains(err.Error(), test.wrong) || !strings.Contains(err.Error(), path) {
				t.Fatalf("open: %v, want %q", err, test.wrong)
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != string(before) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

func TestOpenRefusesFolder(t *testing.T) {
	if s, err := Open(t.Context(), "sqlite:"+t.TempDir()); err == nil {
		s.Close()
		t.Error("opened a folder")
	}
}

func TestClosedStore(t *testing.T) {
	s := openTemp(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("check: %v, want %v", err, errClosed)
	}
	if _, err := s.Next(t.Context(), "phone", 1); err == nil {
		t.Error("next: no error")
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// TestTablesForUsers holds on to the names that people query by hand.
func TestTablesForUsers(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	for _, query := range []string{
		"SELECT sent_at, channel, event_type, severity, title, message, success, error_message, attempt, latency, event_id, source FROM notification_history",
		"SELECT fingerprint, event_type, severity, last_sent_ts, cooldown_until, count FROM notification_last_sent",
		"SELECT event_id, bucket, event FROM burst_pending",
		"SELECT key, state FROM bursts",
		"SELECT channel, state, event_id, message FROM outbox",
		"SELECT event_id, stage, outcome, reason, place, count FROM decisions",
		"SELECT key, event_id FROM claims",
		"SELECT source, position FROM positions",
		"SELECT channel, event_id, event_type, severity, title, held_at, until FROM quiet_pending",
		"SELECT channel, event_id, event_type, severity, title, held_at, until FROM digest_pending",
		"SELECT key, event_id, event_type, host, opened_at FROM open_events",
	} {
		rows, err := s.readers.Queryx(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if !rows.Next() {
			t.Errorf("%s: no row", query)
		}
		rows.Close()
	}
}
