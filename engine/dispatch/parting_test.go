package dispatch_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

func goesDown(t *testing.T, r *room) {
	t.Helper()
	if o := r.submit(&event.Incoming{Type: "system_reboot", Severity: "critical"}); o.Err != nil {
		t.Fatal(o.Err)
	}
}

// A send under way when the daemon is told to end may take ten seconds; the notice
// behind it gets its own five.
func TestThatTheHostGoesDownIsToldBeforeTheEnd(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		phone := r.sinks["phone"]
		phone.set(func(m *event.Message) error {
			time.Sleep(2 * time.Second)
			return nil
		})
		r.send("info")
		r.send("info")
		synctest.Wait()
		goesDown(t, r)
		began := time.Now()
		r.close()
		wantLines(t, phone, "INFO note 1", "CRITICAL system_reboot")
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("it took %v, want two sends of two seconds", took)
		}
		phone.set(nil)
		r.open()
		synctest.Wait()
		wantLines(t, phone, "INFO note 1", "CRITICAL system_reboot", "INFO note 2")
	})
}

func TestANoticeThatTakesTooLongWaitsForTheNextStart(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		phone := r.sinks["phone"]
		phone.set(temporary)
		goesDown(t, r) // fails, and would be tried again in a while
		synctest.Wait()
		phone.set(nil)
		phone.hold = make(chan struct{})
		began := time.Now()
		r.close()
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("it took %v, want the five seconds that a notice is given", took)
		}
		phone.hold = nil
		r.open()
		time.Sleep(time.Minute)
		wantLines(t, phone, "CRITICAL system_reboot (again)")
	})
}

// A notice that waits for its next try, or for the pace, is tried at the end.
func TestANoticeWaitsForNeitherPaceNorTry(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		phone := r.sinks["phone"]
		paced := r.plan(r.sinks)
		line := paced.Lines["phone"]
		line.Pace = dispatch.Pace{Every: time.Hour, Burst: 1}
		paced.Lines["phone"] = line
		r.reload(paced)
		r.send("info")
		synctest.Wait()
		goesDown(t, r)
		synctest.Wait()
		r.close()
		wantLines(t, phone, "INFO note 1", "CRITICAL system_reboot")
		r.open()
	})
}

// What was taken a moment before the end is queued, and so told.
func TestANoticeThatComesLastIsTold(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hang := make(chan struct{})
		r.flaky.mu.Lock()
		r.flaky.hang = hang
		r.flaky.mu.Unlock()
		answers := make(chan dispatch.Outcome, 2)
		for _, typ := range []string{"note", "system_shutdown"} {
			go func() {
				answers <- r.post.Submit(context.Background(), dispatch.Submission{Event: &event.Incoming{Type: typ, Severity: "critical"}})[0]
			}()
			synctest.Wait() // the loop hangs in the transaction of the first, the other is in its inbox
		}
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			r.close()
		}()
		synctest.Wait()
		r.flaky.mu.Lock()
		r.flaky.hang = nil
		r.flaky.mu.Unlock()
		close(hang)
		<-closed
		for range 2 {
			if o := <-answers; o.Err != nil && !errors.Is(o.Err, dispatch.ErrClosed) {
				t.Error(o.Err)
			}
		}
		if got := r.sinks["phone"].lines(); !slices.Contains(got, "CRITICAL system_shutdown") {
			t.Errorf("told were %q", got)
		}
		r.open()
	})
}
