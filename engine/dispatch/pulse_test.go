package dispatch_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

func slogTo(b *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// Check fails and hangs as Commit does.
func (f *flaky) Check(ctx context.Context) error {
	f.mu.Lock()
	err, hang := f.err, f.hang
	f.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if err != nil {
		return err
	}
	return f.Store.Check(ctx)
}

// probe asks for ten seconds, as the heartbeat does.
func (r *room) probe() error {
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	return r.post.Probe(ctx)
}

// wantStuck wants a part to be named as the one that does not move.
func wantStuck(t *testing.T, err error, part string) {
	t.Helper()
	stuck, ok := errors.AsType[*dispatch.Stuck](err)
	if !ok || !strings.Contains(stuck.Part, part) || stuck.For <= 0 {
		t.Errorf("the probe says %v, want that %s is stuck", err, part)
	}
}

func TestAProbeLeavesNothing(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		for range 3 {
			if err := r.probe(); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		}
		if stamps, _, _, _ := r.post.Status(t.Context()); stamps != 0 || len(r.history()) != 0 {
			t.Errorf("%d fingerprints, %d deliveries", stamps, len(r.history()))
		}
		wantLines(t, r.sinks["phone"])
	})
}

func TestAProbeTellsThatNothingCanBeKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		full := errors.New("disk is full")
		r.flaky.fault(full)
		err := r.probe()
		if _, stuck := errors.AsType[*dispatch.Stuck](err); stuck || !errors.Is(err, full) {
			t.Errorf("the probe says %v", err)
		}
		r.flaky.fault(nil)
		if err := r.probe(); err != nil {
			t.Error(err)
		}
	})
}

// While nothing can be kept, a worker that waits for that is no culprit: a restart
// would not help it.
func TestAWorkerThatWaitsForTheStoreIsNotStuck(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		synctest.Wait()
		r.flaky.fault(errors.New("disk is full"))
		close(hold)
		time.Sleep(10 * time.Minute)
		err := r.probe()
		if _, stuck := errors.AsType[*dispatch.Stuck](err); stuck || err == nil {
			t.Errorf("the probe says %v", err)
		}
		r.flaky.fault(nil)
	})
}

// A store that takes a row, but never that of a delivery, is no good one.
func TestAProbeTellsOfDeliveriesThatCannotBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := &brokenStore{}
		r := newRoomWith(t, func(o *dispatch.Options) { broken.Store, o.Store = o.Store, broken }, "phone")
		defer r.close()
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		synctest.Wait()
		broken.fails.Store(true)
		close(hold)
		time.Sleep(10 * time.Second)
		if err := r.probe(); err != nil {
			t.Errorf("a short trouble: %v", err)
		}
		time.Sleep(15 * time.Second)
		if err := r.probe(); err == nil || !strings.Contains(err.Error(), "sends (1)") {
			t.Errorf("the probe says %v", err)
		}
		broken.fails.Store(false)
		time.Sleep(2 * time.Second)
		if err := r.probe(); err != nil {
			t.Error(err)
		}
	})
}

func TestAProbeNamesAHangingTransaction(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hang := make(chan struct{})
		r.flaky.mu.Lock()
		r.flaky.hang = hang
		r.flaky.mu.Unlock()
		began := time.Now()
		wantStuck(t, r.probe(), "store")
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("the probe took %v, want the ten seconds it had", took)
		}
		r.flaky.mu.Lock()
		r.flaky.hang = nil
		r.flaky.mu.Unlock()
		close(hang)
		if err := r.probe(); err != nil {
			t.Error(err)
		}
	})
}

func TestAProbeNamesAHangingJudge(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hang := make(chan struct{})
		p := r.plan(r.sinks)
		p.Render = func(*event.Notification) (event.Message, []string) { <-hang; return event.Message{}, nil }
		r.reload(p)
		go r.send("info")
		synctest.Wait()
		wantStuck(t, r.probe(), "loop")
		close(hang)
		if err := r.probe(); err != nil {
			t.Error(err)
		}
	})
}

// A worker may take its minute for a send, and is healthy while it waits for a
// next try, its pace or new messages; one that does not come back is named.
func TestAProbeNamesAWorkerThatHangs(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		stuck := make(chan struct{})
		r.sinks["mail"].set(temporary)
		r.sinks["phone"].set(func(*event.Message) error { <-stuck; return nil }) // whatever its context says
		r.send("info")
		for range 7 {
			time.Sleep(10 * time.Second)
			if err := r.probe(); err != nil {
				t.Errorf("after %v: %v", time.Minute, err)
			}
		}
		time.Sleep(11 * time.Second)
		wantStuck(t, r.probe(), "phone")
		r.reload(dispatch.Plan{Policy: plan(nil).Policy, Render: r.plan(nil).Render, Group: r.plan(nil).Group})
		wantStuck(t, r.probe(), "phone") // without a line, but still at its last send
		close(stuck)
		synctest.Wait()
		if err := r.probe(); err != nil {
			t.Error(err)
		}
	})
}

func TestAProbeAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, "phone")
		r.close()
		if err := r.probe(); !errors.Is(err, dispatch.ErrClosed) {
			t.Errorf("the probe says %v", err)
		}
	})
}
