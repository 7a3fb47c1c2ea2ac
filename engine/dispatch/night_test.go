package dispatch_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/window"
)

// night is a post room whose only channel is quiet until seven and has its
// digest at nine. A bubble begins at midnight.
func night(t *testing.T, test func(t *testing.T, r *room)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		r.close()
		r.sinks["phone"], r.plan = &sink{}, nightly(t)
		r.open()
		test(t, r)
		r.close()
	})
}

func nightly(t *testing.T) func(map[string]*sink) dispatch.Plan {
	hours, err := window.Parse("22:00-07:00", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	at, err := window.ParseDaily("09:00", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return func(sinks map[string]*sink) dispatch.Plan {
		p := plan(sinks)
		for _, ch := range p.Policy.Channels {
			ch.Quiet, ch.Digest = &engine.Quiet{Hours: window.List{hours}}, &engine.Digest{At: at}
		}
		return p
	}
}

func (r *room) wait(t *testing.T, buffer event.Buffer, want int) {
	t.Helper()
	_, total, _, err := r.store.Waiting(t.Context(), "phone", buffer, 10)
	if err != nil {
		t.Fatal(err)
	}
	if total != want {
		t.Errorf("%d wait in %s, want %d", total, buffer, want)
	}
}

func TestANightIsOneMessageAlsoOverARestart(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		r.send("info")
		time.Sleep(time.Hour)
		r.send("critical")
		r.wait(t, event.QuietBuffer, 2)
		r.close()
		time.Sleep(time.Hour)
		r.open()
		r.send("warning")
		r.wait(t, event.QuietBuffer, 3)
		time.Sleep(6 * time.Hour)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "CRITICAL note 3", "WARNING quiet of 3: note 1, note 2, note 4")
		r.wait(t, event.QuietBuffer, 0)
	})
}

func TestARestartInTheMorningTellsTheNightLate(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		r.close()
		time.Sleep(8 * time.Hour)
		r.open()
		time.Sleep(time.Second)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING quiet of 1: note 1 (late)")
	})
}

func TestTheDigestComesAtItsMinute(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		time.Sleep(8 * time.Hour)
		r.send("info")
		r.send("info")
		r.send("warning")
		time.Sleep(time.Hour)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING note 3", "INFO digest of 2: note 1, note 2")
	})
}

func TestAStoreThatFailsAtTheCloseDelaysTheNight(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		time.Sleep(7*time.Hour - time.Minute)
		r.flaky.fault(errors.New("disk full"))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantLines(t, r.sinks["phone"])
		r.flaky.fault(nil)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING quiet of 1: note 1")
		r.wait(t, event.QuietBuffer, 0)
	})
}

func TestABufferThatCannotBeReadHoldsUpNobody(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		r.flaky.unreadable(true)
		time.Sleep(7*time.Hour + 10*time.Second)
		if o := r.send("critical"); o.Err != nil {
			t.Errorf("an event is refused: %v", o.Err)
		}
		r.flaky.unreadable(false)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "CRITICAL note 2", "WARNING quiet of 1: note 1")
	})
}

func TestQuietHoursTakenAwayTellTheNightAtOnce(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		r.reload(plan(r.sinks))
		time.Sleep(time.Second)
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING quiet of 1: note 1 (early)")
	})
}

func TestWhatIsHeldAndToldInOneTransactionIsComplete(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		time.Sleep(6*time.Hour + 59*time.Minute + 59*time.Second)
		r.send("warning")
		time.Sleep(2 * time.Second)
		r.send("warning") // after the close
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "WARNING quiet of 1: note 1", "WARNING note 2")
	})
}
