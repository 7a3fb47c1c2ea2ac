package builtin_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
	"tocsin/sources/journal"
	"tocsin/sources/pve"
)

// fencingNight is a judge with the pack, and what it told.
type fencingNight struct {
	t     *testing.T
	logs  *journal.Matcher
	posts *pve.Matcher
	*ruletest.World
	began time.Time
	told  []string
}

func newFencingNight(t *testing.T) *fencingNight {
	t.Helper()
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Host: "alder", Cluster: "grove", Kinds: all.Kinds(all.Options{Stdout: io.Discard}),
		Files: map[string][]byte{"a.hcl": []byte("tocsin {\n  enabled = true\n}\nchannel \"log\" \"console\" {}\n")},
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	n := &fencingNight{t: t, logs: journal.NewMatcher(journalRules(t)), posts: posts(t), began: time.Unix(1790000000, 0).UTC()}
	n.World = ruletest.NewWorld(config.Policy, config.Templates, n.began)
	n.Told = func(_ string, m event.Message) { n.told = append(n.told, m.Title) }
	return n
}

// log lets the manager of high availability write a line, seconds after the beginning.
func (n *fencingNight) log(seconds int, text string) {
	n.t.Helper()
	n.Until(n.began.Add(time.Duration(seconds) * time.Second))
	line, err := json.Marshal(map[string]string{
		"SYSLOG_IDENTIFIER": "pve-ha-crm", "_UID": "0", "_TRANSPORT": "syslog", "PRIORITY": "6", "MESSAGE": text,
		"__REALTIME_TIMESTAMP": fmt.Sprint(n.Now.UnixMicro()), "__CURSOR": "s=1",
	})
	if err != nil {
		n.t.Fatal(err)
	}
	matches, faults, err := n.logs.Match(line)
	if err != nil || len(faults) > 0 || len(matches) != 1 {
		n.t.Fatalf("%d events, %v, %v", len(matches), faults, err)
	}
	n.Arrive(matches[0].Event)
}

// post lets it post a notice.
func (n *fencingNight) post(seconds int, title, node, status string) {
	n.t.Helper()
	n.Until(n.began.Add(time.Duration(seconds) * time.Second))
	n.Arrive(decoded(n.t, fmt.Sprintf(`{"title": %q, "message": "The node '%s' in cluster 'grove' failed\n\nStatus: %s\n", "severity": "error", "timestamp": "%d", "fields": {"type": "fencing", "hostname": %q}}`,
		title, node, status, n.Now.Unix(), node)))
}

const (
	lost = "node 'cedar': state changed from 'unknown' => 'fence'"
	down = "fencing: acknowledged - got agent lock for node 'cedar'"
)

// TestAStepOfAFencingIsToldOnce, whether it is logged first or posted first.
func TestAStepOfAFencingIsToldOnce(t *testing.T) {
	logged, posted := newFencingNight(t), newFencingNight(t)
	logged.log(0, lost)
	logged.post(1, "Trying to fence node 'cedar' ", "cedar", "Try to fence node 'cedar'")
	posted.post(0, "Trying to fence node 'cedar' ", "cedar", "Try to fence node 'cedar'")
	posted.log(1, lost)
	for _, n := range []*fencingNight{logged, posted} {
		n.Until(n.began.Add(time.Hour))
		if diff := cmp.Diff([]string{"Node cedar is being fenced"}, n.told); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestAFencingIsOneMessage: neither its second step nor the second source is told, and
// they are no flood of cluster faults; each node's fencing is its own, and a later one of
// the same node is another.
func TestAFencingIsOneMessage(t *testing.T) {
	n := newFencingNight(t)
	n.log(0, lost)
	n.post(1, "Trying to fence node 'cedar' ", "cedar", "Try to fence node 'cedar'")
	n.post(100, "Successfully fenced node 'cedar' ", "cedar", down)
	n.log(101, down)
	n.Until(n.began.Add(2 * time.Hour))
	n.post(7200, "Trying to fence node 'cedar' ", "cedar", "Try to fence node 'cedar'")
	n.log(7201, "node 'birch': state changed from 'unknown' => 'fence'")
	n.Until(n.began.Add(4 * time.Hour))
	want := []string{"Node cedar is being fenced", "Node cedar is being fenced", "Node birch is being fenced"}
	if diff := cmp.Diff(want, n.told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
