package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// scale is how large the floods are, and what they may cost.
type scale struct {
	together, minute int // events that are submitted together, and in a minute
	live, peak       int // bytes that a flood may add to what is alive, and the heap may have at any time
}

// scaled returns the whole scale for TOCSIN_LONG=1 go test -v
// ./cmd/internal/daemon, and else a hundredth of it.
func scaled() scale {
	if os.Getenv("TOCSIN_LONG") != "" {
		return scale{250, 100_000, 64 << 20, 256 << 20}
	}
	return scale{25, 1000, 8 << 20, 128 << 20}
}

// TestAFloodOfOneKindIsAHandfulOfMessages sends 100,000 refused logins a minute,
// ten minutes long, to the built-in behaviour: a million events.
func TestAFloodOfOneKindIsAHandfulOfMessages(t *testing.T) {
	for name, address := range map[string]func(n int) string{
		"one address":          func(int) string { return "203.0.113.7" },
		"each another address": func(n int) string { return fmt.Sprintf("198.18.%d.%d/%d", n>>8&255, n&255, n>>16) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDeluge(t)
				login := func(n int) *event.Incoming {
					return &event.Incoming{Type: "auth_fail", Host: "pve1", Data: map[string]any{"source_ip": address(n), "user": "root", "service": "sshd"}}
				}
				d.last(5*time.Minute, login)
				at, alarm := time.Now(), d.submit(&event.Incoming{Type: "disk_failure", Host: "pve1", Data: map[string]any{"device": "/dev/sda"}})[0]
				d.last(5*time.Minute, login)
				if m, told := d.told.find(alarm.Accepted.ID); !told || m.Time.Sub(at) > 10*time.Second {
					t.Errorf("a CRITICAL event in the flood is told after %v (%v), want at most ten seconds", m.Time.Sub(at), alarm.Err)
				}
				time.Sleep(3 * time.Hour) // until the last summary
				d.report()
				d.checkCounts("auth_fail", "burst_auth_fail")
				d.checkMemory()
			})
		})
	}
}

// TestAFloodOfDifferentEventsCostsNoMemory sends events that are all news, over a
// channel that takes them, and longer over one that is down: at the whole scale
// more than may wait.
func TestAFloodOfDifferentEventsCostsNoMemory(t *testing.T) {
	for name, minutes := range map[string]time.Duration{"the channel works": 1, "the channel is down": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDeluge(t)
				d.told.fail(minutes > 1)
				d.last(minutes*time.Minute, func(n int) *event.Incoming {
					return &event.Incoming{Type: "backup_complete", Host: "pve1", Data: map[string]any{"vmid": n, "storage": "nas", "size": "1.5 GiB", "duration": "3m 31s"}}
				})
				synctest.Wait()
				d.report()
				d.checkFates("backup_complete")
				d.checkMemory()
			})
		})
	}
}

// deluge is a post room with the built-in behaviour and a real store, on virtual
// time.
type deluge struct {
	t     *testing.T
	path  string
	store *store.Store
	post  *dispatch.Dispatcher
	told  *tally

	n                 int // events of the flood so far
	accepted, refused int
	took              time.Duration
	base              runtime.MemStats
	peak              uint64 // of the heap
}

func newDeluge(t *testing.T) *deluge {
	t.Helper()
	l := newLoader(Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	none := func(name string) (string, error) { return "", fmt.Errorf("%s: %w", name, os.ErrNotExist) }
	v, _, on := l.compile(map[string][]byte{"tocsin.hcl": []byte(builtInAlone)}, func(string) ([]byte, error) { return nil, os.ErrNotExist }, none)
	if v == nil {
		t.Fatal(on.diags)
	}
	d := &deluge{t: t, path: filepath.Join(inMemory(t), "tocsin.db"), told: &tally{}}
	s, err := store.Open(t.Context(), "sqlite://"+d.path)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := s.Load(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	plan := v.plan()
	line := plan.Lines["console"]
	line.Sender = d.told
	plan.Lines["console"] = line
	d.store = s
	d.post, err = dispatch.New(dispatch.Options{Store: s, Saved: saved, Plan: plan, Log: slog.New(slog.DiscardHandler), Metrics: noMetrics{}})
	if err != nil {
		t.Fatal(err)
	}
	d.post.Start()
	t.Cleanup(func() {
		d.post.Close(context.Background())
		s.Close()
	})
	runtime.GC()
	runtime.ReadMemStats(&d.base)
	return d
}

const builtInAlone = `
tocsin {
  enabled      = true
  display_name = "home-lab"
  timezone     = "UTC"
}
` + console

// inMemory is a folder that costs no syncing, where there is one.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tocsin-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

type noMetrics struct{}

func (noMetrics) Received(string)                                   {}
func (noMetrics) Decided(string, string)                            {}
func (noMetrics) Delivered(string, *event.SendError, time.Duration) {}
func (noMetrics) Refused(string, string)                            {}

// last sends events for so long.
func (d *deluge) last(long time.Duration, next func(n int) *event.Incoming) {
	d.t.Helper()
	started, size := cpu(d.t), scaled()
	rest := time.Minute * time.Duration(size.together) / time.Duration(size.minute)
	for end := d.n + size.minute*int(long/time.Minute); d.n < end; time.Sleep(rest) {
		var list []*event.Incoming
		for range size.together {
			list = append(list, next(d.n))
			d.n++
		}
		d.submit(list...)
		d.sample()
	}
	d.took += cpu(d.t) - started
}

func (d *deluge) submit(list ...*event.Incoming) []dispatch.Outcome {
	submissions := make([]dispatch.Submission, len(list))
	for i, in := range list {
		submissions[i].Event = in
	}
	outcomes := d.post.Submit(d.t.Context(), submissions...)
	for _, o := range outcomes {
		switch {
		case o.Err == nil:
			d.accepted++
		case dispatch.IsNotKept(o.Err) || errors.Is(o.Err, dispatch.ErrBusy) || errors.Is(o.Err, dispatch.ErrFull):
			d.refused++
		default:
			d.t.Fatal(o.Err)
		}
	}
	return outcomes
}

func (d *deluge) sample() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	d.peak = max(d.peak, m.HeapInuse)
}

// report says what the flood took. The resident memory is that of the whole test
// with all that ran before.
func (d *deluge) report() {
	size := int64(0)
	for _, suffix := range []string{"", "-wal"} {
		if state, err := os.Stat(d.path + suffix); err == nil {
			size += state.Size()
		}
	}
	d.t.Logf("%d events accepted and %d refused in %v of processor time; %d messages told, %d wait; heap at most %d MiB, %d MiB more alive than before, resident %s, database %d MiB",
		d.accepted, d.refused, d.took.Round(time.Millisecond), d.told.count(), d.waiting(""), d.peak>>20, d.alive()>>20, resident(), size>>20)
}

// alive is how much more the heap holds than before the flood.
func (d *deluge) alive() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) - int64(d.base.HeapAlloc)
}

