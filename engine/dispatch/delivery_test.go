package dispatch_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/engine/store"
)

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

// Whatever failed in an outage waits for a time of its own. When a CRITICAL
// message gets through before, the service works again for all, in their order.
func TestWhatFailedLastInAnOutageKeepsItsPlace(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		for range 3 {
			r.send("info")
		}
		time.Sleep(48 * time.Hour)
		over := make(chan struct{}, 100)
		r.sinks["phone"].set(func(m *event.Message) error {
			if m.Title != "note 1" { // as happens now and then, behind one that fails
				over <- struct{}{}
			}
			return temporary(m)
		})
		<-over
		time.Sleep(time.Second)
		r.sinks["phone"].set(nil)
		r.send("critical")
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "CRITICAL note 4", "INFO note 1", "INFO note 2", "INFO note 3")
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
		r.sinks["phone"].set(refused)
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

// unfitForItsService fails for one message as an outage would.
func unfitForItsService(title string) func(*event.Message) error {
	return func(m *event.Message) error {
		if m.Title == title {
			return temporary(m)
		}
		return nil
	}
}

func TestOneMessageThatItsServiceCannotTakeHoldsUpNoOther(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(unfitForItsService("note 1"))
		for range 3 {
			r.send("info")
		}
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 2", "INFO note 3")
		r.send("info")
		synctest.Wait()
		wantLines(t, r.sinks["phone"], "INFO note 2", "INFO note 3", "INFO note 4")
		r.sinks["phone"].set(nil)
		time.Sleep(15 * time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 2", "INFO note 3", "INFO note 4", "INFO note 1")
	})
}

func TestACriticalMessageThatItsServiceCannotTakeHoldsUpNoOther(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(unfitForItsService("note 1"))
		r.send("critical")
		time.Sleep(2 * time.Hour)
		r.close() // the worker forgets what it learnt
		r.open()
		r.send("info")
		time.Sleep(20 * time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 2")
	})
}

func TestAServicesPauseIsNeverUndercut(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(func(*event.Message) error {
			return &event.SendError{Class: event.Temporary, Code: "rate_limited", Why: "too many", RetryAfter: time.Minute}
		})
		r.send("info")
		synctest.Wait()
		r.sinks["phone"].set(nil)
		r.send("critical")
		time.Sleep(59 * time.Second)
		wantLines(t, r.sinks["phone"])
		time.Sleep(2 * time.Second)
		wantLines(t, r.sinks["phone"], "CRITICAL note 2", "INFO note 1")
	})
}

func TestAHeldQueueGoesOnWhenItsTargetWorks(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(refused)
		r.send("info")
		time.Sleep(10 * time.Minute)
		r.send("critical") // passes, and is refused, too
		synctest.Wait()
		r.sinks["phone"].set(nil)
		time.Sleep(16 * time.Minute)
		wantLines(t, r.sinks["phone"], "CRITICAL note 2", "INFO note 1")
	})
}

// noting is a service that delivers and has something to say.
type noting struct{ note string }

func (n *noting) Send(context.Context, *event.Message) (event.Receipt, error) {
	return event.Receipt{Note: n.note}, nil
}

func TestWhatAServiceSaysOnADeliveryIsShown(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		service := &noting{"the chat has a new id"}
		p := plan(r.sinks)
		line := p.Lines["phone"]
		line.Sender = service
		p.Lines["phone"] = line
		r.reload(p)
		note := func() string {
			r.send("info")
			synctest.Wait()
			_, _, channels, err := r.post.Status(t.Context())
			if err != nil {
				t.Error(err)
			}
			return channels["phone"].Note
		}
		if got := note(); got != "the chat has a new id" {
			t.Errorf("the channel is noted with %q", got)
		}
		if rows := r.history(); !rows[0].Success || rows[0].Error != "the chat has a new id" {
			t.Errorf("the history says %+v", rows[0])
		}
		service.note = ""
		if got := note(); got != "" {
			t.Errorf("the note stays: %q", got)
		}
	})
}

// What a program is told comes out of the outbox whole: the event with its data,
// and the key by which a resolution is known.
func TestAMessageCarriesItsEvent(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		got := make(chan event.Message, 1)
		r.sinks["phone"].set(func(m *event.Message) error {
			got <- *m
			return nil
		})
		r.submit(&event.Incoming{Type: "note", Source: "api", Host: "pve2", Data: map[string]any{"size": event.Bytes(4096), "list": []any{"a"}}})
		m := <-got
		if m.Event == nil || m.Event.ID != m.EventID || m.Event.Source != "api" || m.Event.Host != "pve2" || m.Key == "" {
			t.Fatalf("got %+v of %+v", m.Event, m)
		}
		if diff := cmp.Diff(map[string]any{"size": 4096.0, "list": []any{"a"}}, m.Event.Data); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
