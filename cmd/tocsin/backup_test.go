package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// backUp runs the command on a data folder and returns its exit status and what
// it said.
func backUp(t *testing.T, data, file string) (status int, said string) {
	t.Helper()
	cmd := exec.Command("tocsin", "--data", data, "backup", file)
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out)
}

// TestABackupUnderLoadHoldsWhatWasAccepted restores it: a daemon on the copy has
// told, or tells, every event that was accepted before the backup began.
func TestABackupUnderLoadHoldsWhatWasAccepted(t *testing.T) {
	g, l := newGround(t), newLoad()
	p := g.start()
	l.begin(g.data, 16)
	g.eventually("some hundred events are accepted", func() bool { return l.number.Load() > 300 })
	l.mu.Lock()
	before := maps.Clone(l.accepted)
	l.mu.Unlock()
	file := filepath.Join(t.TempDir(), "copy.db")
	if status, said := backUp(t, g.data, file); status != 0 {
		t.Fatalf("status %d: %s", status, said)
	}
	l.stop()
	p.stop()

	restored := newGround(t)
	if err := os.Mkdir(restored.data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file, filepath.Join(restored.data, "tocsin.db")); err != nil {
		t.Fatal(err)
	}
	restored.start()
	db, err := sqlx.Open("sqlite", filepath.Join(restored.data, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	missing := maps.Clone(before)
	restored.eventually("every event is told", func() bool {
		var told []string
		if err := db.Select(&told, "SELECT title || message FROM notification_history"); err != nil {
			t.Fatal(err)
		}
		for _, m := range numbered.FindAllStringSubmatch(strings.Join(told, "\n"), -1) {
			n, _ := strconv.Atoi(m[1])
			delete(missing, n)
		}
		return len(missing) == 0
	})
	t.Logf("%d events were accepted before the backup, %d in all", len(before), len(l.accepted))
}

// TestADamagedDatabaseHasNoBackup: the answer is no, and no file is left.
func TestADamagedDatabaseHasNoBackup(t *testing.T) {
	g := newGround(t)
	p := g.start()
	for n := range 3 {
		note(t, p.addr, n)
	}
	p.stop()
	g.spoil(2, 8)
	file := filepath.Join(t.TempDir(), "copy.db")
	if status, said := backUp(t, g.data, file); status != 1 || !strings.Contains(said, "is damaged") {
		t.Errorf("status %d: %s", status, said)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a file is left: %v", err)
	}
}