func (d *deluge) checkMemory() {
	d.t.Helper()
	size := scaled()
	if alive := d.alive(); alive > int64(size.live) {
		d.t.Errorf("%d MiB more are alive than before the flood, want at most %d", alive>>20, size.live>>20)
	}
	if d.peak > uint64(size.peak) {
		d.t.Errorf("the heap had %d MiB, want at most %d", d.peak>>20, size.peak>>20)
	}
}

var number = regexp.MustCompile(`\d+`)

// checkCounts holds the summaries against what was sent: each counts the flood so
// far, and the last one all of it; decisions and messages add up as well.
func (d *deluge) checkCounts(single, summary string) {
	t := d.t
	t.Helper()
	const handful = 10
	sent := d.accepted - 1 // without the CRITICAL one
	before, singles := 0, 0
	for _, m := range d.told.all() {
		switch m.Type {
		case single:
			singles++
		case summary:
			n, err := strconv.Atoi(number.FindString(strings.ReplaceAll(m.Title, ",", "")))
			if err != nil || n <= before {
				t.Errorf("a summary says %q behind one of %d", m.Title, before)
			}
			before = n
		}
	}
	if before != sent {
		t.Errorf("the last summary counts %d events, want %d", before, sent)
	}
	if n := d.told.count(); n > handful {
		t.Errorf("%d messages were told, want a handful", n)
	}
	stopped := 0
	for _, outcome := range []string{"suppressed", "folded"} {
		stopped += d.decided(single, outcome)
	}
	if singles+stopped != sent {
		t.Errorf("%d events were told by themselves and %d stopped or merged, want %d in all", singles, stopped, sent)
	}
}

// decided counts the events of a type to which something happened.
func (d *deluge) decided(typ, outcome string) int {
	d.t.Helper()
	n := 0
	for from, total := 0, 1; from < total; from += 1000 {
		var page []event.Decision
		var err error
		page, total, err = d.store.Decisions(d.t.Context(), store.DecisionFilter{Type: typ, Outcome: outcome, Page: store.Page{Limit: 1000, Offset: from}})
		if err != nil {
			d.t.Fatal(err)
		}
		for i := range page {
			n += page[i].Count
		}
	}
	return n
}

// waiting counts the messages in the outbox; typ chooses those of a type.
func (d *deluge) waiting(typ string) int {
	d.t.Helper()
	_, tallies, err := d.store.Unsent(d.t.Context(), store.UnsentFilter{Type: typ, Page: store.Page{Limit: 1}})
	if err != nil {
		d.t.Fatal(err)
	}
	n := 0
	for _, tally := range tallies {
		n += tally.Count
	}
	return n
}

// checkFates wants each event that was accepted to be told, to wait, or to be
// merged into a message that does; and no more to wait than may.
func (d *deluge) checkFates(typ string) {
	d.t.Helper()
	told := 0
	for _, m := range d.told.all() {
		if m.Type == typ {
			told++
		}
	}
	waiting, merged := d.waiting(typ), d.decided(typ, "folded")
	if told+waiting+merged != d.accepted {
		d.t.Errorf("%d events are told, %d wait and %d are merged, want %d in all", told, waiting, merged, d.accepted)
	}
	const most = 100_000
	if n := d.waiting(""); n > most {
		d.t.Errorf("%d messages wait, want at most %d", n, most)
	}
}

// tally is a channel that remembers what it was told and when, without the text.
type tally struct {
	mu   sync.Mutex
	down bool
	got  []event.Message
}

func (s *tally) fail(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Send takes a message, unless the channel is down.
func (s *tally) Send(_ context.Context, m *event.Message) (event.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return event.Receipt{}, &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no answer", Do: "look at the network"}
	}
	s.got = append(s.got, event.Message{EventID: m.EventID, Type: m.Type, Title: m.Title, Time: time.Now()})
	return event.Receipt{MessageID: m.ID}, nil
}

func (s *tally) all() []event.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]event.Message{}, s.got...)
}

func (s *tally) count() int { return len(s.all()) }

func (s *tally) find(id string) (event.Message, bool) {
	for _, m := range s.all() {
		if m.EventID == id {
			return m, true
		}
	}
	return event.Message{}, false
}

// resident is the memory of the process as the kernel counts it.
func resident() string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}
