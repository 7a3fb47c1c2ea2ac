package follow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/sources"
	"tocsin/sources/journal"
	"tocsin/sources/journal/journaltest"
	"tocsin/sources/pattern"
)

// desk writes down what it is given.
type desk struct {
	mu       sync.Mutex
	position string
	got      []string
	trouble  string
	changed  chan struct{}
}

func newDesk() *desk { return &desk{changed: make(chan struct{}, 1)} }

func (d *desk) Position() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.position
}

func (d *desk) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range findings {
		d.got = append(d.got, fmt.Sprint(f.Event.Data["n"]))
	}
	if position != "" {
		d.position = position
	}
	d.tell()
	return nil
}

func (d *desk) Report(trouble string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trouble = trouble
	d.tell()
}

func (d *desk) tell() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

func (d *desk) look() (got, trouble string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.got, " "), d.trouble
}

// until waits for what holds of the desk.
func (d *desk) until(t *testing.T, holds func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-d.changed:
		case <-limit:
			got, trouble := d.look()
			t.Fatalf("it does not come to it: %q, trouble %q", got, trouble)
		}
	}
}

func (d *desk) wants(t *testing.T, want string) {
	t.Helper()
	d.until(t, func() bool { got, _ := d.look(); return got == want })
}

// journalFile is a journal that the test's own journalctl follows.
type journalFile struct {
	t    *testing.T
	path string
}

func newJournalFile(t *testing.T) *journalFile {
	return &journalFile{t, filepath.Join(t.TempDir(), "journal")}
}

// write appends entries with these numbers, or orders.
func (j *journalFile) write(lines ...any) {
	j.t.Helper()
	f, err := os.OpenFile(j.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		j.t.Fatal(err)
	}
	defer f.Close()
	for _, l := range lines {
		text, isText := l.(string)
		if !isText {
			text = entryText(l.(int), time.Now())
		}
		if _, err := f.WriteString(text + "\n"); err != nil {
			j.t.Fatal(err)
		}
	}
}

func cursorOf(n int) string { return journaltest.Cursor(n) }

func entryText(n int, at time.Time) string {
	return journaltest.Entry(n, at, map[string]string{"MESSAGE": fmt.Sprint("n is ", n)})
}

func (j *journalFile) follower(log *bytes.Buffer) *Follower {
	n, err := pattern.Compile(`^n is (?P<n>\d+)$`)
	if err != nil {
		j.t.Fatal(err)
	}
	return New(Options{
		Rules:   []*journal.Rule{{Rule: pattern.Rule{Name: "n", Pattern: n}, Identifiers: []string{"app"}, Urgency: 7}},
		Command: os.Args[0], Args: []string{"-test.run=^TestJournalctl$", "--", "--journal", j.path},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
}

// run runs a follower until the test stops it.
func run(t *testing.T, f *Follower, d *desk) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx, d) }()
	return func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Second):
			return errors.New("it does not end")
		}
	}
}

func TestItBeginsWithWhatIsNewAndGoesOnWhereItStopped(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	j.write(entryText(1, time.Now().Add(-time.Hour)), entryText(2, time.Now().Add(-time.Minute)))
	f := j.follower(log)
	stop := run(t, f, d)
	d.until(t, func() bool { return d.Position() == cursorOf(2) })
	j.write(3, 4)
	d.wants(t, "3 4")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	j.write(5, 6) // while nobody reads
	stop = run(t, f, d)
	d.wants(t, "3 4 5 6")
	j.write(7)
	d.wants(t, "3 4 5 6 7")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("log:\n%s", log)
	}
}

func TestAnEmptyJournalIsReadFromItsBeginning(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	stop := run(t, j.follower(log), d)
	j.write(entryText(1, time.Now().Add(time.Second)))
	d.wants(t, "1")
	_ = stop()
}

func TestAJournalctlThatEndsIsAnErrorAndLosesNothing(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = cursorOf(1)
	j.write(1, 2, "!exit", 3, `!half {"__CURSOR":"s=aa;i=9","SYSLOG_IDENTIFIER":"app","MESSAGE":"n is 9"}`, 4)
	f := j.follower(log)
	for range 2 {
		if err := f.Run(t.Context(), d); err == nil || !strings.Contains(err.Error(), "journalctl ended") {
			t.Fatalf("error is %v", err)
		}
	}
	stop := run(t, f, d)
	d.wants(t, "2 3 4")
	_ = stop()
}

