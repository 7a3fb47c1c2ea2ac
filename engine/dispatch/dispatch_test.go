package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

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

func TestTroubleOfTheStoreIsLoggedOnceInAWhile(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.flaky.fault(errors.New("disk is full"))
		for range 100 { // 20 seconds
			r.send("info")
			time.Sleep(200 * time.Millisecond)
		}
		r.flaky.fault(nil)
		r.send("info")
		synctest.Wait()
		log := r.log.String()
		if n := strings.Count(log, "events cannot be kept"); n != 2 {
			t.Errorf("it is logged %d times in 20s, want 2:\n%s", n, log)
		}
		if !strings.Contains(log, `msg="events are kept again" refused=100`) {
			t.Errorf("the end is not logged:\n%s", log)
		}
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

func TestAChannelThatComesBackSendsNothingTwice(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		hold := make(chan struct{})
		r.sinks["phone"].hold = hold
		r.send("info")
		r.send("info")
		synctest.Wait()
		phone := r.sinks["phone"]
		for range 3 { // off and on again while a send is in flight
			delete(r.sinks, "phone")
			r.reload(plan(r.sinks))
			r.sinks["phone"] = phone
			r.reload(plan(r.sinks))
		}
		synctest.Wait()
		close(hold)
		synctest.Wait()
		wantLines(t, phone, "INFO note 1", "INFO note 2")
	})
}

func TestALostSenderIsNoFailure(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		with := func(change func(*dispatch.Line)) {
			next := plan(r.sinks)
			line := next.Lines["phone"]
			line.Pace = dispatch.Pace{Every: time.Minute, Burst: 1}
			change(&line)
			next.Lines["phone"] = line
			r.reload(next)
		}
		with(func(*dispatch.Line) {})
		for range 3 {
			r.send("info")
		}
		time.Sleep(time.Second) // the second one waits for its turn
		with(func(l *dispatch.Line) { l.Sender, l.Waits, l.Version = nil, "a secret is missing", "2" })
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["phone"], "INFO note 1")
		if rows := r.history(); len(rows) != 1 {
			t.Errorf("history has %d rows, want 1: %+v", len(rows), rows)
		}
		with(func(l *dispatch.Line) { l.Version = "3" })
		time.Sleep(2 * time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1", "INFO note 2", "INFO note 3")
	})
}

func TestAnEventThatWaitsTooLongIsTakenBack(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		hang := make(chan struct{})
		r.flaky.hang = hang
		first := make(chan dispatch.Outcome, 1)
		go func() { first <- r.send("info") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		o := r.post.Submit(ctx, dispatch.Submission{Event: &event.Incoming{Type: "note", Data: map[string]any{"n": 2}}})[0]
		if !errors.Is(o.Err, dispatch.ErrBusy) || time.Since(started) != 5*time.Second {
			t.Errorf("after %v: %+v, want ErrBusy after 5s", time.Since(started), o)
		}
		close(hang)
		if o := <-first; o.Err != nil {
			t.Errorf("the event whose transaction had begun: %v", o.Err)
		}
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1")
	})
}
