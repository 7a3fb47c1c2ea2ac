package watch

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

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/guests"
	"tocsin/sources/tasks"
)

// desk keeps what is handed in.
type desk struct {
	mu       sync.Mutex
	position string
	told     []*event.Incoming
	trouble  string
	log      string
	refuse   int // findings that are kept before everything ends; 0: all
	end      context.CancelFunc
}

func (d *desk) Position() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.position
}

func (d *desk) Report(t string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trouble = t
}

func (d *desk) hindered() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

// events are those so far.
func (d *desk) events() []*event.Incoming {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.told)
}

// Write takes what is logged.
func (d *desk) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log += string(line)
	return len(line), nil
}

func (d *desk) logged() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log
}

func (d *desk) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range findings {
		d.told = append(d.told, f.Event)
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
	return nil
}

// words are the events so far: type, and the digits of the process.
func (d *desk) words() string {
	var list []string
	for _, e := range d.events() {
		upid, _ := tasks.ParseUPID(event.Text(e.Data["upid"]))
		list = append(list, fmt.Sprintf("%s-%d", e.Type, upid.PID))
	}
	return strings.Join(list, " ")
}

// host is a folder of tasks, and the watcher over it.
type host struct {
	t   *testing.T
	dir string
	desk
	rules []*tasks.Rule
	stop  func()
}

// emission raises an event that says which task it is.
func emission(typ string) *tasks.Emission {
	return &tasks.Emission{Event: typ, Fields: map[string]event.FieldType{"upid": event.String, "reason": event.String}}
}

func newHost(t *testing.T) *host {
	h := &host{t: t, dir: filepath.Join(t.TempDir(), "tasks")}
	h.rules = []*tasks.Rule{{Name: "all", Workers: []string{"qmstart", "vzdump"}, Emits: [4]*tasks.Emission{emission("start"), emission("ok"), emission("warn"), emission("fail")}}}
	if err := os.Mkdir(h.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return h
}

// run starts the watcher, without notices of the system, and lets it look once.
func (h *host) run() {
	h.t.Helper()
	w := New(Options{Rules: h.rules, Dir: h.dir, Log: slog.New(slog.NewTextHandler(&h.desk, nil))})
	w.notices = func() *notices { return nil }
	ctx, cancel := context.WithCancel(h.t.Context())
	h.end = cancel
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx, &h.desk) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		h.stop = func() {}
	}
	synctest.Wait()
}

func (h *host) look() {
	time.Sleep(poll)
	synctest.Wait()
}

func (h *host) want(words string) {
	h.t.Helper()
	if got := h.words(); got != words {
		h.t.Errorf("told %q, want %q", got, words)
	}
}

func (h *host) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) add(name, text string) {
	h.t.Helper()
	f, err := os.OpenFile(filepath.Join(h.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) rename(from, to string) {
	h.t.Helper()
	if err := os.Rename(filepath.Join(h.dir, from), filepath.Join(h.dir, to)); err != nil {
		h.t.Fatal(err)
	}
}

// upid names a task by its number.
func upid(n int) string {
	return fmt.Sprintf("UPID:barn:%08X:00C0FFEE:%08X:qmstart:%d:ann@pam:", n, time.Now().Unix(), 4000+n)
}

// ended is the line of a task that ended now.
func ended(n int, status string) string {
	return fmt.Sprintf("%s %08X %s\n", upid(n), time.Now().Unix(), status)
}

// story runs a test on virtual time.
func story(t *testing.T, test func(h *host)) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.stop = func() {}
		test(h)
		h.stop()
	})
}

func TestOnlyWhatIsNewIsTold(t *testing.T) {
	story(t, func(h *host) {
		running := upid(2)
		h.write("index", ended(1, "OK"))
		h.write("active", running+" 0\n")
		h.run()
		h.look()
		h.want("")
		h.add("index", fmt.Sprintf("%s %08X OK\n", running, time.Now().Unix())+ended(3, "broken")+"odd line\n"+ended(4, "WARNINGS: 1"))
		h.look()
		h.want("ok-2 fail-3 warn-4")
		if e := h.events()[0]; e.Guest == nil || e.Guest.ID != "4002" || e.Source != "tasks" {
			t.Errorf("%+v", e)
		}
	})
}

func TestStartsAreToldOnce(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", "")
		h.run()
		one, two := upid(1), upid(2)
		h.write("active", two+" 0\n"+one+" 0\n")
		h.look()
		h.want("start-1 start-2")
		h.look()
		h.stop()
		h.run()
		h.look()
		h.want("start-1 start-2")
		h.write("index", fmt.Sprintf("%s %08X OK\n", one, time.Now().Unix()))
		h.look()
		h.look()
		h.want("start-1 start-2 ok-1")
	})
}

