package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/guests"
	"tocsin/sources/health"
)

// host answers for facts as its functions say.
type host struct {
	mu    sync.Mutex
	facts map[string]func(ctx context.Context) ([]map[string]any, error)
	reads map[string]int
	now   int
	most  int // facts that were read at once
}

func newHost() *host {
	return &host{facts: map[string]func(context.Context) ([]map[string]any, error){}, reads: map[string]int{}}
}

func (h *host) Read(ctx context.Context, fact string) ([]map[string]any, error) {
	h.mu.Lock()
	h.reads[fact]++
	h.now++
	h.most = max(h.most, h.now)
	read := h.facts[fact]
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.now--
		h.mu.Unlock()
	}()
	return read(ctx)
}

// set lets a fact be one item with a level.
func (h *host) set(fact string, level float64) {
	h.on(fact, func(context.Context) ([]map[string]any, error) {
		return []map[string]any{{"level": level}}, nil
	})
}

func (h *host) on(fact string, read func(context.Context) ([]map[string]any, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.facts[fact] = read
}

func (h *host) count() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.reads)
}

// desk keeps what is found in memory.
type desk struct {
	mu       sync.Mutex
	position string
	told     []string
	reports  []string
	keeps    int
	stuck    chan struct{} // not nil: Keep waits for it
	seen     func(*event.Incoming)
}

func (d *desk) Position() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.position
}

func (d *desk) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	if d.stuck != nil {
		select {
		case <-d.stuck:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keeps++
	for _, f := range findings {
		if d.seen != nil {
			d.seen(f.Event)
		}
		d.told = append(d.told, strings.TrimSpace(f.Event.Type+" "+event.Text(f.Event.Data["value"])+" "+event.Text(f.Event.Data["categories"])))
		if f.Position != "" {
			d.position = f.Position
		}
	}
	if position != "" {
		d.position = position
	}
	return nil
}

func (d *desk) Report(trouble string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.reports); n == 0 || d.reports[n-1] != trouble {
		d.reports = append(d.reports, trouble)
	}
}

// take returns what was told since it was asked last, without changes of categories.
func (d *desk) take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, line := range d.told {
		if !strings.HasPrefix(line, "state_change") {
			out = append(out, line)
		}
	}
	d.told = nil
	return strings.Join(out, "; ")
}

// over is a check that the level of a fact is not 80 or more.
func over(name, fact string, every time.Duration) *health.Rule {
	return &health.Rule{
		Name: name, Category: "storage", Facts: []string{fact}, Own: []string{fact}, Every: every,
		Value: func(values map[string]any) (any, error) { return values["host."+fact+".level"], nil },
		Bounds: map[health.Level]*health.Bound{health.Warning: {
			When: func(values map[string]any) (bool, error) { return values["value"].(float64) >= 80, nil }, Severity: "WARNING",
		}},
		Event: name + "_high", Worse: name + "_high", Resolved: name + "_ok", Fields: map[string]event.FieldType{"value": event.Number},
	}
}

// running runs a watcher over a host, in a bubble.
func running(t *testing.T, h *host, d *desk, rules []*health.Rule, test func(log *bytes.Buffer)) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	ended := make(chan error)
	go func() {
		ended <- New(Options{Rules: rules, Host: h, Log: slog.New(slog.NewTextHandler(&log, nil))}).Run(ctx, d)
	}()
	test(&log)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestChecksAreMadeWhenTheyAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		h.set("water", 10)
		h.set("grain", 85)
		rules := []*health.Rule{over("a", "water", time.Minute), over("b", "water", 5*time.Minute), over("c", "water", time.Minute), over("g", "grain", time.Hour)}
		running(t, h, d, rules, func(*bytes.Buffer) {
			after(time.Second)
			if got := d.take(); got != "g_high 85; health_degraded  storage" {
				t.Errorf("at once: %q", got)
			}
			after(5 * time.Minute)
			h.set("water", 90)
			after(59 * time.Second)
			if got := d.take(); got != "a_high 90; c_high 90" {
				t.Errorf("within a minute: %q", got)
			}
			after(5 * time.Minute)
			if got := d.take(); got != "b_high 90" {
				t.Errorf("within five: %q", got)
			}
			if got := fmt.Sprint(h.count()); got != "map[grain:1 water:12]" {
				t.Errorf("reads: %s", got)
			}
		})
	})
}

func TestAFactThatHangsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		free := make(chan struct{})
		h.set("water", 10)
		h.on("grain", func(context.Context) ([]map[string]any, error) {
			<-free
			return []map[string]any{{"level": 99.0}}, nil
		})
		rules := []*health.Rule{over("a", "water", 10*time.Second), over("g", "grain", 2*time.Minute)}
		running(t, h, d, rules, func(*bytes.Buffer) {
			after(5 * time.Second)
			h.set("water", 90)
			after(6 * time.Second)
			if got := d.take(); !strings.HasPrefix(got, "a_high 90") {
				t.Errorf("while it hangs: %q", got)
			}
			after(6 * time.Minute)
			if got := d.take(); got != "health_degraded  storage; unknown_persistent" {
				t.Errorf("after a while: %q", got)
			}
			reads := h.count()
			if reads["grain"] != 1 || reads["water"] < 25 {
				t.Errorf("reads: %v", reads)
			}
			if last := d.reports[len(d.reports)-1]; !strings.HasPrefix(last, "host.grain has not answered since ") {
				t.Errorf("reports: %q", d.reports)
			}
			close(free)
			after(3 * time.Minute)
			if got := d.take(); got != "g_high 99" {
				t.Errorf("when it answers again: %q", got)
			}
			if last := d.reports[len(d.reports)-1]; last != "" {
				t.Errorf("reports: %q", d.reports)
			}
		})
	})
}

