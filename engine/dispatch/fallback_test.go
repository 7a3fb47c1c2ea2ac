package dispatch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// withFallback is a room of phone, whose fallback is mail. Mail takes nothing by
// itself.
func withFallback(t *testing.T, test func(t *testing.T, r *room)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t)
		r.close()
		r.sinks["phone"], r.sinks["mail"] = &sink{}, &sink{}
		r.plan = func(s map[string]*sink) dispatch.Plan {
			p := grouped(plan(s), 200)
			for _, ch := range p.Policy.Channels {
				if ch.Name == "mail" {
					ch.When, ch.WhenPlace = never{}, "mail.hcl:2"
				}
			}
			line := p.Lines["phone"]
			line.Fallback = dispatch.Fallback{Channel: "mail", After: 15 * time.Minute, Place: "phone.hcl:9"}
			p.Lines["phone"] = line
			return p
		}
		r.open()
		test(t, r)
		r.close()
	})
}

// never is the condition of a channel that takes nothing by itself.
type never struct{}

func (never) Match(*event.Event) (bool, error) { return false, nil }

func (r *room) codes(id string) (codes []string) {
	r.t.Helper()
	trace, err := r.store.Trace(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, d := range trace.Decisions {
		codes = append(codes, d.Channel+" "+d.Code)
	}
	return codes
}

func TestAFallbackTakesWhatIsUnsentForTooLong(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		id := r.send("warning").Accepted.ID
		time.Sleep(14 * time.Minute)
		wantLines(t, r.sinks["mail"])
		time.Sleep(2 * time.Minute)
		wantLines(t, r.sinks["mail"], "WARNING note 1")
		if left := r.waiting("phone"); len(left) != 0 {
			t.Errorf("%d still wait, though the fallback told them", len(left))
		}
		r.sinks["phone"].set(nil)
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["phone"])
		if got := strings.Join(r.codes(id), ", "); got != " unknown_type, mail condition_false, phone passed_on, phone sent_via_fallback" {
			t.Errorf("decisions: %s", got)
		}
	})
}

func TestAFallbackIsAskedAtOnceWhenTheTargetRefuses(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(refused)
		for range 3 {
			r.send("info")
		}
		time.Sleep(time.Second)
		wantLines(t, r.sinks["mail"], "INFO note 1", "INFO note 2", "INFO note 3")
		r.send("info")
		time.Sleep(time.Second)
		wantLines(t, r.sinks["mail"], "INFO note 1", "INFO note 2", "INFO note 3", "INFO note 4")
	})
}

func TestACopySaysWhatItIs(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		var details []event.Detail
		r.sinks["phone"].set(refused)
		r.sinks["mail"].set(func(m *event.Message) error {
			details = m.Details
			return nil
		})
		r.send("info")
		time.Sleep(time.Second)
		synctest.Wait()
		if len(details) != 1 || details[0].Label != "Copy" || !strings.HasPrefix(details[0].Value, "phone has not delivered it for ") || !strings.Contains(details[0].Value, "bad token") {
			t.Errorf("the copy says %+v", details)
		}
	})
}

func TestWhatTheFallbackWasToldAnywayIsNotCopied(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		plan := r.plan
		r.plan = func(s map[string]*sink) dispatch.Plan {
			p := plan(s)
			for _, ch := range p.Policy.Channels {
				ch.When = nil
			}
			return p
		}
		r.reload(r.plan(r.sinks))
		r.sinks["phone"].set(refused)
		r.send("info")
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["mail"], "INFO note 1", "WARNING channel_failing")
		r.sinks["phone"].set(nil)
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["phone"], "INFO note 1")
	})
}

func TestACopyThatIsNotNeededIsDropped(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		r.sinks["mail"].set(temporary)
		r.send("warning")
		time.Sleep(20 * time.Minute)
		r.sinks["phone"].set(nil)
		time.Sleep(20 * time.Minute)
		wantLines(t, r.sinks["phone"], "WARNING note 1", "WARNING channel_failing") // the latter about mail
		r.sinks["mail"].set(nil)
		time.Sleep(time.Hour)
		for _, line := range r.sinks["mail"].lines() {
			if strings.Contains(line, "note") {
				t.Errorf("mail got %s, though phone was told", line)
			}
		}
	})
}

func TestWhatIsGivenUpIsPassedOn(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(func(*event.Message) error {
			return &event.SendError{Class: event.Unfit, Code: "rejected", Why: "odd", Do: "look at it"}
		})
		r.send("info")
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["mail"], "INFO note 1")
		dead, err := r.store.Outbox(t.Context(), store.OutboxFilter{State: event.Dead})
		if err != nil || len(dead) != 0 {
			t.Errorf("%d are dead, though mail told them (%v)", len(dead), err)
		}
	})
}

func TestManyAreCopiedTogetherAndCriticalAlone(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		for range 50 {
			r.send("info")
		}
		r.send("critical")
		time.Sleep(16 * time.Minute)
		lines := r.sinks["mail"].lines()
		all := strings.Join(lines, "\n")
		if len(lines) != 2 || !strings.Contains(all, "CRITICAL note 51") || !strings.Contains(all, "backlog of 50: note 1, ") {
			t.Errorf("mail got %.300q", lines)
		}
		if left := r.waiting("phone"); len(left) != 0 {
			t.Errorf("%d still wait", len(left))
		}
	})
}

func TestAFallbackSurvivesARestartAndAStoreThatFails(t *testing.T) {
	withFallback(t, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		r.send("warning")
		time.Sleep(10 * time.Minute)
		r.close()
		r.open()
		r.flaky.fault(errors.New("disk is full"))
		time.Sleep(10 * time.Minute)
		r.flaky.fault(nil)
		time.Sleep(time.Minute)
		if got := fmt.Sprint(r.sinks["mail"].lines()); !strings.Contains(got, "WARNING note 1") {
			t.Errorf("mail got %s", got)
		}
	})
}
