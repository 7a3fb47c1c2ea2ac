package tail

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/sources"
	"tocsin/sources/log"
	"tocsin/sources/pattern"
)

// desk keeps what is handed in.
type desk struct {
	mu       sync.Mutex
	position string
	told     []string
	trouble  string
	log      string
	refuse   int // findings that are kept before everything ends; 0: all
	end      context.CancelFunc
	came     chan struct{} // something, for tests on real time
}

func (d *desk) Position() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.position
}

func (d *desk) Report(trouble string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trouble = trouble
}

// Write takes what is logged.
func (d *desk) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log += string(line)
	return len(line), nil
}

func (d *desk) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, f := range findings {
		if f.Position == "" && i == len(findings)-1 {
			f.Position = position
		}
		d.told = append(d.told, fmt.Sprint(f.Event.Data["n"]))
		if f.Position != "" {
			d.position = f.Position
		}
		if d.refuse--; d.refuse == 0 {
			d.end()
			return ctx.Err()
		}
	}
	if position != "" {
		d.position = position
	}
	select {
	case d.came <- struct{}{}:
	default:
	}
	return nil
}

func (d *desk) look() (told, trouble, log string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.told, " "), d.trouble, d.log
}

// host is a folder with logs, and the tail over app.log and others in it.
type host struct {
	t   testing.TB
	dir string
	desk
	rules []*log.Rule
	stop  func()
}

func compiled(text string) *pattern.Pattern {
	p, err := pattern.Compile(text)
	if err != nil {
		panic(err)
	}
	return p
}

// follow adds a source over a file, which takes lines such as n is 7.
func (h *host) follow(name string) {
	h.rules = append(h.rules, &log.Rule{Path: filepath.Join(h.dir, name), Rule: pattern.Rule{Name: name, Pattern: compiled(`^n is (?P<n>\S+)$`)}})
}

func newHost(t testing.TB) *host {
	h := &host{t: t, dir: t.TempDir(), stop: func() {}}
	h.came = make(chan struct{}, 1)
	h.follow("app.log")
	return h
}

// story runs a test on virtual time.
func story(t *testing.T, test func(h *host)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		test(h)
		h.stop()
	})
}

func (h *host) tail() *Tail {
	return New(Options{Rules: h.rules, Log: slog.New(slog.NewTextHandler(&h.desk, nil))})
}

func (h *host) start(tail *Tail) {
	ctx, cancel := context.WithCancel(h.t.Context())
	h.end = cancel
	done := make(chan error, 1)
	go func() { done <- tail.Run(ctx, &h.desk) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		h.stop = func() {}
	}
}

// run starts the tail, without notices of the system, and lets it look once.
func (h *host) run() {
	tail := h.tail()
	tail.notices = func() *notices { return nil }
	h.start(tail)
	synctest.Wait()
}

// kill ends everything and takes back what was not kept with an event: a position of
// its own is moved seldom.
func (h *host) kill() {
	position := h.Position()
	h.stop()
	h.position = position
}

func (h *host) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (h *host) want(told string) {
	h.t.Helper()
	if got, _, log := h.look(); got != told {
		h.t.Errorf("told %q, want %q\n%s", got, told, log)
	}
}

// wantAfter looks once more before.
func (h *host) wantAfter(told string) {
	h.t.Helper()
	h.pass(poll)
	h.want(told)
}

// quiet checks that nothing was logged that somebody should look at.
func (h *host) quiet() {
	h.t.Helper()
	if _, trouble, log := h.look(); trouble != "" || strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") {
		h.t.Errorf("trouble %q, log:\n%s", trouble, log)
	}
}

func (h *host) path(name string) string { return filepath.Join(h.dir, name) }

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// lines are lines with these numbers.
func lines(numbers ...any) string {
	var b strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&b, "n is %v\n", n)
	}
	return b.String()
}

