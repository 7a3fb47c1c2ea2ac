package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"
)

const pageSize = 4096

// spoil overwrites pages of the database of a data folder, as a bad disk does.
func (g *ground) spoil(first, count int64) {
	g.t.Helper()
	f, err := os.OpenFile(filepath.Join(g.data, "tocsin.db"), os.O_RDWR, 0)
	if err != nil {
		g.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte("spoiled "), int(count)*pageSize/8), (first-1)*pageSize); err != nil {
		g.t.Fatal(err)
	}
}

// told counts how often a text stands in what was delivered.
func (g *ground) told(text string) int {
	g.t.Helper()
	sink, err := os.ReadFile(g.sink)
	if err != nil && !os.IsNotExist(err) {
		g.t.Fatal(err)
	}
	return bytes.Count(sink, []byte(text))
}

func (g *ground) eventually(what string, holds func() bool) {
	g.t.Helper()
	deadline := time.After(60 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			g.t.Fatal("never: " + what)
		case <-tick.C:
		}
	}
}

// TestWhatWaitedInADamagedDatabaseArrives kills the daemon under load and damages
// the page by which it finds what is to be sent.
func TestWhatWaitedInADamagedDatabaseArrives(t *testing.T) {
	g, l := newGround(t), newLoad()
	p := g.start()
	l.begin(g.data, 16)
	g.eventually("some hundred events are accepted", func() bool { return l.number.Load() > 300 })
	p.kill()
	l.stop()
	db, err := sqlx.Open("sqlite", filepath.Join(g.data, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	var index, waiting int64
	if err := db.Get(&index, "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_next'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Get(&waiting, "SELECT count(*) FROM outbox"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // it takes the log back into the file
		t.Fatal(err)
	}
	g.spoil(index, 1)
	p = g.start()
	if missing, _ := await(t, g.sink, l.accepted); missing > 0 {
		t.Errorf("%d of %d accepted events never arrived", missing, len(l.accepted))
	}
	t.Logf("%d accepted, %d waited in the damaged database", len(l.accepted), waiting)
	g.eventually("the recovery is told", func() bool { return g.told("store_recovered") > 0 })
	p.stop()
	g.start().stop()
	if n := g.told("store_recovered"); n != 1 {
		t.Errorf("the recovery was told %d times, want once", n)
	}
}

// TestDamageWhileTheDaemonRuns: an event that meets it is refused with the
// reason, the daemon ends with 1, and its next start takes events again. A
// delivery may meet it first: then the daemon has ended, and nobody answers.
func TestDamageWhileTheDaemonRuns(t *testing.T) {
	g := newGround(t)
	p := g.start()
	const notes = 200 // more than the database keeps in memory
	for n := range notes {
		if status, text := note(t, p.addr, n); status != http.StatusAccepted {
			t.Fatalf("note %d: %d %s", n, status, text)
		}
	}
	g.eventually("all arrived", func() bool { return g.told("] custom") >= notes })
	p.stop()
	p = g.start()
	g.spoil(2, 1000) // most of it, as it remembers what it uses all the time
	status, text, n := http.StatusAccepted, "", notes
	var unanswered error
	for end := n + 1000; n < end && status == http.StatusAccepted && unanswered == nil; n++ { // it remembers some pages
		status, text, unanswered = tryNote(p.addr, n)
	}
	if unanswered == nil && (status != http.StatusServiceUnavailable || !strings.Contains(text, "is damaged")) {
		t.Errorf("the event that met the damage was answered %d %s", status, text)
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		t.Fatal("the daemon goes on")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("the daemon ended with %d, want 1", code)
	}
	p = g.start()
	if status, text := note(t, p.addr, n); status != http.StatusAccepted {
		t.Errorf("after the next start an event was answered %d %s", status, text)
	}
	g.eventually("the recovery is told", func() bool { return g.told("store_recovered") == 1 })
	if aside, err := filepath.Glob(filepath.Join(g.data, "tocsin.db.damaged-*Z")); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
}

// note posts a long notification as Proxmox does.
func note(t *testing.T, addr string, n int) (int, string) {
	t.Helper()
	status, text, err := tryNote(addr, n)
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

// tryNote is note to a daemon that may end meanwhile.
func tryNote(addr string, n int) (int, string, error) {
	body := fmt.Sprintf(`{"title":"note %d","message":%q,"severity":"info","timestamp":1,"fields":{}}`, n, strings.Repeat("m", 8000))
	resp, err := http.Post("http://"+addr+"/api/notifications/webhook", "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}
