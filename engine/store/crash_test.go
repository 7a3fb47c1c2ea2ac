package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	childTask = "TOCSIN_STORE_CHILD" // what a child process is to do
	childPath = "TOCSIN_STORE_PATH"  // on which file

	perBatch = 3 // parcels
)

// child is this test again, in a process of its own that ends with its input.
func child(t *testing.T, task, path string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=1m")
	cmd.Env = append(os.Environ(), childTask+"="+task, childPath+"="+path)
	return cmd
}

// runChild runs this test in a child process and reports what it reported.
func runChild(t *testing.T, task string) {
	t.Helper()
	if out, err := child(t, task, "").CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}

// TestKill kills a process without warning while it commits. What it had
// acknowledged is there afterwards, and no batch is there in part.
func TestKill(t *testing.T) {
	if os.Getenv(childTask) == "commit" {
		commitUntilKilled(t, os.Getenv(childPath))
		return
	}
	path := t.TempDir() + "/t.db"
	first := 1
	for round := range 4 {
		acknowledged := killWhileCommitting(t, path, 20+15*round)
		if acknowledged < first {
			t.Fatalf("round %d: the child acknowledged nothing new", round)
		}
		kept := batchesIn(t, path)
		// The last commit may have been synced just before its answer.
		if kept != acknowledged && kept != acknowledged+1 {
			t.Fatalf("round %d: acknowledged %d batches, found %d", round, acknowledged, kept)
		}
		first = kept + 1
	}
}

// killWhileCommitting returns the last batch that the child acknowledged.
func killWhileCommitting(t *testing.T, path string, batches int) (acknowledged int) {
	t.Helper()
	cmd := child(t, "commit", path)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := func(line string) bool {
		_, err := fmt.Sscanf(line, "kept %d", &acknowledged)
		return err == nil
	}
	lines := bufio.NewScanner(stdout)
	for seen := 0; seen < batches && lines.Scan(); {
		if read(lines.Text()) {
			seen++
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // acknowledged before the kill took effect
		read(lines.Text())
	}
	_ = cmd.Wait()
	return acknowledged
}

// commitUntilKilled numbers its batches on from those it finds. Each queues
// parcels and settles one of the batch before, tells a buffer and fills it
// again, and ends the event that the one before opened.
func commitUntilKilled(t *testing.T, path string) {
	go func() { // the parent is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	first := 1
	if _, err := os.Stat(path); err == nil {
		first = batchesIn(t, path) + 1
	}
	s := openAt(t, path)
	for n := first; n < first+100_000; n++ {
		var b engine.Batch
		for range perBatch {
			b.Queued = append(b.Queued, parcel("phone", fmt.Sprint(n), event.Warning))
		}
		b.Stamps = []engine.Stamp{stamp(n, after(time.Hour))}
		b.History = []event.Delivery{delivery("phone", fmt.Sprint(n), noon())}
		b.Arrived = []event.Recorded{arrived(fmt.Sprint(n), noon())}
		b.Told = []engine.Told{told("phone", event.QuietBuffer, fmt.Sprint("summary of ", n))}
		for range perBatch {
			b.Waiting = append(b.Waiting, waits("phone", event.QuietBuffer, fmt.Sprint(n), noon()))
		}
		b.Opened, b.Ended = []engine.Open{open(fmt.Sprint(n), "e", noon())}, []string{fmt.Sprint(n - 1)}
		if n > 1 {
			oldest, err := s.Outbox(t.Context(), OutboxFilter{EventID: fmt.Sprint(n - 1)})
			if err != nil {
				t.Fatal(err)
			}
			sent := oldest[0]
			sent.State = event.Sent
			b.Settled = []event.Settlement{{Parcel: sent}}
		}
		keep(t, s, &b)
		fmt.Println("kept", n)
	}
}

// batchesIn returns how many batches the file holds, all of them whole.
func batchesIn(t *testing.T, path string) int {
	t.Helper()
	s := openAt(t, path)
	defer s.Close()
	var check string
	if err := s.readers.Get(&check, "PRAGMA integrity_check"); err != nil || !strings.EqualFold(check, "ok") {
		t.Fatalf("integrity check: %s, %v", check, err)
	}
	var counts struct{ History, Stamps, Parcels, Arrived, Waiting, Open int }
	if err := s.readers.Get(&counts, `SELECT (SELECT count(*) FROM notification_history) AS history,
		(SELECT count(*) FROM notification_last_sent) AS stamps, (SELECT count(*) FROM outbox) AS parcels,
		(SELECT count(*) FROM events) AS arrived, (SELECT count(*) FROM quiet_pending WHERE told_in = '') AS waiting, (SELECT count(*) FROM open_events) AS open`); err != nil {
		t.Fatal(err)
	}
	n := counts.History
	settled := max(n-1, 0) // one of each batch but the last
	some := min(n, 1)      // of what each batch takes from the one before
	if counts.Stamps != n || counts.Parcels != perBatch*n-settled || counts.Arrived != n || counts.Waiting != perBatch*some || counts.Open != some {
		t.Fatalf("batches are there in part: %+v", counts)
	}
	return n
}