func (h *host) add(name, text string) {
	h.t.Helper()
	f, err := os.OpenFile(h.path(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	h.must(err)
	defer f.Close()
	_, err = f.WriteString(text)
	h.must(err)
}

func (h *host) rename(from, to string) {
	h.t.Helper()
	h.must(os.Rename(h.path(from), h.path(to)))
}

// copyTruncate rotates as logrotate does with that setting.
func (h *host) copyTruncate(from, to string) {
	h.t.Helper()
	text, err := os.ReadFile(h.path(from))
	h.must(err)
	h.must(os.WriteFile(h.path(to), text, 0o600))
	h.must(os.Truncate(h.path(from), 0))
}

func TestOnlyWhatIsNewIsTold(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines(1, 2)+"n is ")
		h.run()
		h.wantAfter("")
		h.add("app.log", "3\nn is 4") // the line that was being written is new
		h.wantAfter("3")
		h.add("app.log", "\n"+lines(5)+"odd line\r\n\nn is 6\r\n\x1b[31mn is 7\x1b[0m \n")
		h.wantAfter("3 4 5 6 7")
		h.quiet()
	})
}

func TestAFileThatIsNotThereYet(t *testing.T) {
	story(t, func(h *host) {
		h.run()
		h.wantAfter("")
		h.kill() // that it was waited for is remembered
		h.add("app.log", lines(1))
		h.run()
		h.want("1")
		h.quiet()
		if _, _, log := h.look(); strings.Count(log, "not there yet") != 1 {
			t.Errorf("log:\n%s", log)
		}
	})
}

// Whatever way a log is rotated, each line counts once: while the tail runs, and while
// it does not.
func TestRotation(t *testing.T) {
	ways := map[string]func(h *host){
		"renamed": func(h *host) {
			h.rename("app.log", "app.log.1")
			h.add("app.log", lines(4))
		},
		"renamed by date": func(h *host) {
			h.rename("app.log", "app.log-20261129")
			h.add("app.log", lines(4))
		},
		"renamed before its ending": func(h *host) {
			h.rename("app.log", "app-2026-11-29_03.log")
			h.add("app.log", lines(4))
		},
		"written on under its old name": func(h *host) {
			h.rename("app.log", "app.log.1")
			h.add("app.log", "")
			h.add("app.log.1", "") // the program has not been told yet
			h.add("app.log", lines(4))
		},
		"copied and truncated": func(h *host) {
			h.copyTruncate("app.log", "app.log.1")
			h.add("app.log", lines(4))
		},
		"copied, truncated and longer than before": func(h *host) {
			h.copyTruncate("app.log", "app.log.1")
			h.add("app.log", strings.Repeat("filling\n", 50)+lines(4))
		},
		"copied and truncated under a writer that does not append": func(h *host) {
			h.copyTruncate("app.log", "app.log.1")
			f, err := os.OpenFile(h.path("app.log"), os.O_WRONLY, 0)
			h.must(err)
			defer f.Close()
			_, err = f.WriteAt([]byte(lines(4)), 100_000)
			h.must(err)
		},
	}
	for name, rotate := range ways {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", running ", running), func(t *testing.T) {
				story(t, func(h *host) {
					h.add("app.log", "the first line of this file\n"+lines(1))
					h.run()
					h.add("app.log", lines(2))
					h.wantAfter("2")
					if !running {
						h.kill()
					}
					h.add("app.log", lines(3))
					rotate(h)
					if !running {
						h.run()
					}
					h.wantAfter("2 3 4")
					h.pass(2 * linger)
					h.add("app.log", lines(5))
					h.wantAfter("2 3 4 5")
					h.kill()
					h.add("app.log", lines(6))
					h.run()
					h.want("2 3 4 5 6")
					h.quiet()
				})
			})
		}
	}
}

func TestDeletedAndMadeAnew(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines(1))
		h.run()
		h.add("app.log", lines(2))
		h.must(os.Remove(h.path("app.log")))
		h.add("app.log", lines(3))
		h.wantAfter("2 3") // it was open
		h.must(os.Remove(h.path("app.log")))
		h.pass(2 * linger)
		h.add("other", "takes the number of the file, where the system gives it again")
		h.add("app.log", lines(4))
		h.wantAfter("2 3 4")
		h.quiet()
	})
}

// A program that was not told of the rotation yet writes on, and what it writes counts,
// also what it has not ended.
func TestTheOldFileIsReadOn(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines(1))
		h.run()
		h.rename("app.log", "app.log.1")
		h.add("app.log", lines(2))
		h.wantAfter("2")
		h.add("app.log.1", lines(3))
		h.wantAfter("2 3")
		h.kill()
		h.add("app.log.1", lines(4)+"n is 5")
		h.add("app.log", lines(6))
		h.run()
		h.want("2 3 4 6")
		h.pass(linger + poll)
		h.want("2 3 4 6 5")
		h.add("app.log.1", lines(7)) // by now it is let go
		h.wantAfter("2 3 4 6 5")
		h.quiet()
	})
}

