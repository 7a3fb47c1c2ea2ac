package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"tocsin/api"
	"tocsin/sources/journal/journaltest"
)

// TestTheJournalIsReadOnceOverKills kills the daemon while the journal is written:
// every failed login in it becomes one event, and only one.
func TestTheJournalIsReadOnceOverKills(t *testing.T) {
	dir := t.TempDir()
	config, data := filepath.Join(dir, "conf"), filepath.Join(dir, "data")
	if err := os.Mkdir(config, 0o700); err != nil {
		t.Fatal(err)
	}
	rules := `
tocsin {
  enabled = true
}
channel "log" "console" {}
burst "burst_auth_fail" {
  enabled = false
}
`
	if err := os.WriteFile(filepath.Join(config, "tocsin.hcl"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	journal, err := os.Create(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	start := func(round int) *process {
		t.Helper()
		log := filepath.Join(dir, fmt.Sprintf("log%d", round))
		out, err := os.Create(log)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		cmd := exec.Command("tocsin", "serve", "--listen", "127.0.0.1:0", "--config", config, "--data", data)
		cmd.Dir, cmd.Stderr = dir, out
		p, err := startDaemon(cmd, log)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	written := 0
	write := func(n int) {
		for range n {
			written++
			fmt.Fprintln(journal, journaltest.Entry(written, time.Now().Add(time.Hour), map[string]string{ // never history
				"SYSLOG_IDENTIFIER": "sshd", "MESSAGE": fmt.Sprintf("Failed password for user%d from 10.%d.%d.1 port 22 ssh2", written, written/250, written%250),
			}))
		}
	}
	write(1)
	const rounds = 8
	for round := range rounds {
		p := start(round)
		if round == 0 { // now it knows where the journal was when it came
			loginEvents(t, data, 1)
		}
		for range 1 + rand.IntN(20) {
			write(rand.IntN(60))
			time.Sleep(time.Duration(rand.IntN(8)) * time.Millisecond)
		}
		p.kill()
	}
	write(10)
	p := start(rounds)
	defer p.stop()
	seen := loginEvents(t, data, written)
	for n := 1; n <= written; n++ {
		if got := len(seen[fmt.Sprint(n)]); got != 1 {
			t.Errorf("user%d of %d has %d events, want one", n, written, got)
		}
	}
}

var loginTitle = regexp.MustCompile(`as user(\d+) from`)

// loginEvents waits until the history tells of a number of users, and returns the
// ids of their events.
func loginEvents(t *testing.T, data string, users int) map[string]map[string]bool {
	t.Helper()
	client, limit := localClient(data), time.Now().Add(30*time.Second)
	for {
		seen := map[string]map[string]bool{}
		for offset := 0; ; offset += 1000 {
			resp, err := client.Get(fmt.Sprintf("http://localhost%s/history?limit=1000&offset=%d", api.Prefix, offset))
			if err != nil {
				t.Fatal(err)
			}
			var page struct {
				History []struct {
					Title   string `json:"title"`
					EventID string `json:"event_id"`
				}
			}
			err = json.NewDecoder(resp.Body).Decode(&page)
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page.History {
				if m := loginTitle.FindStringSubmatch(row.Title); m != nil {
					if seen[m[1]] == nil {
						seen[m[1]] = map[string]bool{}
					}
					seen[m[1]][row.EventID] = true
				}
			}
			if len(page.History) == 0 {
				break
			}
		}
		if len(seen) >= users || time.Now().After(limit) {
			return seen
		}
		time.Sleep(50 * time.Millisecond)
	}
}
