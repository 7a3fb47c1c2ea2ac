package daemon

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// While every provider hangs, events are taken as fast as ever.
func TestIntakeWaitsForNoProvider(t *testing.T) {
	var hcl string
	for i := range 4 {
		tablet, release := silentGotify(t, fmt.Sprint("tablet", i))
		defer release()
		hcl += tablet
	}
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + hcl})
	h.token()
	const events = 200
	took := make([]time.Duration, events)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := range took {
		<-tick.C
		began := time.Now()
		if status := h.send(fmt.Sprintf(`{"event_type":"custom","data":{"n":%d}}`, i)); status != 202 {
			t.Fatalf("event %d was answered %d", i, status)
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	t.Logf("at 200/s with four hanging providers: half within %v, 99%% within %v", took[events/2], took[events*99/100])
	if p99 := took[events*99/100]; p99 > time.Second { // 50 ms on a machine that does nothing else
		t.Errorf("99%% were taken within %v", p99)
	}
	h.eventually("all of them wait", func() bool { return h.status().Waiting == 4*events })
}
