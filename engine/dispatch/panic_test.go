package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

// newRoomWith is a room whose dispatcher is set up otherwise.
func newRoomWith(t *testing.T, change func(*dispatch.Options), names ...string) *room {
	t.Helper()
	r := newRoom(t, names...)
	r.post.Close(t.Context())
	saved, err := r.store.Load(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	opts := dispatch.Options{Store: r.flaky, Saved: saved, Plan: r.plan(r.sinks), Log: slogTo(r.log), Metrics: noMetrics{}}
	change(&opts)
	if r.post, err = dispatch.New(opts); err != nil {
		t.Fatal(err)
	}
	r.post.Start()
	return r
}

// fragile is a condition that panics over events of a type.
type fragile string

func (f fragile) Match(e *event.Event) (bool, error) {
	if e.Type == string(f) {
		panic("a condition that cannot stand " + e.Type)
	}
	return true, nil
}

// counter counts what was told of panics, by part.
type counter struct{ loop, worker atomic.Int32 }

func (c *counter) note(part string) {
	if part == "worker" {
		c.worker.Add(1)
		return
	}
	c.loop.Add(1)
}

func fragilePlan(r *room, typ string) dispatch.Plan {
	p := r.plan(r.sinks)
	for _, ch := range p.Policy.Channels {
		ch.When = fragile(typ)
	}
	p.Policy.Index()
	return p
}

// One event that the judge cannot stand takes nothing with it: those that came
// in the same moment are told, and it alone is refused, with its type in the log.
func TestAnEventThatMakesTheJudgePanicIsRefusedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told counter
		r := newRoomWith(t, func(o *dispatch.Options) { o.Panicked = told.note }, "phone")
		defer r.close()
		r.reload(fragilePlan(r, "poison"))
		list := []dispatch.Submission{
			{Event: &event.Incoming{Type: "note", Data: map[string]any{"n": 1}}},
			{Event: &event.Incoming{Type: "poison"}, Claim: event.Claim{Key: "k", Digest: "d", Until: time.Now().Add(time.Hour)}},
			{Event: &event.Incoming{Type: "note", Data: map[string]any{"n": 2}}, Claim: event.Claim{Key: "l", Digest: "d", Until: time.Now().Add(time.Hour)}},
		}
		outcomes := r.post.Submit(t.Context(), list...)
		for i, o := range outcomes {
			if want := i == 1; errors.Is(o.Err, dispatch.ErrFault) != want || o.Err != nil != want {
				t.Errorf("event %d: %v", i, o.Err)
			}
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 2")
		if log := r.log.String(); !strings.Contains(log, "event_type=poison") || !strings.Contains(log, "fragile.Match") {
			t.Errorf("the log names neither the type nor the place:\n%s", log)
		}
		again := r.post.Submit(t.Context(), list[2], dispatch.Submission{
			Event: &event.Incoming{Type: "note", Data: map[string]any{"n": 3}}, Claim: event.Claim{Key: "k", Digest: "other", Until: time.Now().Add(time.Hour)},
		})
		if !again[0].Accepted.Repeat || again[1].Err != nil {
			t.Errorf("keys: %+v, want the one that was kept taken and the one that was refused free", again)
		}
		if n := told.loop.Load(); n != 1 {
			t.Errorf("%d panics were told, want one for one cause", n)
		}
	})
}

// The state that a panic leaves is the one before it: what the event had stamped
// by then does not suppress its next try.
func TestAPanicLeavesNoTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "phone")
		defer r.close()
		broken, mended := r.plan(r.sinks), r.plan(r.sinks)
		broken.Render = func(*event.Notification) (event.Message, []string) { panic("a template that cannot stand it") }
		r.reload(broken)
		login := &event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": "203.0.113.1"}}
		if o := r.submit(login); !errors.Is(o.Err, dispatch.ErrFault) {
			t.Fatalf("outcome is %v", o.Err)
		}
		if stamps, bursts, _, _ := r.post.Status(t.Context()); stamps+bursts != 0 {
			t.Errorf("%d fingerprints and %d bursts are remembered of what was refused", stamps, bursts)
		}
		r.reload(mended)
		login.ID = ""
		if o := r.submit(login); o.Err != nil {
			t.Fatal(o.Err)
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING auth_fail")
	})
}