// Readers may obey the context, fail, panic, or answer with what is none.
func TestAFactThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		h.set("water", 90)
		h.on("slow", func(ctx context.Context) ([]map[string]any, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("host.slow: %w", ctx.Err())
		})
		h.on("broken", func(context.Context) ([]map[string]any, error) {
			return nil, errors.New("host.broken: no gauge: buy one")
		})
		h.on("odd", func(context.Context) ([]map[string]any, error) { panic("odd") })
		var rules []*health.Rule
		for _, fact := range []string{"slow", "broken", "odd", "water"} {
			rules = append(rules, over(fact, fact, 5*time.Minute))
		}
		running(t, h, d, rules, func(log *bytes.Buffer) {
			after(30 * time.Second)
			if got := d.take(); !strings.HasPrefix(got, "water_high 90") {
				t.Errorf("told %q", got)
			}
			after(12 * time.Minute)
			if got := d.take(); strings.Count(got, "unknown_persistent") != 3 {
				t.Errorf("told %q", got)
			}
			if got := h.count(); got["slow"] != 3 || got["odd"] != 3 {
				t.Errorf("reads: %v", got)
			}
			if got := strings.Join(d.reports, "|"); !strings.Contains(got, "host.broken: no gauge: buy one; and 2 more like it") {
				t.Errorf("reports: %s", got)
			}
		})
	})
}

func TestFewFactsAreReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		var rules []*health.Rule
		for n := range 20 {
			fact := fmt.Sprint("f", n)
			h.on(fact, func(context.Context) ([]map[string]any, error) {
				time.Sleep(time.Second)
				return []map[string]any{{"level": 90.0}}, nil
			})
			rules = append(rules, over(fact, fact, time.Minute))
		}
		running(t, h, d, rules, func(*bytes.Buffer) {
			after(10 * time.Second)
			if got := d.take(); h.most != atOnce || strings.Count(got, "_high") != 20 || strings.Count(got, "health_degraded") != 1 {
				t.Errorf("%d at once, told %q", h.most, got)
			}
		})
	})
}

// What was found and what is about to be goes on over a restart, wherever that falls.
func TestARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		rule := over("a", "water", 10*time.Second)
		rule.Sustain = 2 * time.Minute
		h.set("water", 90)
		var told []string
		for range 6 {
			running(t, h, d, []*health.Rule{rule}, func(*bytes.Buffer) { after(65 * time.Second) })
			told = append(told, d.take())
		}
		if got := strings.Join(told, "|"); got != "|a_high 90; health_degraded  storage||||" {
			t.Errorf("told %q", got)
		}
		h.set("water", 1)
		running(t, h, d, nil, func(*bytes.Buffer) { after(time.Second) })
		if got := d.take(); got != "a_ok" {
			t.Errorf("when the check is gone: %q", got)
		}
		d.position = "nonsense"
		running(t, h, d, []*health.Rule{rule}, func(log *bytes.Buffer) {
			after(time.Second)
			if !strings.Contains(log.String(), "as if nothing had been found before") {
				t.Errorf("log: %s", log)
			}
		})
	})
}

// The looks wait for a store that does not take what they find.
func TestAStoreThatDoesNotTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{stuck: make(chan struct{})}
		h.set("water", 90)
		running(t, h, d, []*health.Rule{over("a", "water", time.Minute)}, func(*bytes.Buffer) {
			after(time.Hour)
			close(d.stuck)
			after(time.Second)
			if got := d.take(); got != "a_high 90; health_degraded  storage" || h.count()["water"] > 2 {
				t.Errorf("told %q, %v reads", got, h.count())
			}
		})
	})
}

// An event about a guest has what Proxmox VE knows of it.
func TestGuestsAreNamed(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "nodes", "barn", "lxc")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "4200.conf"), []byte("hostname: reader\ntags: a;b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	rule := over("disk", "disk", time.Hour)
	rule.Fields["vmid"] = event.Number
	board, _ := health.Open([]*health.Rule{rule}, "", time.Time{})
	changes, _ := board.Look(time.Now(), "disk", map[string]health.Answer{"disk": {Items: []map[string]any{{"level": 90.0, "vmid": 4200.0}}}})
	r := &run{Watcher: New(Options{Guests: guests.New(root)}), ctx: t.Context(), desk: &desk{}}
	var told *event.Guest
	r.desk.(*desk).seen = func(e *event.Incoming) { told = e.Guest }
	if err := r.keep(changes); err != nil || told == nil || told.Name != "reader" || told.Node != "barn" || fmt.Sprint(told.Tags) != "[a b]" {
		t.Errorf("%v, guest is %+v", err, told)
	}
}

// A quiet host costs no write.
func TestAQuietHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := newHost(), &desk{}
		h.set("water", 1)
		running(t, h, d, []*health.Rule{over("a", "water", time.Minute)}, func(*bytes.Buffer) {
			after(time.Hour)
			if d.keeps != 0 {
				t.Errorf("%d writes", d.keeps)
			}
		})
	})
}
