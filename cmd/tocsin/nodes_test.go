package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/api"
)

// pair are two nodes on one database, with one load on both and one sink.
type pair struct {
	t       *testing.T
	address string
	nodes   [2]*ground
	running [2]*process
	loads   [2]*load
	sink    string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, address: postgres.Database(t)}
	for i := range p.nodes {
		g := newGround(t)
		g.write("store.hcl", fmt.Sprintf("store {\n  url = %q\n}\napi { rate = \"1000000/s\" }\n", p.address))
		if i == 0 {
			p.sink = g.sink
		} else {
			g.sink = p.sink
			g.write("tocsin.hcl", fmt.Sprintf("tocsin { enabled = true }\nchannel \"log\" \"sink\" {\n  path = %q\n  rich = false\n}\n", p.sink))
		}
		p.nodes[i], p.loads[i] = g, newLoad()
	}
	p.loads[1].number = p.loads[0].number
	for i := range p.nodes {
		p.running[i] = p.nodes[i].start()
	}
	return p
}

// status is what tocsin status says on a node.
func (p *pair) status(i int) (st api.Status) {
	text, _ := exec.Command("tocsin", "status", "--json", "--data", p.nodes[i].data).Output() // its exit status says that something needs attention
	_ = json.Unmarshal(text, &st)
	return st
}

// judge waits until a node judges, and returns which.
func (p *pair) judge() (judge int) {
	p.t.Helper()
	p.nodes[0].eventually("a node judges", func() bool {
		for i, r := range p.running {
			if r != nil && p.status(i).Role == api.Judges {
				judge = i
				return true
			}
		}
		return false
	})
	return judge
}

// accepted is how many events were taken so far, by both nodes.
func (p *pair) accepted() int {
	n := 0
	for _, l := range p.loads {
		l.mu.Lock()
		n += len(l.accepted)
		l.mu.Unlock()
	}
	return n
}

// TestAKillOfTheJudgeLosesNothing kills the node that judges under load on both
// nodes, again and again: the other one takes over, and what was accepted arrives.
// What the one that was killed had leased is free once it is started again.
func TestAKillOfTheJudgeLosesNothing(t *testing.T) {
	p := newPair(t)
	const kills = 4
	for range kills {
		judge := p.judge()
		other := 1 - judge
		before := p.accepted()
		for i, l := range p.loads {
			l.begin(p.nodes[i].data, 4)
		}
		p.nodes[0].eventually("some hundred events are accepted", func() bool { return p.accepted() > before+200 })
		p.running[judge].kill()
		p.running[judge] = nil
		killed, at := time.Now(), p.accepted()
		p.nodes[0].eventually("the other node goes on accepting", func() bool { return p.accepted() > at+50 })
		if next := p.judge(); next != other {
			t.Errorf("node %d judges, want the other", next)
		}
		t.Logf("the other node judges %v after the kill", time.Since(killed).Round(time.Millisecond))
		for _, l := range p.loads {
			l.stop()
		}
		p.running[judge] = p.nodes[judge].start()
	}
	p.report(kills)
}

// report wants everything that was accepted, and at most one repeat a kill.
func (p *pair) report(kills int) {
	p.t.Helper()
	all := maps.Clone(p.loads[0].accepted)
	maps.Copy(all, p.loads[1].accepted)
	missing, twice := await(p.t, p.sink, all)
	if missing > 0 || twice > kills {
		p.t.Errorf("%d of %d accepted events never arrived, %d came twice; want none and at most %d", missing, len(all), twice, kills)
	}
	p.t.Logf("%d accepted, %d kills, %d lost, %d twice", len(all), kills, missing, twice)
	for i, r := range p.running {
		if r == nil {
			continue
		}
		if code := r.stop(); code != 0 {
			p.t.Errorf("node %d ended with status %d", i, code)
		}
		logs, _ := filepath.Glob(filepath.Join(filepath.Dir(p.nodes[i].data), "log-*"))
		for _, name := range logs {
			if text, err := os.ReadFile(name); err != nil || strings.Contains(string(text), "lamp") || strings.Contains(string(text), "panic") {
				p.t.Errorf("%s shows the password or a panic, %v", name, err)
			}
		}
	}
}

// TestAJudgeThatIsStopped: one that neither ends nor goes on is deposed by the
// server, and does no harm when it wakes.
func TestAJudgeThatIsStopped(t *testing.T) {
	if os.Getenv("TOCSIN_LONG") == "" {
		t.Skip("it takes a minute: TOCSIN_LONG=1 runs it")
	}
	p := newPair(t)
	judge := p.judge()
	other := 1 - judge
	p.loads[other].begin(p.nodes[other].data, 2)
	p.nodes[0].eventually("some events are accepted", func() bool { return p.accepted() > 50 })
	if err := p.running[judge].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := time.Now()
	p.nodes[0].eventually("the other node judges", func() bool { return p.status(other).Role == api.Judges })
	t.Logf("the other node judges %v after the stop", time.Since(stopped).Round(time.Millisecond))
	if err := p.running[judge].cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.nodes[0].eventually("the one that wakes stands by", func() bool { return p.status(judge).Role == api.StandsBy })
	p.loads[judge].begin(p.nodes[judge].data, 2)
	n := p.accepted()
	p.nodes[0].eventually("both accept", func() bool { return p.accepted() > n+100 })
	for _, l := range p.loads {
		l.stop()
	}
	p.report(1)
}