// A notice about the channel that makes the judge panic keeps back neither the
// delivery that raised it nor those behind it.
func TestADeliveryThatTheJudgeCannotStandIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "phone", "mail")
		defer r.close()
		r.sinks["phone"].set(temporary)
		r.reload(fragilePlan(r, "channel_failing"))
		r.send("info")
		time.Sleep(10 * time.Minute)
		r.sinks["phone"].set(nil)
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["phone"], "INFO note 1")
		wantLines(t, r.sinks["mail"], "INFO note 1")
		if left := r.waiting("phone"); len(left) != 0 {
			t.Errorf("%d messages are still queued", len(left))
		}
	})
}

// What panics by itself, with no event to blame, is tried again a second later
// and not at once, and does not keep anybody from being heard.
func TestAPanicWithoutAnEventDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told counter
		r := newRoomWith(t, func(o *dispatch.Options) { o.Panicked = told.note }, "phone")
		defer r.close()
		for ip := range 2 { // the second is held until the window ends
			r.submit(&event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": string(rune('a' + ip))}})
		}
		broken := r.plan(r.sinks)
		broken.Render = func(*event.Notification) (event.Message, []string) { panic("no") }
		r.reload(broken)
		time.Sleep(2*time.Minute + 10*time.Second)
		if n := told.loop.Load(); n < 5 || n > 15 {
			t.Errorf("%d panics in ten seconds", n)
		}
		r.reload(r.plan(r.sinks))
		time.Sleep(5 * time.Second)
		wantLines(t, r.sinks["phone"], "WARNING auth_fail", "WARNING auth_fail")
	})
}

// touchy are metrics that panic over one delivery: code of the worker that is not
// its channel's.
type touchy struct {
	noMetrics
	left *atomic.Int32
}

func (m touchy) Delivered(string, *event.SendError, time.Duration) {
	if m.left.Add(-1) >= 0 {
		panic("a worker that stumbles")
	}
}

func TestAWorkerThatPanicsBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told counter
		var left atomic.Int32
		left.Store(2)
		r := newRoomWith(t, func(o *dispatch.Options) { o.Panicked, o.Metrics = told.note, touchy{left: &left} }, "phone")
		defer r.close()
		r.send("info")
		r.send("info")
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 1", "INFO note 1", "INFO note 2") // at least once
		if n := told.worker.Load(); n != 2 {
			t.Errorf("%d panics were told, want 2", n)
		}
		if rows := r.history(); len(rows) != 2 {
			t.Errorf("history has %d rows, want 2", len(rows))
		}
	})
}

// A question that makes the judge panic is answered, and the loop goes on.
func TestAnExplanationThatPanicsIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "phone")
		defer r.close()
		p := fragilePlan(r, "auth_fine")
		p.Policy.Types["auth_fine"] = &engine.Type{Name: "auth_fine", Enabled: true, Fingerprint: []string{"source_ip"}, Resolves: []string{"auth_fail"}}
		r.reload(p)
		data := map[string]any{"source_ip": "203.0.113.1"}
		r.submit(&event.Incoming{Type: "auth_fail", Data: data})
		if _, err := r.post.Explain(t.Context(), nil, time.Now(), event.Incoming{Type: "auth_fine", Data: data}); !errors.Is(err, dispatch.ErrFault) {
			t.Errorf("the question was answered %v", err)
		}
		if stamps, _, _, _ := r.post.Status(t.Context()); stamps != 1 {
			t.Errorf("%d fingerprints are remembered, want the one that the question only asked about", stamps)
		}
		if o := r.send("info"); o.Err != nil {
			t.Error(o.Err)
		}
	})
}

// A store that panics in the middle of a transaction has kept nothing.
func TestAPanicOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &brokenStore{}
		r := newRoomWith(t, func(o *dispatch.Options) { broken.Store, o.Store = o.Store, broken }, "phone")
		defer r.close()
		broken.panics.Store(true)
		if o := r.send("info"); !errors.Is(o.Err, dispatch.ErrFault) {
			t.Errorf("outcome is %v", o.Err)
		}
		broken.panics.Store(false)
		if o := r.send("info"); o.Err != nil {
			t.Error(o.Err)
		}
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "INFO note 2")
	})
}

type brokenStore struct {
	dispatch.Store
	panics, fails atomic.Bool
}

func (s *brokenStore) Commit(ctx context.Context, b *engine.Batch) error {
	if s.panics.Load() {
		panic("a transaction that stumbles")
	}
	if s.fails.Load() {
		return errors.New("a row that cannot be written")
	}
	return s.Store.Commit(ctx, b)
}