func TestALineWaitsForItsEnd(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", ended(1, "OK"))
		h.run()
		line := ended(2, "it broke")
		h.add("index", line[:len(line)-5])
		h.look()
		h.want("")
		h.add("index", line[len(line)-5:]+ended(3, "OK"))
		h.look()
		h.want("fail-2 ok-3")
		if reason := h.events()[0].Data["reason"]; reason != "it broke" {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestRotation(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", ended(1, "OK"))
		h.run()
		h.add("index", ended(2, "OK"))
		h.rename("index", "index.1")
		h.look()
		h.want("ok-2")
		h.look()
		h.write("index", ended(3, "OK"))
		h.look()
		h.want("ok-2 ok-3")
		h.stop()
		// While nobody looks, the list is rotated twice, of which one is kept under a number.
		h.add("index", ended(4, "OK"))
		h.rename("index.1", "index.2")
		h.rename("index", "index.1")
		h.write("index", ended(5, "OK"))
		h.add("index", ended(6, "OK"))
		h.rename("index.1", "index.2")
		h.rename("index", "index.1")
		h.write("index", ended(7, "OK"))
		h.run()
		h.want("ok-2 ok-3 ok-4 ok-5 ok-6 ok-7")
	})
}

// Where the list that was read is gone, what is new is told, and nothing twice.
func TestALostPlace(t *testing.T) {
	for name, lose := range map[string]func(h *host){
		"replaced": func(h *host) {
			if err := os.Remove(filepath.Join(h.dir, "index")); err != nil {
				h.t.Fatal(err)
			}
			h.write("other", "x") // takes the number of the file that is gone, where the system gives it again
		},
		"rewritten": func(*host) {},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(h *host) {
				old := ended(1, "OK")
				h.write("index", old)
				h.run()
				time.Sleep(time.Hour)
				two := ended(2, "OK")
				h.add("index", two)
				h.look()
				lose(h)
				time.Sleep(time.Minute)
				h.write("index", two+old+ended(3, "OK"))
				h.look()
				h.want("ok-2 ok-3")
				h.add("index", ended(4, "OK"))
				h.look()
				h.want("ok-2 ok-3 ok-4")
				if !strings.Contains(h.logged(), "not the one that was read last") {
					t.Error(h.logged())
				}
			})
		})
	}
}

// A list that is written anew between being recognised and being read is lost to the
// next look, and nothing in it is told as if it were new.
func TestRewrittenBeforeItIsRead(t *testing.T) {
	story(t, func(h *host) {
		old := ended(1, "OK")
		h.write("index", ended(7, "OK")+old)
		time.Sleep(time.Hour)
		r := &run{Watcher: New(Options{Rules: h.rules, Dir: h.dir, Log: slog.New(slog.NewTextHandler(&h.desk, nil))}), ctx: t.Context(), desk: &h.desk, matcher: tasks.NewMatcher(h.rules), told: map[string]time.Time{}}
		if err := r.begin(nil); err != nil {
			t.Fatal(err)
		}
		l, err := openList(filepath.Join(h.dir, "index"))
		if err != nil || !l.Is(&r.at.Place) {
			t.Fatal(err, "the list is not recognised")
		}
		defer l.Close()
		time.Sleep(time.Hour)
		h.write("index", old+ended(2, "OK")+ended(3, "OK"))
		for _, step := range []func() error{func() error { return r.read(l, false) }, r.keep} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		h.want("")
		for _, step := range []func() error{r.ends, r.keep} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		h.want("ok-2 ok-3")
	})
}

func TestTruncatedAndGrownAgain(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", ended(1, "OK"))
		h.run()
		time.Sleep(time.Minute)
		h.write("index", ended(2, "a status that makes it longer than the list was before"))
		h.look()
		h.want("fail-2")
	})
}

// Whatever is kept when everything ends, nothing is missing and nothing comes twice.
func TestKilledInTheMiddle(t *testing.T) {
	for kept := 1; kept <= 4; kept++ {
		story(t, func(h *host) {
			h.write("index", ended(1, "OK"))
			h.run()
			h.stop()
			h.write("active", upid(9)+" 0\n")
			h.add("index", ended(2, "OK")+ended(3, "no")+ended(4, "OK"))
			h.refuse = kept
			h.run()
			h.stop()
			h.run()
			h.look()
			h.want("start-9 ok-2 fail-3 ok-4")
		})
	}
}

