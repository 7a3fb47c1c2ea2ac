package dispatch_test

import (
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

// flaky is the store with a switch that makes its commits fail.
type flaky struct {
	*store.Store
	mu  sync.Mutex
	err error
}

func (f *flaky) Commit(ctx context.Context, b *engine.Batch) error {
	f.mu.Lock()
	err := f.err
	f.mu.Unlock()
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
	return dispatch.Plan{Policy: p, Lines: lines, Render: func(n *event.Notification) (event.Message, []string) {
		e := n.Event
		m := event.Message{EventID: e.ID, Type: e.Type, Severity: e.Severity, Title: e.Type, Host: e.Host, Time: e.Time}
		if n.Burst != nil {
			m.Title = fmt.Sprintf("%s %d", e.Type, n.Burst.Count)
		} else if v, ok := e.Data["n"]; ok {
			m.Title += " " + event.Text(v)
		}
		return m, nil
	}}
}

func newRoom(t *testing.T, names ...string) *room {
	t.Helper()
	r := &room{t: t, path: filepath.Join(t.TempDir(), "tocsin.db"), sinks: map[string]*sink{}}
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
		Store: r.flaky, Saved: saved, Plan: plan(r.sinks), Log: slog.New(slog.DiscardHandler), Metrics: noMetrics{},
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

func TestEventsArriveInOrderOnEveryChannel(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		for range 3 {
			o := r.send("info")
			if o.Err != nil || len(o.Accepted.Channels) != 2 {
				t.Fatalf("outcome %+v", o)
			}
		}
		synctest.Wait()
		for _, name := range []string{"phone", "mail"} {
			wantLines(t, r.sinks[name], "INFO note 1", "INFO note 2", "INFO note 3")
		}
		if rows := r.history(); len(rows) != 6 || !rows[0].Success || rows[0].MessageID == "" {
			t.Errorf("history has %d rows, the newest %+v", len(rows), rows[0])
		}
		if left := r.waiting("phone"); len(left) != 0 {
			t.Errorf("%d parcels are left in the outbox", len(left))
		}
	})
}

func TestAnOutageCostsOneRequestEachStepAndLosesNothing(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		for range 20 {
			r.send("info")
		}
		time.Sleep(24 * time.Hour)
		attempts := len(r.history())
		if attempts < 24*4 || attempts > 24*60 {
			t.Errorf("%d attempts in a day, want one each backoff step", attempts)
		}
		r.sinks["phone"].set(nil)
		time.Sleep(15 * time.Minute)
		lines := r.sinks["phone"].lines()
		if len(lines) != 20 || lines[0] != "INFO note 1" || lines[19] != "INFO note 20" {
			t.Errorf("delivered %d messages, first and last: %v", len(lines), lines)
		}
	})
}

func TestCriticalPassesOthers(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		for range 5 {
			r.send("info")
		}
		r.send("critical")
		synctest.Wait()
		close(hold)
		synctest.Wait()
		lines := r.sinks["phone"].lines()
		if len(lines) != 6 || lines[1] != "CRITICAL note 6" {
			t.Errorf("order is %v, want the critical one second, after the one in flight", lines)
		}
	})
}

func TestASlowChannelDelaysNoOther(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["mail"].hold = make(chan struct{})
		for range 3 {
			r.send("info")
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 2", "INFO note 3")
		wantLines(t, r.sinks["mail"])
	})
}

func TestAnUnfitMessageNeverHoldsItsChannel(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(func(m *event.Message) error {
			if strings.HasSuffix(m.Title, " 1") || strings.HasSuffix(m.Title, " 2") && !m.Brief {
				return &event.SendError{Class: event.Unfit, Code: "rejected", Why: "refused", Do: "nothing"}
			}
			return nil
		})
		for range 3 {
			r.send("info")
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "INFO note 2 (brief)", "INFO note 3")
		dead, err := r.store.Outbox(t.Context(), store.OutboxFilter{Channel: "phone"})
		if err != nil || len(dead) != 1 || dead[0].State != event.Dead || dead[0].Code != "rejected" {
			t.Errorf("outbox is %+v, %v, want one dead parcel with its reason", dead, err)
		}
	})
}

func TestARefusingTargetIsProbedAndGoesOnWithNewSettings(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(func(*event.Message) error {
			return &event.SendError{Class: event.Target, Code: "unauthorized", Why: "bad token", Do: "copy it again"}
		})
		r.send("info")
		r.send("info")
		time.Sleep(time.Hour + time.Second)
		probes := 0
		for _, row := range r.history() {
			if row.Channel == "phone" {
				probes++
			}
		}
		if probes != 5 { // at once, then each quarter of an hour, of the oldest alone
			t.Errorf("%d attempts in an hour, want 5", probes)
		}
		r.sinks["phone"].set(nil)
		next := plan(r.sinks)
		line := next.Lines["phone"]
		line.Version = "2"
		next.Lines["phone"] = line
		if err := r.post.Reload(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if lines := r.sinks["phone"].lines(); len(lines) < 2 || lines[0] != "INFO note 1" {
			t.Errorf("after new settings: %v", lines)
		}
	})
}

func TestAFailingChannelIsToldOverTheOthers(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		r.send("info")
		time.Sleep(2 * time.Hour)
		r.sinks["phone"].set(nil)
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["mail"], "INFO note 1", "WARNING channel_failing", "INFO channel_recovered")
		wantLines(t, r.sinks["phone"], "INFO note 1")
	})
}

func TestNothingIsAcceptedThatIsNotKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		full := errors.New("disk is full")
		r.flaky.fault(full)
		in := &event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": "203.0.113.7"}}
		o := r.submit(in)
		if !dispatch.IsNotKept(o.Err) || !errors.Is(o.Err, full) {
			t.Fatalf("error is %v, want the store's", o.Err)
		}
		r.flaky.fault(nil)
		again := *in
		again.ID = ""
		if o = r.submit(&again); o.Err != nil || len(o.Accepted.Channels) != 1 {
			t.Fatalf("the same event after recovery: %+v; a refused one must leave no stamp", o)
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING auth_fail")
	})
}

func TestADeliveryThatCannotBeKeptIsKeptLater(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		synctest.Wait()
		r.flaky.fault(errors.New("disk is full"))
		close(hold)
		time.Sleep(time.Minute)
		if rows := r.history(); len(rows) != 0 {
			t.Fatalf("history has %d rows while nothing can be kept", len(rows))
		}
		r.flaky.fault(nil)
		time.Sleep(2 * time.Second)
		wantLines(t, r.sinks["phone"], "INFO note 1")
		if rows := r.history(); len(rows) != 1 {
			t.Errorf("history has %d rows after recovery, want 1", len(rows))
		}
	})
}

func TestARestartGoesOn(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		r.send("info")
		login := func(ip string) { r.submit(&event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": ip}}) }
		login("203.0.113.1")
		login("203.0.113.2")
		r.close()
		r.sinks["phone"].set(nil)
		r.open()
		login("203.0.113.3")
		time.Sleep(10 * time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1", "WARNING auth_fail", "WARNING burst_auth_fail 3")
	})
}

func TestAClaimIsTakenOnce(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		claim := func(digest string) event.Claim {
			return event.Claim{Key: "key", Digest: digest, Until: time.Now().Add(24 * time.Hour)}
		}
		note := func() *event.Incoming { return &event.Incoming{Type: "note"} }
		both := r.post.Submit(t.Context(), dispatch.Submission{Event: note(), Claim: claim("a")}, dispatch.Submission{Event: note(), Claim: claim("a")})
		if both[0].Accepted.Repeat || !both[1].Accepted.Repeat || both[0].Accepted.ID != both[1].Accepted.ID {
			t.Errorf("outcomes %+v", both)
		}
		r.close()
		r.open()
		o := r.post.Submit(t.Context(), dispatch.Submission{Event: note(), Claim: claim("a")})[0]
		if !o.Accepted.Repeat || o.Accepted.ID != both[0].Accepted.ID {
			t.Errorf("after a restart: %+v", o)
		}
		if o = r.post.Submit(t.Context(), dispatch.Submission{Event: note(), Claim: claim("b")})[0]; !errors.Is(o.Err, dispatch.ErrConflict) {
			t.Errorf("another body under the same key: %+v", o)
		}
		time.Sleep(25 * time.Hour)
		if o = r.post.Submit(t.Context(), dispatch.Submission{Event: note(), Claim: claim("b")})[0]; o.Err != nil || o.Accepted.Repeat {
			t.Errorf("a day later: %+v", o)
		}
	})
}

func TestDecisionsAreKeptWithinASecondAndFolded(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		for range 50 {
			r.submit(&event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": "203.0.113.7"}})
		}
		time.Sleep(2 * time.Second)
		rows, total, err := r.store.Decisions(t.Context(), store.DecisionFilter{})
		if err != nil || total != 1 || rows[0].Count != 49 || rows[0].Stage != "dedup" {
			t.Errorf("decisions are %+v, %v, want one row that counts 49 duplicates", rows, err)
		}
	})
}

func TestResultsTellOfDeliveries(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		results := make(chan event.Delivery, 4)
		o := r.post.Submit(t.Context(), dispatch.Submission{Event: &event.Incoming{Type: "note"}, Results: results})[0]
		d := <-results
		if d.EventID != o.Accepted.ID || !d.Success {
			t.Errorf("delivery %+v of event %s", d, o.Accepted.ID)
		}
		r.post.Forget(o.Accepted.ID)
	})
}

func TestAReloadMovesChannels(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["mail"].hold = make(chan struct{})
		r.send("info")
		synctest.Wait()
		mail := r.sinks["mail"]
		delete(r.sinks, "mail")
		r.sinks["desk"] = &sink{}
		if err := r.post.Reload(t.Context(), plan(r.sinks)); err != nil {
			t.Fatal(err)
		}
		close(mail.hold)
		r.send("info")
		synctest.Wait()
		wantLines(t, mail, "INFO note 1") // in flight: not cancelled
		wantLines(t, r.sinks["desk"], "INFO note 2")
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 2")
	})
}

func TestAChannelThatPanicsIsAFailingOne(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		once := true
		r.sinks["phone"].set(func(*event.Message) error {
			if once {
				once = false
				panic("boom")
			}
			return nil
		})
		r.send("info")
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1 (again)")
	})
}

func TestAfterCloseNothingIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "phone")
		r.close()
		if o := r.send("info"); !errors.Is(o.Err, dispatch.ErrClosed) {
			t.Errorf("error is %v, want ErrClosed", o.Err)
		}
	})
}

func TestCloseGivesUpOnASendThatHangs(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].hold = make(chan struct{})
		r.send("info")
		synctest.Wait()
		started := time.Now()
		r.close()
		if took := time.Since(started); took != 10*time.Second {
			t.Errorf("closing took %v, want the ten seconds it was given", took)
		}
		r.sinks["phone"].hold = nil
		r.open()
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1 (again)")
	})
}
