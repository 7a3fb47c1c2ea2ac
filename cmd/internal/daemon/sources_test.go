package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/api"
	"tocsin/sources/journal/journaltest"
)

// TestJournalctl is no test: it is the journalctl of the daemons below, which run
// this program again.
func TestJournalctl(t *testing.T) {
	i := slices.Index(os.Args, "--journal")
	if i < 0 {
		t.Skip("it is only run by other tests")
	}
	journaltest.Serve(os.Args[i+1], os.Args[i+2:])
}

// journalHouse is a house whose daemon follows a journal, which it can be written
// to.
func journalHouse(t *testing.T, files map[string]string) (h *house, write func(lines ...string)) {
	t.Helper()
	dir := t.TempDir()
	path, program := filepath.Join(dir, "journal"), filepath.Join(dir, "journalctl")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' '-test.run=^TestJournalctl$' -- --journal '%s' \"$@\"\n", os.Args[0], path)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	write = func(lines ...string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(strings.Join(lines, "\n") + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	write(journaltest.Entry(1, time.Now().Add(-time.Hour), map[string]string{"MESSAGE": "history"}))
	h = &house{t: t, config: t.TempDir(), data: t.TempDir(), journalctl: program}
	for name, text := range files {
		h.write(name, text)
	}
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	h.eventually("the position is kept", func() bool { return h.position("journal") == journaltest.Cursor(1) })
	return h, write
}

// source is how a source is doing; without a name, when it does not run.
func (h *house) source(name string) api.Collector {
	h.t.Helper()
	for _, s := range h.daemon.sourceStates() {
		if s.Name == name {
			return s
		}
	}
	return api.Collector{}
}

// position is where a source stands.
func (h *house) position(source string) string {
	h.t.Helper()
	all, err := h.daemon.store.Positions(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		h.t.Fatal(err)
	}
	return all[host+"/"+source]
}

// login is an entry of a login that failed, as a user whose name has the number.
func login(n int) string {
	return journaltest.Entry(n, time.Now(), map[string]string{
		"SYSLOG_IDENTIFIER": "sshd", "MESSAGE": fmt.Sprintf("Failed password for user%d from 198.51.100.%d port 22 ssh2", n, n%250),
	})
}

const singly = `
channel "log" "console" {}
burst "burst_auth_fail" {
  enabled = false
}
`

// A restart neither repeats nor misses what the journal says, and neither does a
// journalctl that dies or a reload.
func TestTheJournalIsReadOnce(t *testing.T) {
	h, write := journalHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "console.hcl": singly})
	var told strings.Builder
	check := func(last int) {
		t.Helper()
		h.eventually(fmt.Sprintf("user%d is told", last), func() bool { return strings.Contains(h.out.String(), fmt.Sprintf("as user%d from", last)) })
	}
	write(login(2), login(3))
	check(3)
	write("!exit", login(4))
	check(4)
	told.WriteString(h.out.String())
	h.stop()
	write(login(5), login(6))
	h.start()
	check(6)
	h.write("more.hcl", "source \"journal\" \"sshd_unknown_user\" {\n  enabled = false\n}\n")
	h.eventually("the change is in use", func() bool { return strings.Contains(h.err.String(), "configuration reloaded") })
	write(login(7))
	check(7)
	told.WriteString(h.out.String())
	for n := 2; n <= 7; n++ {
		if got := strings.Count(told.String(), fmt.Sprintf("Failed login as user%d from", n)); got != 1 {
			t.Errorf("user%d is told %d times, want once", n, got)
		}
	}
	if strings.Contains(told.String(), "history") {
		t.Error("what was written before the first start is told")
	}
}

func TestASourceThatFailsIsSeen(t *testing.T) {
	h, write := journalHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "console.hcl": singly})
	write("!complain Hint: You are currently not seeing messages from other users and the system.", login(2))
	h.eventually("the trouble shows", func() bool {
		s := h.source("journal")
		return s.State == "failing" && strings.Contains(s.Reason, "systemd-journal") && s.Events == 1
	})
	status, text := h.request("GET", "/metrics", nil, nil)
	if status != 200 || !strings.Contains(text, `tocsin_source_failing{source="journal"} 1`) || !strings.Contains(text, `tocsin_source_events_total{source="journal"} 1`) {
		t.Errorf("metrics: %d\n%s", status, text)
	}
}

func TestAHostWithoutAJournal(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults})
	h.eventually("it says so", func() bool { return strings.Contains(h.err.String(), "the journal is not read") })
	if s := h.source("journal"); s.Name != "" {
		t.Errorf("%+v", s)
	}
}

// A reload that changes no source leaves the journal's reader alone.
func TestAReloadOfOtherBlocksLeavesTheReaderAlone(t *testing.T) {
	h, write := journalHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "console.hcl": singly})
	before := h.source("journal").Since
	h.write("rule.hcl", "rule \"x\" {\n  events = [\"vm_fail\"]\n  stop = true\n}\n")
	h.eventually("the change is in use", func() bool { return strings.Contains(h.err.String(), "configuration reloaded") })
	write(login(2))
	h.eventually("it goes on", func() bool { return strings.Contains(h.out.String(), "user2") })
	if after := h.source("journal").Since; after != before {
		t.Error("the reader was started anew")
	}
}
