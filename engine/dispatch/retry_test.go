package dispatch_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

func (r *room) retry(which dispatch.Retry) (int, error) {
	r.t.Helper()
	return r.post.Retry(r.t.Context(), which)
}

func TestWhatIsDeadOrHeldIsTriedAgainByHand(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		r.send("info")
		time.Sleep(80 * time.Hour) // given up
		r.sinks["phone"].set(refused)
		r.send("info")
		time.Sleep(time.Minute) // held
		r.sinks["phone"].set(nil)
		n, err := r.retry(dispatch.Retry{Channel: "phone"})
		if n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		time.Sleep(time.Second)
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 2")
	})
}

func TestWhatIsStrandedIsMovedToAnotherChannel(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(refused)
		r.send("info")
		r.send("warning")
		time.Sleep(time.Second)
		phone := r.sinks["phone"]
		delete(r.sinks, "phone")
		r.reload(r.plan(r.sinks))
		time.Sleep(time.Hour)
		if left := r.waiting("phone"); len(left) != 2 {
			t.Errorf("%d are stranded, want 2", len(left))
		}
		if n, err := r.retry(dispatch.Retry{Channel: "phone", To: "mail"}); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		time.Sleep(time.Second)
		wantLines(t, r.sinks["mail"], "INFO note 1", "WARNING note 2", "INFO note 1", "WARNING note 2")
		wantLines(t, phone)
	})
}

func TestAStrandedNightIsToldElsewhere(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		for range 3 {
			r.send("warning")
		}
		r.sinks["mail"] = &sink{}
		delete(r.sinks, "phone")
		r.reload(plan(r.sinks)) // mail has no quiet hours
		time.Sleep(10 * time.Hour)
		r.wait(t, event.QuietBuffer, 3)
		if n, err := r.retry(dispatch.Retry{Channel: "phone", To: "mail"}); n != 3 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		time.Sleep(time.Second)
		wantLines(t, r.sinks["mail"], "WARNING quiet of 3: note 1, note 2, note 3 (early)")
		r.close()
		r.open()
		time.Sleep(24 * time.Hour)
		wantLines(t, r.sinks["mail"], "WARNING quiet of 3: note 1, note 2, note 3 (early)")
	})
}

func TestAChoiceThatCannotBeDoneIsRefused(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		r.send("warning")
		waiting, _, _, err := r.store.Waiting(t.Context(), "phone", event.QuietBuffer, 1)
		if err != nil || len(waiting) != 1 {
			t.Fatal(err)
		}
		buffered := []dispatch.BufferedID{{Buffer: event.QuietBuffer, ID: waiting[0].ID}}
		for name, which := range map[string]dispatch.Retry{
			"nothing is chosen":          {},
			"no channel \"post\"":        {All: true, To: "post"},
			"nothing that waits":         {IDs: []int64{4711}},
			"waits for the end of quiet": {Buffered: buffered},
		} {
			_, err := r.retry(which)
			refusal, ok := errors.AsType[*dispatch.Refusal](err)
			if !ok || !strings.Contains(refusal.Why, name) || refusal.Do == "" {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestTheHistoryIsSentAgain(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.send("info")
		time.Sleep(time.Second)
		rows, _, err := r.store.History(t.Context(), store.HistoryFilter{Channel: "phone"})
		if err != nil {
			t.Fatal(err)
		}
		var again []event.Message
		r.sinks["mail"].set(func(m *event.Message) error {
			again = append(again, *m)
			return nil
		})
		if n, err := r.post.Resend(t.Context(), rows, "mail"); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := r.post.Resend(t.Context(), rows, "post"); err == nil {
			t.Error("a channel that is not there takes it")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(again) != 1 || again[0].Title != "note 1" || again[0].Host != "home-lab" || strings.Contains(again[0].Body, "host:") {
			t.Fatalf("mail got %+v", again)
		}
		if text := again[0].PlainBody(); !strings.Contains(text, "Sent again: by hand; first sent 1 Jan 00:00 UTC") {
			t.Errorf("it says %q", text)
		}
		if again[0].ID == rows[0].EventID+".mail" {
			t.Error("it has the id of another message")
		}
	})
}

// TestAFullOutboxMergesThenRefuses is an outage in a flood of events that are all
// different: first INFO and WARNING are told together, then they are refused, and
// CRITICAL ones are taken for longer.
func TestAFullOutboxMergesThenRefuses(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.close()
		plan := r.plan
		r.plan = func(s map[string]*sink) dispatch.Plan { return grouped(plan(s), 200) }
		r.most = engine.Volume{Rows: 100, Bytes: 1 << 20}
		r.open()
		r.sinks["phone"].set(refused)
		taken := 0
		take := func(severity string) error {
			o := r.send(severity)
			if o.Err == nil {
				taken++
			}
			return o.Err
		}
		for range 300 {
			if err := take("info"); err != nil {
				t.Errorf("an event is refused before the rest was merged: %v", err)
				break
			}
			time.Sleep(time.Second)
		}
		if n := len(r.waiting("phone")); n > 80 {
			t.Errorf("%d messages wait", n)
		}
		var full error
		for n := 0; full == nil && n < 200; n++ {
			if err := take("critical"); err != nil { // which are never merged
				t.Errorf("a CRITICAL event is refused before a WARNING: %v", err)
			}
			time.Sleep(2 * time.Second) // in which the rest is merged
			full = take("warning")
		}
		if !errors.Is(full, dispatch.ErrFull) {
			t.Errorf("an event is answered with %v, want that the outbox is full", full)
		}
		for full = nil; full == nil && taken < 1000; {
			full = take("critical")
		}
		if !errors.Is(full, dispatch.ErrFull) {
			t.Errorf("beyond the last bound a CRITICAL event is answered with %v", full)
		}
		r.sinks["phone"].set(nil)
		if _, err := r.retry(dispatch.Retry{All: true}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if o := r.send("info"); o.Err != nil {
			t.Errorf("an event is refused after everything was sent: %v", o.Err)
		}
		time.Sleep(time.Minute)
		told := 0
		for _, line := range r.sinks["phone"].lines() {
			told += strings.Count(line, "note ")
		}
		if told != taken+1 {
			t.Errorf("%d messages were told of %d", told, taken+1)
		}
	})
}
