package dispatch_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

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

func TestCloseEndsThoughNothingCanBeKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		synctest.Wait()
		r.flaky.fault(errors.New("disk is full"))
		close(hold)
		synctest.Wait()
		started := time.Now()
		r.close()
		if took := time.Since(started); took > 11*time.Second {
			t.Errorf("closing took %v, want 11 seconds at most", took)
		}
		r.open()
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 1") // at least once: that it went out could not be kept
	})
}

func TestCloseEndsThoughAChannelDoesNotLetGo(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		stuck := make(chan struct{})
		r.sinks["phone"].set(func(*event.Message) error { <-stuck; return nil })
		r.send("info")
		synctest.Wait()
		started := time.Now()
		r.close()
		if took := time.Since(started); took != 11*time.Second {
			t.Errorf("closing took %v, want the ten seconds it was given and one", took)
		}
		close(stuck)
		synctest.Wait()
		r.sinks["phone"].set(nil)
		r.open()
	})
}

func TestADeliveryThatEndsWhileClosingIsKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		synctest.Wait()
		r.flaky.fault(errors.New("disk is full"))
		time.AfterFunc(2*time.Second, func() { close(hold) })
		time.AfterFunc(5*time.Second, func() { r.flaky.fault(nil) })
		r.close()
		r.open()
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1")
		if rows := r.history(); len(rows) != 1 {
			t.Errorf("history has %d rows, want 1", len(rows))
		}
	})
}

func TestTheLastDecisionsAreKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		for range 3 {
			r.submit(&event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": "203.0.113.7"}})
		}
		r.close()
		r.open()
		rows, _, err := r.store.Decisions(t.Context(), store.DecisionFilter{})
		if err != nil || len(rows) != 1 || rows[0].Count != 2 {
			t.Errorf("decisions are %+v, %v, want one row that counts 2", rows, err)
		}
	})
}

// A target that refused may work by now: somebody mended it and started the
// daemon again.
func TestAHeldMessageIsTriedAfterARestart(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(refused)
		r.send("info")
		r.send("critical")
		synctest.Wait()
		r.close()
		r.sinks["phone"].set(nil)
		r.open()
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "CRITICAL note 2", "INFO note 1")
	})
}
