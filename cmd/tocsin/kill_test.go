package main

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// TestNothingAcceptedIsLostOverAKill kills the daemon under load again and
// again; what it answered with 2xx must arrive.
func TestNothingAcceptedIsLostOverAKill(t *testing.T) {
	const rounds, senders = 5, 16
	g, l := newGround(t), newLoad()
	for range rounds {
		p := g.start()
		l.begin(g.data, senders)
		<-time.After(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		p.kill()
		l.stop()
	}
	g.start()
	missing, twice := await(t, g.sink, l.accepted)
	t.Logf("%d accepted over %d kills, %d arrived twice", len(l.accepted), rounds, twice)
	if missing > 0 {
		t.Errorf("%d of %d accepted events never arrived", missing, len(l.accepted))
	}
	if len(l.accepted) == 0 {
		t.Error("nothing was accepted: the test shows nothing")
	}
	if twice > rounds {
		t.Errorf("%d events arrived twice, want at most the one in flight at each kill", twice)
	}
}

var numbered = regexp.MustCompile(`number (\d+)\.`)

// await reads the sink until every accepted event is in it, or nothing new
// comes any more.
func await(t *testing.T, sink string, accepted map[int]bool) (missing, twice int) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(sink)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, m := range numbered.FindAllSubmatch(text, -1) {
			counts[string(m[1])]++
		}
		missing, twice = 0, 0
		for n := range accepted {
			switch counts[strconv.Itoa(n)] {
			case 0:
				missing++
			case 1:
			default:
				twice++
			}
		}
		if missing == 0 {
			return missing, twice
		}
		select {
		case <-deadline:
			return missing, twice
		case <-tick.C:
		}
	}
}
