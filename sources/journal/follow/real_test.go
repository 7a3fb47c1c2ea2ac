package follow

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/sources/journal"
	"tocsin/sources/pattern"
)

// remote writes journal files as journald does. Debian has it in the package
// systemd-journal-remote.
const remote = "/lib/systemd/systemd-journal-remote"

// realJournal is a folder of real journal files.
type realJournal struct {
	t      *testing.T
	folder string
	files  int
}

func newRealJournal(t *testing.T) *realJournal {
	t.Helper()
	if _, err := exec.LookPath("journalctl"); err != nil {
		t.Skip("journalctl is not installed")
	}
	if _, err := os.Stat(remote); err != nil {
		t.Skip("systemd-journal-remote is not installed: what journalctl really does is not tested")
	}
	return &realJournal{t: t, folder: t.TempDir()}
}

// write adds a file with entries of these numbers, as rotation does.
func (j *realJournal) write(numbers ...int) {
	j.t.Helper()
	var in bytes.Buffer
	for _, n := range numbers {
		message := fmt.Sprintf("MESSAGE=n is %d\n", n)
		if n%5 == 0 { // a field that is no text
			message = "MESSAGE\n" + string([]byte{byte(len(fmt.Sprint("n is ", n)) + 4), 0, 0, 0, 0, 0, 0, 0}) + fmt.Sprint("n is ", n) + "\x1b[0m\n"
		}
		fmt.Fprintf(&in, "__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=32833106536e95df40b2d002cc92d33d\nSYSLOG_IDENTIFIER=app\nPRIORITY=6\n_UID=0\n%s\n",
			time.Now().UnixMicro()+int64(n), 1_000_000+n, message)
	}
	j.files++
	cmd := exec.Command(remote, "-o", filepath.Join(j.folder, fmt.Sprintf("x%d.journal", j.files)), "-")
	cmd.Stdin = &in
	if out, err := cmd.CombinedOutput(); err != nil {
		j.t.Fatalf("%v: %s", err, out)
	}
}

func (j *realJournal) follower(log *bytes.Buffer) *Follower {
	n, err := pattern.Compile(`^n is (?P<n>\d+)$`)
	if err != nil {
		j.t.Fatal(err)
	}
	return New(Options{
		Rules: []*journal.Rule{{Rule: pattern.Rule{Name: "n", Pattern: n}, Identifiers: []string{"app"}, Urgency: 7}},
		Args:  []string{"--directory=" + j.folder}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
}

// A real journalctl over real files: from now on, over files that come and go,
// killed in the middle, and with what was written while nobody read.
func TestARealJournal(t *testing.T) {
	j, d, log := newRealJournal(t), newDesk(), new(bytes.Buffer)
	j.write(1, 2, 3)
	f := j.follower(log)
	stop := run(t, f, d)
	d.until(t, func() bool { return d.Position() != "" })
	if got, _ := d.look(); got != "" {
		t.Errorf("history is read: %q", got)
	}
	j.write(4, 5) // a file begun after rotation
	d.wants(t, "4 5")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	j.write(6, 7)
	stop = run(t, f, d)
	d.wants(t, "4 5 6 7")
	j.write(8)
	d.wants(t, "4 5 6 7 8")
	_ = stop()
	if log.Len() > 0 {
		t.Errorf("log:\n%s", log)
	}

	// The files with what was read last are vacuumed.
	j.write(9)
	for n := 1; n <= 4; n++ {
		if err := os.Remove(filepath.Join(j.folder, fmt.Sprintf("x%d.journal", n))); err != nil {
			t.Fatal(err)
		}
	}
	stop = run(t, f, d)
	d.wants(t, "4 5 6 7 8 9")
	_ = stop()
	if !strings.Contains(log.String(), "the journal was cut before all of it was read") {
		t.Errorf("log:\n%s", log)
	}
}

// A journalctl that somebody kills is an error, and the next one goes on behind the
// last entry.
func TestARealJournalctlThatIsKilled(t *testing.T) {
	j, d, log := newRealJournal(t), newDesk(), new(bytes.Buffer)
	j.write(1)
	f := j.follower(log)
	pid := filepath.Join(t.TempDir(), "pid")
	f.Command, f.Args = "sh", []string{"-c", `echo $$ > ` + pid + `; exec journalctl --directory="$0" "$@"`, j.folder}
	ended := make(chan error, 1)
	go func() { ended <- f.Run(t.Context(), d) }()
	d.until(t, func() bool { return d.Position() != "" })
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", "-KILL", strings.TrimSpace(string(text))).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("error is %v", err)
	}
	j.write(2, 3)
	stop := run(t, f, d)
	d.wants(t, "2 3")
	_ = stop()
}
