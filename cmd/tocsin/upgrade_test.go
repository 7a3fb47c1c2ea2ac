package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"tocsin/engine/event"
)

// TestAKillDuringAnUpgradeLosesNothing kills the daemon while it brings the
// database of an older version to its schema: what waited there arrives, and the
// copies that it makes before are whole.
func TestAKillDuringAnUpgradeLosesNothing(t *testing.T) {
	const rounds, attempts = 3, 5
	for range rounds {
		g := newGround(t)
		g.data = filepath.Join(inMemory(t), "data")
		waiting := g.oldDatabase()
		for attempt := range attempts {
			p, log := g.launch()
			if attempt%2 == 0 {
				g.awaitCopy(p, log)
			}
			<-time.After(time.Duration(rand.IntN(20_000)) * time.Microsecond)
			p.kill()
		}
		p := g.start()
		missing, twice := await(t, g.sink, waiting)
		p.stop()
		if missing > 0 {
			t.Errorf("%d of %d messages that waited never arrived", missing, len(waiting))
		}
		if twice > attempts {
			t.Errorf("%d messages arrived twice, want at most one a kill", twice)
		}
		g.checkCopies(len(waiting))
	}
}

// oldDatabase makes a database of the first schema with messages that wait.
func (g *ground) oldDatabase() map[int]bool {
	g.t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", "engine", "store", "migrations", "0001_tables.sql"))
	if err != nil {
		g.t.Fatal(err)
	}
	if err := os.MkdirAll(g.data, 0o700); err != nil {
		g.t.Fatal(err)
	}
	db := g.database(filepath.Join(g.data, "tocsin.db"))
	defer db.Close()
	run := func(query string, args ...any) {
		g.t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			g.t.Fatal(err)
		}
	}
	run(string(script))
	run("PRAGMA application_id = 0x746f6373")
	run("PRAGMA user_version = 1")
	now, waiting := time.Now(), map[int]bool{}
	for n := range 300 {
		m := event.Message{ID: fmt.Sprintf("old%d.sink", n), EventID: fmt.Sprint("old", n), Type: "note", Title: fmt.Sprintf("number %d.", n), Time: now}
		text, err := json.Marshal(m)
		if err != nil {
			g.t.Fatal(err)
		}
		run(`INSERT INTO outbox (channel, urgent, state, attempt, accepted_at, due_at, error_code, error_message, plain, maybe, event_id, source, message)
			VALUES ('sink', 0, 'queued', 0, ?, ?, '', '', 0, 0, ?, 'test', ?)`, now.UnixMilli(), now.UnixMilli(), m.EventID, string(text))
		waiting[n] = true
	}
	return waiting
}

func (g *ground) database(path string) *sql.DB {
	g.t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		g.t.Fatal(err)
	}
	return db
}

// copies are those that were made before a change of the schema, and what is to
// be one.
func (g *ground) copies() []string {
	g.t.Helper()
	list, err := filepath.Glob(filepath.Join(g.data, "tocsin.db.schema-1*"))
	if err != nil {
		g.t.Fatal(err)
	}
	return list
}

// awaitCopy waits until the daemon has begun with the upgrade, or finds nothing to
// do.
func (g *ground) awaitCopy(p *process, log string) {
	g.t.Helper()
	before := len(g.copies())
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(g.copies()) == before {
		if text, err := os.ReadFile(log); err != nil || readyLine.Match(text) {
			return
		}
		select {
		case <-p.done:
			return
		case <-tick.C:
		}
	}
}

// checkCopies opens each copy.
func (g *ground) checkCopies(rows int) {
	t := g.t
	t.Helper()
	if len(g.copies()) == 0 {
		t.Error("no copy was made before the upgrade")
	}
	for _, path := range g.copies() {
		if strings.HasSuffix(path, ".part") {
			t.Errorf("%s is left over", filepath.Base(path))
			continue
		}
		db := g.database(path)
		var n int
		if err := db.QueryRow("SELECT count(*) FROM outbox").Scan(&n); err != nil || n != rows {
			t.Errorf("%s has %d messages (%v), want %d", filepath.Base(path), n, err, rows)
		}
		db.Close()
	}
}
