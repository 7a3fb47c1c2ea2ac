package dispatch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// room is a post room under test: the real loop and store, channels that write
// down what they are given.
type room struct {
	t     *testing.T
	path  string
	store *store.Store
	flaky *flaky
	plan  func(map[string]*sink) dispatch.Plan
	log   *bytes.Buffer // written by the loop and the workers, under the handler's lock
	most  engine.Volume
	heard dispatch.Reporter // nil: nobody
	post  *dispatch.Dispatcher
	sinks map[string]*sink
	n     int
}

// sink is a channel that keeps what it is sent, or fails as told.
type sink struct {
	mu   sync.Mutex
	got  []string
	fail func(m *event.Message) error // nil: accept
	hold chan struct{}                // when set, a send waits for it or its context
}

func (s *sink) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	s.mu.Lock()
	fail, hold := s.fail, s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return event.Receipt{}, &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no answer", Maybe: true}
		}
	}
	if fail != nil {
		if err := fail(m); err != nil {
			return event.Receipt{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf("%s %s", m.Severity, m.Title)
	if m.Repeat {
		line += " (again)"
	}
	if m.Brief {
		line += " (brief)"
	}
	s.got = append(s.got, line)
	return event.Receipt{MessageID: m.ID}, nil
}

func (s *sink) set(fail func(*event.Message) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *sink) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.got...)
}

// flaky is the store with switches that make its commits fail or hang.
type flaky struct {
	*store.Store
	mu   sync.Mutex
	err  error
	hang chan struct{} // when set, a commit waits for it
	dark bool          // what waits cannot be read
}

func (f *flaky) unreadable(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dark = on
}

func (f *flaky) Waiting(ctx context.Context, channel string, buffer event.Buffer, limit int) ([]event.Waiting, int, event.Severity, error) {
	f.mu.Lock()
	dark := f.dark
	f.mu.Unlock()
	if dark {
		return nil, 0, 0, errors.New("a row is damaged")
	}
	return f.Store.Waiting(ctx, channel, buffer, limit)
}

func (f *flaky) Commit(ctx context.Context, b *engine.Batch) error {
	f.mu.Lock()
	err, hang := f.err, f.hang
	f.mu.Unlock()
	if hang != nil {
		<-hang
		ctx = context.WithoutCancel(ctx) // a transaction that began is not cut short
	}
	if err != nil {
		return err
	}
	return f.Store.Commit(ctx, b)
}