func TestNoProxmoxYet(t *testing.T) {
	story(t, func(h *host) {
		if err := os.Remove(h.dir); err != nil {
			t.Fatal(err)
		}
		h.run()
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := strings.Count(h.logged(), "\n"); n != 1 || h.hindered() != "" {
			t.Errorf("%d lines, trouble %q: %s", n, h.hindered(), h.logged())
		}
		if err := os.Mkdir(h.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		h.look()
		h.write("index", ended(1, "OK"))
		h.look()
		h.want("ok-1")
	})
}

func TestAnUnreadableList(t *testing.T) {
	story(t, func(h *host) {
		h.write("index/x", "")
		h.run()
		if !strings.Contains(h.hindered(), "index is no regular file") {
			t.Errorf("trouble %q", h.hindered())
		}
		if err := os.RemoveAll(filepath.Join(h.dir, "index")); err != nil {
			t.Fatal(err)
		}
		h.look()
		if h.hindered() != "" {
			t.Errorf("trouble %q", h.hindered())
		}
	})
}

func TestAnOddPosition(t *testing.T) {
	for _, text := range []string{"{", "null x", `{"off":-1}`} {
		story(t, func(h *host) {
			h.position = text
			h.write("index", ended(1, "OK"))
			h.run()
			h.add("index", ended(2, "OK"))
			h.look()
			h.want("ok-2")
			if !strings.Contains(h.logged(), "from now on") {
				t.Error(h.logged())
			}
		})
	}
}

func TestThePositionStaysSmall(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", "")
		h.run()
		for n := range 2000 {
			h.add("index", ended(n, "OK"))
		}
		h.look()
		if len(h.events()) != 2000 || len(h.Position()) > 4000 {
			t.Errorf("%d events, position of %d bytes", len(h.events()), len(h.Position()))
		}
	})
}

func TestHugeLines(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", "")
		h.run()
		h.add("index", ended(1, "OK")+strings.Repeat("x", 3<<20)+"\n"+ended(2, strings.Repeat("y", 2<<20))+ended(3, "OK"))
		h.look()
		h.want("ok-1 fail-2 ok-3")
		if reason := event.Text(h.events()[1].Data["reason"]); len(reason) > 1300 {
			t.Errorf("a reason of %d bytes", len(reason))
		}
	})
}

func TestTheLogGivesTheReason(t *testing.T) {
	story(t, func(h *host) {
		h.write("index", "")
		h.run()
		line := ended(1, "job errors")
		id, _ := tasks.ParseUPID(upid(1))
		h.write(id.Folder()+"/"+id.Text, strings.Repeat("progress\n", logHead/8)+"ERROR: the belt is torn\nTASK ERROR: job errors\n")
		h.add("index", line)
		h.look()
		h.want("fail-1")
		if reason := h.events()[0].Data["reason"]; reason != "the belt is torn" {
			t.Errorf("reason %q", reason)
		}
	})
}

// The system's notices bring a look at once, and the start of a task that is on no
// list any more.
func TestNotices(t *testing.T) {
	h := newHost(t)
	h.write("index", "")
	h.write("A/x", "")
	h.guests()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var told []string
	d := &noticed{found: make(chan *event.Incoming, 10)}
	done := make(chan error, 1)
	w := New(Options{Rules: h.rules, Dir: h.dir, Guests: guests.New(filepath.Join(filepath.Dir(h.dir), "pve")), Log: slog.New(slog.DiscardHandler)})
	began := make(chan struct{})
	d.began = func() { close(began) }
	go func() { done <- w.Run(ctx, d) }()
	<-began
	h.write("A/UPID:barn:00000001:00C0FFEE:67A03C0A:qmstart:4001:ann@pam:", "TASK OK\n")
	h.add("index", "UPID:barn:00000001:00C0FFEE:67A03C0A:qmstart:4001:ann@pam: 67A03C0B OK\n")
	for range 2 {
		select {
		case e := <-d.found:
			told = append(told, e.Type)
			if e.Guest.Name != "plough" || e.Guest.Node != "barn" {
				t.Errorf("guest %+v", e.Guest)
			}
		case <-ctx.Done():
			t.Fatalf("told %v", told)
		}
	}
	if !slices.Equal(told, []string{"start", "ok"}) {
		t.Errorf("told %v", told)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// guests writes the configuration of one.
func (h *host) guests() {
	h.write("../pve/nodes/barn/qemu-server/4001.conf", "name: plough\n")
}

// noticed is a desk that tells what it gets.
type noticed struct {
	found chan *event.Incoming
	began func()
}

func (n *noticed) Position() string { return "" }
func (n *noticed) Report(string)    {}
func (n *noticed) Keep(_ context.Context, _ string, findings ...sources.Finding) error {
	if n.began != nil {
		n.began()
		n.began = nil
	}
	for _, f := range findings {
		n.found <- f.Event
	}
	return nil
}

func FuzzPosition(f *testing.F) {
	f.Add(`{"dev":1,"ino":2,"off":3,"head":"x","began":["a"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePosition(text)
		if err != nil {
			return
		}
		p.begin("x")
		p.end("y")
		if again, err := parsePosition(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%q: %v", text, err)
		}
	})
}