// While nobody looks, a log is rotated more than once.
func TestRotatedSeveralTimes(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines("a", 1))
		h.run()
		h.add("app.log", lines(2))
		h.wantAfter("2")
		h.stop()
		h.add("app-1.log", lines("somebody else's"))
		h.add("app.log.1.gz", lines("no text"))
		for n := 3; n < 6; n++ {
			h.add("app.log", lines(n))
			for old := 5; old > 0; old-- {
				if _, err := os.Stat(h.path(fmt.Sprint("app.log.", old))); err == nil {
					h.rename(fmt.Sprint("app.log.", old), fmt.Sprint("app.log.", old+1))
				}
			}
			h.rename("app.log", "app.log.1")
			h.must(os.Chtimes(h.path("app.log.1"), time.Time{}, time.Unix(int64(n), 0)))
		}
		h.add("app.log", lines(6))
		h.run()
		h.want("2 3 4 5 6")
		h.quiet()
	})
}

func TestALostPlaceIsSaid(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines("a", 1))
		h.run()
		h.stop()
		h.must(os.Remove(h.path("app.log")))
		h.add("app.log", lines("b", 2))
		h.run()
		h.want("b 2")
		if _, _, log := h.look(); strings.Count(log, "is not the one that was read last") != 1 {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestTruncatedInPlace(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines("a", "b", 1))
		h.run()
		h.must(os.Truncate(h.path("app.log"), 0))
		h.add("app.log", lines(2))
		h.wantAfter("2")
	})
}

// A file that is moved away and back again is not read again.
func TestMovedBack(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines(1))
		h.run()
		h.rename("app.log", "elsewhere")
		h.pass(3 * linger)
		h.rename("elsewhere", "app.log")
		h.add("app.log", lines(2))
		h.wantAfter("2")
		h.quiet()
	})
}

// An older file gets the name back while it is still followed.
func TestPutBack(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", lines(1))
		h.run()
		h.rename("app.log", "app.log.1")
		h.add("app.log", lines(2))
		h.wantAfter("2")
		h.rename("app.log.1", "app.log")
		h.add("app.log", lines(3))
		h.wantAfter("2 3")
		h.pass(2 * linger)
		h.add("app.log", lines(4))
		h.wantAfter("2 3 4")
		h.quiet()
	})
}

func TestLongLines(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", "")
		h.run()
		most := strings.Repeat("x", 64<<10-len("n is "))
		h.add("app.log", "n is "+most+"\nn is "+most+"x\n"+lines(1)+strings.Repeat("y", 3<<20))
		h.wantAfter(most + " 1")
		h.pass(moveEvery)
		h.kill() // inside of a line, the rest of which is none
		h.add("app.log", "\nn is 2")
		h.run()
		h.add("app.log", "\n")
		h.wantAfter(most + " 1 2")
		if _, _, log := h.look(); strings.Count(log, "lines that are too long") != 1 {
			t.Errorf("log:\n%s", log)
		}
	})
}

// What follows a line that is too long is not taken for the beginning of one.
func TestTheRestOfALongLineIsNoLine(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", "")
		h.run()
		h.add("app.log", strings.Repeat("z", 200_000))
		h.pass(moveEvery + poll)
		h.kill()
		h.add("app.log", "n is forged\n"+lines(1))
		h.run()
		h.want("1")
	})
}

func TestHostileText(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", "")
		h.run()
		h.add("app.log", "n is a\x00b\x07\xff\u202e\nn is \x1b]0;title\x07x\n\x00\x00\x00n is 2\n")
		h.pass(poll)
		told, _, _ := h.look()
		if strings.ContainsAny(told, "\x00\x07\x1b\u202e") || !strings.HasSuffix(told, " 2") || len(strings.Fields(told)) != 3 {
			t.Errorf("told %q", told)
		}
	})
}

