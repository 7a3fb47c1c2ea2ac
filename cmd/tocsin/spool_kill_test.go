package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNothingSentIsLostWhileTheDaemonIsKilled sends by command while the daemon is
// killed and started again: what send took, with or without a daemon, becomes one
// event.
func TestNothingSentIsLostWhileTheDaemonIsKilled(t *testing.T) {
	g := newGround(t)
	g.write("rules.hcl", "event \"login\" {\n  group  = \"other\"\n  fields = { n = \"number\" }\n  title  = \"Failed login as user{{ .data.n }} from here\"\n}\n")
	g.start().stop() // from now on there is a spool
	var senders sync.WaitGroup
	var mu sync.Mutex
	sent, spooled, stop := map[int]bool{}, 0, make(chan struct{})
	for sender := range 4 {
		senders.Go(func() {
			for n := sender; ; n += 4 {
				select {
				case <-stop:
					return
				default:
				}
				var out, errOut bytes.Buffer
				status := run([]string{"send", "login", fmt.Sprint("n=", n), "--data", g.data}, strings.NewReader(""), &out, &errOut)
				mu.Lock()
				sent[n] = status == 0
				if strings.HasPrefix(errOut.String(), "spooled") {
					spooled++
				}
				mu.Unlock()
				if status != 0 {
					t.Errorf("send %d ended with %d: %s", n, status, &errOut)
				}
			}
		})
	}
	for range 8 {
		p := g.start()
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
		p.kill()
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
	}
	close(stop)
	senders.Wait()
	p := g.start()
	seen := loginEvents(t, g.data, len(sent))
	for _, n := range slices.Sorted(maps.Keys(sent)) {
		if got := len(seen[fmt.Sprint(n)]); got != 1 {
			t.Errorf("event %d of %d became %d events, want one", n, len(sent), got)
		}
	}
	t.Logf("%d sent, %d of them while no daemon took them", len(sent), spooled)
	if spooled == 0 || spooled == len(sent) {
		t.Error("the test shows nothing: all went one way")
	}
	p.stop()
}