func (f *flaky) fault(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

type noMetrics struct{}

func (noMetrics) Received(string)                                   {}
func (noMetrics) Decided(string, string)                            {}
func (noMetrics) Delivered(string, *event.SendError, time.Duration) {}
func (noMetrics) Refused(string, string)                            {}

func plan(sinks map[string]*sink) dispatch.Plan {
	p := &engine.Policy{
		Enabled: true, Host: "home-lab",
		Types: map[string]*engine.Type{
			"auth_fail": {
				Name: "auth_fail", Group: "security", Severity: event.Warning, Enabled: true, Fingerprint: []string{"source_ip"},
				Burst: &engine.Burst{Name: "burst_auth_fail", Threshold: 3, Window: 2 * time.Minute, By: []string{}, Samples: 2},
			},
			"channel_failing":   {Name: "channel_failing", Group: "health", Severity: event.Warning, Enabled: true, Fingerprint: []string{"channel"}},
			"channel_recovered": {Name: "channel_recovered", Group: "health", Enabled: true, Fingerprint: []string{"channel"}},
		},
		Generic: &engine.Type{Name: "custom", Group: "other", Enabled: true},
		Dedup:   engine.Setting[time.Duration]{Value: 10 * time.Second},
	}
	lines := map[string]dispatch.Line{}
	for name, s := range sinks {
		p.Channels = append(p.Channels, &engine.Channel{Name: name})
		lines[name] = dispatch.Line{Sender: s, Rich: true, GiveUp: 72 * time.Hour, Version: "1"}
	}
	p.Index()
	return dispatch.Plan{Policy: p, Lines: lines, Render: func(n *event.Notification) (event.Message, []string) {
		e := n.Event
		m := event.Message{EventID: e.ID, Type: e.Type, Severity: e.Severity, Title: e.Type, Host: e.Host, Time: e.Time}
		if n.Burst != nil {
			m.Title = fmt.Sprintf("%s %d", e.Type, n.Burst.Count)
		} else if v, ok := e.Data["n"]; ok {
			m.Title += " " + event.Text(v)
		}
		return m, nil
	}, Group: func(g dispatch.Group) []dispatch.Grouped {
		titles := make([]string, len(g.Rows))
		for i, m := range g.Rows {
			titles[i] = m.Title
		}
		title := fmt.Sprintf("%s of %d: %s", g.Buffer, g.Total, strings.Join(titles, ", "))
		if g.Late {
			title += " (late)"
		}
		if g.Early {
			title += " (early)"
		}
		m := event.Message{EventID: g.ID, Type: typeOf(g.Buffer), Severity: g.Highest, Title: title, Time: g.Now}
		return []dispatch.Grouped{{Message: m, Rows: len(g.Rows)}}
	}}
}

func typeOf(b event.Buffer) string {
	return map[event.Buffer]string{event.QuietBuffer: event.QuietSummary, event.DigestBuffer: event.DigestType, event.Backlog: event.BacklogType}[b]
}

func newRoom(t *testing.T, names ...string) *room {
	t.Helper()
	r := &room{t: t, plan: plan, log: new(bytes.Buffer), path: filepath.Join(t.TempDir(), "tocsin.db"), sinks: map[string]*sink{}}
	for _, name := range names {
		r.sinks[name] = &sink{}
	}
	r.open()
	return r
}

func (r *room) open() {
	r.t.Helper()
	s, err := store.Open(r.t.Context(), "sqlite://"+r.path)
	if err != nil {
		r.t.Fatal(err)
	}
	saved, err := s.Load(r.t.Context(), time.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	r.store, r.flaky = s, &flaky{Store: s}
	r.post, err = dispatch.New(dispatch.Options{
		Store: r.flaky, Saved: saved, Plan: r.plan(r.sinks), Log: slog.New(slog.NewTextHandler(r.log, nil)), Metrics: noMetrics{}, Most: r.most, Report: r.heard,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.post.Start()
}

func (r *room) close() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r.post.Close(ctx)
	if err := r.store.Close(); err != nil {
		r.t.Fatal(err)
	}
}

// send submits an event of a type that nobody knows, so that each is told.
func (r *room) send(severity string) dispatch.Outcome {
	r.n++
	return r.submit(&event.Incoming{Type: "note", Severity: severity, Data: map[string]any{"n": r.n}})
}

func (r *room) submit(in *event.Incoming) dispatch.Outcome {
	return r.post.Submit(r.t.Context(), dispatch.Submission{Event: in})[0]
}

func (r *room) reload(p dispatch.Plan) {
	r.t.Helper()
	if err := r.post.Reload(r.t.Context(), p); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) history() []event.Delivery {
	r.t.Helper()
	rows, _, err := r.store.History(r.t.Context(), store.HistoryFilter{})
	if err != nil {
		r.t.Fatal(err)
	}
	return rows
}

func (r *room) waiting(channel string) []event.Parcel {
	r.t.Helper()
	rows, err := r.store.Next(r.t.Context(), channel, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return rows
}

func temporary(*event.Message) error {
	return &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no answer", Do: "look at the network"}
}

func refused(*event.Message) error {
	return &event.SendError{Class: event.Target, Code: "unauthorized", Why: "bad token", Do: "copy it again"}
}

// inBubble runs a test on virtual time with a post room of its own.
func inBubble(t *testing.T, channels []string, test func(t *testing.T, r *room)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, channels...)
		test(t, r)
		r.close()
	})
}

func wantLines(t *testing.T, s *sink, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, s.lines(), cmp.Transformer("nil", func(l []string) []string { return append([]string{}, l...) })); diff != "" {
		t.Errorf("delivered differs (-want +got):\n%s", diff)
	}
}
