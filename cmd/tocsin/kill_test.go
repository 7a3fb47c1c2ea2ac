package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestNothingAcceptedIsLostOverAKill kills the daemon under load again and
// again; what it answered with 2xx must arrive.
func TestNothingAcceptedIsLostOverAKill(t *testing.T) {
	const rounds, senders = 5, 16
	dir := t.TempDir()
	conf, data, sink := filepath.Join(dir, "conf"), filepath.Join(dir, "data"), filepath.Join(dir, "sink.log")
	if err := os.Mkdir(conf, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("tocsin { enabled = true }\nchannel \"log\" \"sink\" {\n  path = %q\n  rich = false\n}\n", sink)
	if err := os.WriteFile(filepath.Join(conf, "tocsin.hcl"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func(round int) *process {
		t.Helper()
		name := filepath.Join(dir, fmt.Sprint("log-", round))
		log, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		cmd := exec.Command("tocsin", "serve", "--config", conf, "--data", data, "--listen", "127.0.0.1:0")
		cmd.Stderr = log
		p, err := startDaemon(cmd, name)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var mu sync.Mutex
	accepted := map[int]bool{}
	var number atomic.Int64
	for round := range rounds {
		p := start(round)
		end := make(chan struct{})
		var load sync.WaitGroup
		for range senders {
			load.Go(func() {
				client := localClient(data)
				for {
					select {
					case <-end:
						return
					default:
					}
					n := int(number.Add(1))
					if sendNumbered(client, n) {
						mu.Lock()
						accepted[n] = true
						mu.Unlock()
					}
				}
			})
		}
		<-time.After(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		p.kill()
		close(end)
		load.Wait()
	}
	last := start(rounds)
	defer last.stop()
	missing, twice := await(t, sink, accepted)
	t.Logf("%d accepted over %d kills, %d arrived twice", len(accepted), rounds, twice)
	if missing > 0 {
		t.Errorf("%d of %d accepted events never arrived", missing, len(accepted))
	}
	if len(accepted) == 0 {
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
