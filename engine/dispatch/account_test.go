package dispatch_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// TestEveryAcceptedEventHasOneFate counts: what was accepted is told, waits, is
// dead, or was stopped or merged by a decision; over failing channels, a failing
// store and restarts.
func TestEveryAcceptedEventHasOneFate(t *testing.T) {
	for seed := range uint64(4) {
		inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
			random := rand.New(rand.NewPCG(seed, 3))
			accepted := map[string]bool{}
			for n := range 300 {
				r.disturb(random)
				if o := r.submit(randomEvent(random, n)); o.Err == nil {
					accepted[o.Accepted.ID] = true
				} else if !dispatch.IsNotKept(o.Err) {
					t.Fatal(o.Err)
				}
				time.Sleep(time.Duration(random.IntN(8)) * time.Second)
			}
			r.flaky.fault(nil)
			r.sinks["phone"].set(nil)
			time.Sleep(5 * time.Hour) // until the last summary
			r.checkFates(accepted)
		})
	}
}

func (r *room) disturb(random *rand.Rand) {
	switch random.IntN(30) {
	case 0:
		r.flaky.fault(errors.New("disk is full"))
	case 1, 2, 3:
		r.flaky.fault(nil)
	case 4:
		r.sinks["phone"].set(temporary)
	case 5, 6, 7:
		r.sinks["phone"].set(nil)
	case 8:
		r.flaky.fault(nil) // or what a send in flight came to is not kept
		r.close()
		r.open()
	}
}

func randomEvent(random *rand.Rand, n int) *event.Incoming {
	in := &event.Incoming{Type: "note", Severity: []string{"info", "warning", "critical"}[random.IntN(3)], Data: map[string]any{"n": n}}
	if random.IntN(3) > 0 {
		in.Type, in.Data = "auth_fail", map[string]any{"source_ip": fmt.Sprint("203.0.113.", random.IntN(20))}
	}
	return in
}

func (r *room) checkFates(accepted map[string]bool) {
	t := r.t
	t.Helper()
	fates := map[string]int{}
	total := 0
	rows, _, err := r.store.History(t.Context(), store.HistoryFilter{Page: store.Page{Limit: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Success && accepted[row.EventID] {
			fates[row.EventID]++
			total++
		}
	}
	if left := r.waiting("phone"); len(left) != 0 {
		t.Errorf("%d messages still wait", len(left))
	}
	saved, err := r.store.Load(t.Context(), time.Now())
	if err != nil || len(saved.Held) != 0 {
		t.Errorf("%d events are still held (%v)", len(saved.Held), err)
	}
	decisions, _, err := r.store.Decisions(t.Context(), store.DecisionFilter{Page: store.Page{Limit: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decisions {
		ours := d.Type == "note" || d.Type == "auth_fail" // and no notice about the channel
		if ours && (d.Outcome == "suppressed" || d.Outcome == "folded") {
			total += d.Count
		}
	}
	for id, n := range fates {
		if n > 1 {
			t.Errorf("event %s was told %d times", id, n)
		}
	}
	if total != len(accepted) {
		t.Errorf("%d events were accepted, %d fates are known", len(accepted), total)
	}
}