func TestOddLines(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = cursorOf(1)
	j.write(1, "!raw Segmentation fault \x1b[2J", "!raw {\"MESSAGE\":", "!raw", fmt.Sprint("!huge ", 2*maxLine), `{"MESSAGE":"n is 8","SYSLOG_IDENTIFIER":"app"}`,
		`{"__CURSOR":"`+cursorOf(2)+`","SYSLOG_IDENTIFIER":"app","MESSAGE":[110,32,105,115,32,50]}`,
		`{"__CURSOR":"`+cursorOf(3)+`","SYSLOG_IDENTIFIER":"app","MESSAGE":null}`, 4)
	stop := run(t, j.follower(log), d)
	d.wants(t, "2 4")
	_ = stop()
	for _, want := range []string{"journalctl wrote something that is no entry", "entries are too long and were left out"} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("%q is not logged once:\n%s", want, log)
		}
	}
	if strings.Contains(log.String(), "\x1b") {
		t.Errorf("the log has an escape sequence:\n%s", log)
	}
}

func TestWhatWasDeletedIsCounted(t *testing.T) {
	for name, c := range map[string]struct{ last, first, want string }{
		"next":    {cursorOf(7), cursorOf(8), ""},
		"vacuum":  {cursorOf(7), cursorOf(107), "up to 99 entries, written between 2026-03-14T00:08:00Z and 2026-03-14T00:08:00Z"},
		"another": {cursorOf(7), "s=cc;i=1", "an unknown number of entries"},
		"odd":     {"x", "y", "an unknown number of entries"},
	} {
		if got := gap(c.last, c.first); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = cursorOf(5)
	j.write(9, 10)
	stop := run(t, j.follower(log), d)
	d.wants(t, "9 10")
	_ = stop()
	if !strings.Contains(log.String(), "the journal was cut before all of it was read") || !strings.Contains(log.String(), "up to 3 entries") {
		t.Errorf("log:\n%s", log)
	}
}

func TestAPositionThatIsNotUnderstood(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = "cursor of nobody"
	j.write(entryText(1, time.Now().Add(-time.Hour)))
	stop := run(t, j.follower(log), d)
	d.until(t, func() bool { return d.Position() == cursorOf(1) })
	j.write(2)
	d.wants(t, "2")
	_ = stop()
	if !strings.Contains(log.String(), "the journal is read from now on") {
		t.Errorf("log:\n%s", log)
	}
}

func TestWhatHindersItIsTold(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = cursorOf(1)
	j.write(1, "!complain Hint: You are currently not seeing messages from other users and the system.", 2)
	stop := run(t, j.follower(log), d)
	d.wants(t, "2")
	d.until(t, func() bool { _, trouble := d.look(); return strings.Contains(trouble, "usermod -aG systemd-journal") })
	_ = stop()

	j = newJournalFile(t)
	j.write("!complain No journal files were opened due to insufficient permissions.", "!exit")
	if err := j.follower(log).Run(t.Context(), newDesk()); err == nil || err.Error() != permission {
		t.Errorf("error is %v", err)
	}
	f := New(Options{Command: "journalctl-that-is-nowhere", Log: slog.New(slog.DiscardHandler)})
	if err := f.Run(t.Context(), newDesk()); err == nil || !strings.Contains(err.Error(), "is not installed") {
		t.Errorf("error is %v", err)
	}
}

func TestManyEntriesAreKeptTogether(t *testing.T) {
	j, d, log := newJournalFile(t), newDesk(), new(bytes.Buffer)
	d.position = cursorOf(1)
	var want []string
	list := []any{1}
	for n := 2; n < 3000; n++ {
		list, want = append(list, n), append(want, fmt.Sprint(n))
	}
	j.write(list...)
	stop := run(t, j.follower(log), d)
	d.wants(t, strings.Join(want, " "))
	_ = stop()
}

func TestArguments(t *testing.T) {
	f := New(Options{Args: []string{"--directory=/x"}, Log: slog.New(slog.DiscardHandler)})
	m := journal.NewMatcher(nil)
	if got := f.args(m, "c"); !slices.Contains(got, "--cursor=c") || !slices.Contains(got, "--no-tail") || got[0] != "--directory=/x" {
		t.Errorf("%q", got)
	}
	if got := strings.Join(f.args(m, ""), " "); !regexp.MustCompile(`--follow --output=json --all .*--output-fields=\S*MESSAGE\S* --lines=1$`).MatchString(got) {
		t.Errorf("%q", got)
	}
}