// Whatever is kept when everything ends, nothing is missing and nothing comes twice.
func TestKilledInTheMiddle(t *testing.T) {
	for kept := 1; kept <= 6; kept++ {
		story(t, func(h *host) {
			h.follow("b.log")
			h.add("app.log", lines("a"))
			h.add("b.log", lines("a"))
			h.run()
			h.kill()
			h.add("app.log", lines(1, 2, 3))
			h.rename("app.log", "app.log.1")
			h.add("app.log", lines(4))
			h.add("b.log", lines(5, 6))
			h.refuse = kept
			h.run()
			h.stop()
			h.run()
			h.want("1 2 3 4 5 6")
			h.quiet()
		})
	}
}

func TestManyLinesAreKeptTogether(t *testing.T) {
	story(t, func(h *host) {
		h.add("app.log", "")
		h.run()
		var want []string
		for n := range 5000 {
			want = append(want, fmt.Sprint(n))
		}
		h.add("app.log", "n is "+strings.Join(want, "\nn is ")+"\n")
		h.wantAfter(strings.Join(want, " "))
	})
}

// A file with more than a turn's worth does not hold up the others.
func TestTurns(t *testing.T) {
	story(t, func(h *host) {
		h.follow("b.log")
		h.add("app.log", "")
		h.add("b.log", "")
		h.run()
		h.add("app.log", strings.Repeat(strings.Repeat("filling ", 100)+"\n", 2*maxTurn/800)+lines("late"))
		h.add("b.log", lines("soon"))
		h.wantAfter("soon late")
	})
}

func TestWhatCannotBeReadIsReported(t *testing.T) {
	story(t, func(h *host) {
		h.must(os.Mkdir(h.path("app.log"), 0o700))
		h.follow("b.log")
		h.add("b.log", "")
		h.run()
		if _, trouble, _ := h.look(); !strings.Contains(trouble, "app.log is no regular file") {
			t.Errorf("trouble %q", trouble)
		}
		h.add("b.log", lines(1))
		h.wantAfter("1") // the others are read
		h.must(os.Remove(h.path("app.log")))
		h.pass(poll)
		h.quiet()
	})
}

func TestAPositionThatIsNotUnderstood(t *testing.T) {
	for _, position := range []string{"nonsense", `{"/x":[{"off":-1}]}`, `[]`} {
		story(t, func(h *host) {
			h.position = position
			h.add("app.log", lines(1))
			h.run()
			h.add("app.log", lines(2))
			h.wantAfter("2")
			if _, _, log := h.look(); !strings.Contains(log, "followed from now on") {
				t.Errorf("log:\n%s", log)
			}
		})
	}
}

// Notices of the system make looks come soon: here nothing else does.
func TestNotices(t *testing.T) {
	h := newHost(t)
	h.add("app.log", lines("a"))
	tail := h.tail()
	tail.poll = time.Hour
	h.start(tail)
	defer func() { h.stop() }()
	limit := time.After(20 * time.Second)
	wait := func(want string) {
		t.Helper()
		for got, _, _ := h.look(); got != want || h.Position() == ""; got, _, _ = h.look() {
			select {
			case <-h.came:
			case <-limit:
				t.Fatalf("told %q, want %q", got, want)
			}
		}
	}
	wait("")
	h.add("app.log", lines(1))
	wait("1")
	h.add("new", lines(2))
	h.must(os.Link(h.path("app.log"), h.path("app.log.1")))
	h.rename("new", "app.log") // at once, so that there is no look between
	wait("1 2")
	h.add("app.log", lines(3))
	wait("1 2 3")
}

func TestRotatedNames(t *testing.T) {
	for _, name := range []string{"a.log.1", "a.log.12", "a.log-20261129", "a.log-20261129.1", "a-20261129.log", "a.log.2026-11-29", "a.2026-11-29T03:00.log", "a.log.0"} {
		if !isRotated(name, "a.log") {
			t.Errorf("%s is not seen to be rotated", name)
		}
	}
	for _, name := range []string{"a.log", "a.log.1.gz", "a.log.old.gz", "b.log.1", "a.log.conf", "a.logs", "a.log.", "a.log-20261129.xz", "ab-1.log"} {
		if isRotated(name, "a.log") {
			t.Errorf("%s is taken for a rotated one", name)
		}
	}
	if got := []bool{isRotated("syslog.1", "syslog"), isRotated("syslog2", "syslog")}; !slices.Equal(got, []bool{true, false}) {
		t.Errorf("without an ending: %v", got)
	}
}
