package dispatch_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// diary is a Reporter that writes down what it hears.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) Heard(in *event.Incoming) { d.note("event " + in.Type) }
func (d *diary) Ruled(r event.Decision)   { d.note("decision " + r.Stage + " " + r.Outcome) }
func (d *diary) Settled(e event.Delivery) { d.note("delivery " + e.Channel + " " + e.Code) }

// What is kept is reported, once, and nothing that was not.
func TestWhatIsKeptIsReported(t *testing.T) {
	d := &diary{}
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.close()
		r.heard = d
		r.open()
		auth := func() *event.Incoming {
			return &event.Incoming{Type: "auth_fail", Data: map[string]any{"source_ip": "203.0.113.7"}}
		}
		r.flaky.fault(errors.New("disk is full"))
		if o := r.submit(auth()); o.Err == nil {
			t.Fatal("it is kept on a full disk")
		}
		r.flaky.fault(nil)
		for range 5 { // of which four are the same decision
			r.submit(auth())
		}
		synctest.Wait()
		time.Sleep(2 * time.Second)
		want := []string{"event auth_fail", "delivery phone ", "event auth_fail", "decision dedup suppressed", "event auth_fail", "event auth_fail", "event auth_fail"}
		d.mu.Lock()
		defer d.mu.Unlock()
		if diff := cmp.Diff(count(want), count(d.lines)); diff != "" {
			t.Error(diff)
		}
	})
}

func count(lines []string) map[string]int {
	out := map[string]int{}
	for _, l := range lines {
		out[l]++
	}
	return out
}
