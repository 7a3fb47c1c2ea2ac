package daemon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"tocsin/api"
	"tocsin/engine/store/storetest"
)

// postgres is the server of this package's tests, started when first asked for.
var postgres storetest.Server

func TestMain(m *testing.M) { os.Exit(storetest.Run(m, &postgres)) }

// cluster are nodes on one database.
type cluster struct {
	t       *testing.T
	address string
	nodes   []*house
}

// newCluster starts nodes one after the other, of which the first judges.
func newCluster(t *testing.T, n int, files map[string]string) *cluster {
	t.Helper()
	c := &cluster{t: t, address: postgres.Database(t)}
	with := map[string]string{"store.hcl": fmt.Sprintf("store {\n  url = %q\n}\n", c.address)}
	for name, text := range files {
		with[name] = text
	}
	for i := range n {
		h := newHouse(t, with)
		c.nodes = append(c.nodes, h)
		if i == 0 {
			c.wantRole(h, api.Judges)
		}
	}
	return c
}

func (c *cluster) wantRole(h *house, role string) {
	c.t.Helper()
	h.eventually("the node "+role, func() bool { return h.daemon.store.IsJudge() == (role == api.Judges) && h.status().Role == role })
}

// out is what all nodes delivered.
func (c *cluster) out() string {
	var all strings.Builder
	for _, h := range c.nodes {
		all.WriteString(h.out.String())
	}
	return all.String()
}

// note posts a note to a node and reports whether it was accepted.
func (c *cluster) note(h *house, n int) bool {
	c.t.Helper()
	resp := h.postNote(n)
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusAccepted
}

// wantOnce waits until every note has arrived somewhere, and wants none twice.
func (c *cluster) wantOnce(notes int) {
	c.t.Helper()
	c.nodes[0].eventually("everything accepted arrived", func() bool {
		out := c.out()
		for n := range notes {
			if !strings.Contains(out, fmt.Sprintf("note %d end", n)) {
				return false
			}
		}
		return true
	})
	out := c.out()
	for n := range notes {
		if got := strings.Count(out, fmt.Sprintf("note %d end", n)); got != 1 {
			c.t.Errorf("note %d arrived %d times", n, got)
		}
	}
}

// TestNodesShareOneDatabase: each takes events, one judges, all send, and each
// tells the same of everything.
func TestNodesShareOneDatabase(t *testing.T) {
	two := console + strings.Replace(console, `"log" "console"`, `"log" "second"`, 1)
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + two})
	first, second := c.nodes[0], c.nodes[1]
	c.wantRole(second, api.StandsBy)
	first.eventually("both nodes are known", func() bool { return len(first.status().Nodes) == 2 })
	first.daemon.post.SetNodes(2)
	st := second.status()
	if st.Engine != "postgres" || !strings.Contains(st.Place, "127.0.0.1") || strings.Contains(st.Place, "lamp") || len(st.Nodes) != 2 || !st.Nodes[0].Judges || !st.Nodes[1].Self {
		t.Errorf("the status is %+v", st)
	}
	const notes = 40
	for n := range notes {
		if !c.note(c.nodes[n%2], n) {
			t.Fatalf("note %d was refused", n)
		}
	}
	c.nodes[0].eventually("everything arrived over both channels", func() bool { return strings.Count(c.out(), " end") >= 2*notes })
	for n := range notes {
		if got := strings.Count(c.out(), fmt.Sprintf("note %d end", n)); got != 2 {
			t.Errorf("note %d arrived %d times, want once over each of two channels", n, got)
		}
	}
	first.eventually("both have the same history", func() bool { return total(first) == 2*notes && total(second) == 2*notes })
	// Who has a lease keeps it while there is something to send, so the other one
	// may come late to its share.
	extra := notes
	for i, h := range c.nodes {
		h.eventually(fmt.Sprintf("node %d sends as well", i), func() bool {
			extra++
			return c.note(h, extra) && strings.Contains(h.out.String(), " end")
		})
	}
}

// total is how many attempts a node knows of.
func total(h *house) int {
	h.t.Helper()
	code, text := h.request("GET", api.Prefix+"/history?limit=1", nil, map[string]string{"Authorization": "Bearer " + h.token()})
	var answer struct{ Total int }
	if err := json.Unmarshal([]byte(text), &answer); code != 200 || err != nil {
		h.t.Fatalf("history: %d %s", code, text)
	}
	return answer.Total
}

// TestAnotherNodeTakesOver: the judge ends, and nothing is refused or lost.
func TestAnotherNodeTakesOver(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	first, second := c.nodes[0], c.nodes[1]
	n := 0
	for ; n < 20; n++ {
		if !c.note(c.nodes[n%2], n) {
			t.Fatalf("note %d was refused", n)
		}
	}
	first.stop()
	for end := time.Now().Add(3 * time.Second); !second.daemon.store.IsJudge() && time.Now().Before(end); n++ {
		if !c.note(second, n) {
			t.Fatalf("note %d was refused while nobody judged", n)
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.wantRole(second, api.Judges)
	for end := n + 20; n < end; n++ {
		if !c.note(second, n) {
			t.Fatalf("note %d was refused", n)
		}
	}
	c.wantOnce(n)
}

// TestTheMemoryGoesOver: what cools down for the judge before does so for the one
// after it.
func TestTheMemoryGoesOver(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": "tocsin { enabled = true }\n" + console})
	first, second := c.nodes[0], c.nodes[1]
	send := func(h *house) string {
		_, text := h.request("POST", api.Prefix+"/send?wait=20s", strings.NewReader(`{"event_type":"storage_full","data":{"storage":"nas"}}`), map[string]string{"Authorization": "Bearer " + h.token()})
		return text
	}
	if text := send(first); !strings.Contains(text, `"channels":["console"]`) {
		t.Fatalf("the first time: %s", text)
	}
	first.stop()
	c.wantRole(second, api.Judges)
	if text := send(second); !strings.Contains(text, `"channels":[]`) || !strings.Contains(text, "cooling") && !strings.Contains(text, "duplicate") {
		t.Errorf("the second time, judged by another: %s", text)
	}
}

// TestTheSameRequestIsOneEventOnAllNodes: keys hold among nodes, whichever was
// asked first.
func TestTheSameRequestIsOneEventOnAllNodes(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	key := c.nodes[0].token()
	c.nodes[1].eventually("the other node knows the token", func() bool {
		code, _ := c.nodes[1].request("GET", api.Prefix+"/status", nil, map[string]string{"Authorization": "Bearer " + key})
		return code == 200
	})
	send := func(h *house, idempotency, body string) (int, string) {
		return h.request("POST", api.Prefix+"/send", strings.NewReader(body), map[string]string{"Authorization": "Bearer " + key, "Idempotency-Key": idempotency})
	}
	const rounds = 10
	for round := range rounds {
		body := fmt.Sprintf(`{"event_type":"note","data":{"title":"note %d end"}}`, round)
		name := fmt.Sprint("k", round)
		type answer struct {
			code int
			text string
		}
		answers := make(chan answer, 2)
		for i := range 2 {
			go func() {
				code, text := send(c.nodes[i], name, body)
				answers <- answer{code, text}
			}()
		}
		a, b := <-answers, <-answers
		if a.code/100 != 2 || b.code/100 != 2 || idOf(t, a.text) != idOf(t, b.text) {
			t.Errorf("round %d: answered %d %s and %d %s, want one event", round, a.code, a.text, b.code, b.text)
		}
		for _, h := range c.nodes {
			if code, text := send(h, name, `{"event_type":"note","data":{"title":"another"}}`); code != 422 {
				t.Errorf("another body under the same key is answered %d %s", code, text)
			}
		}
	}
	c.wantOnce(rounds)
}

func idOf(t *testing.T, text string) string {
	t.Helper()
	var answer struct {
		ID     string `json:"id"`
		Events []struct {
			ID string `json:"id"`
		} `json:"events"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if len(answer.Events) > 0 {
		return answer.Events[0].ID
	}
	return answer.ID
}

// TestANodeThatDoesNotJudgeWaits: who wants to wait for the deliveries does so on
// every node.
func TestANodeThatDoesNotJudgeWaits(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	second := c.nodes[1]
	ask := func(query string) map[string]any {
		code, text := second.request("POST", api.Prefix+"/send"+query, strings.NewReader(fmt.Sprintf(`{"event_type":"note","data":{"query":%q}}`, query)), map[string]string{"Authorization": "Bearer " + second.token()})
		var answer map[string]any
		if err := json.Unmarshal([]byte(text), &answer); code != 202 || err != nil {
			t.Fatalf("%s is answered %d %s", query, code, text)
		}
		return answer
	}
	if answer := ask(""); answer["pending"] != true {
		t.Errorf("without waiting the answer is %v", answer)
	}
	answer := ask("?wait=20s")
	deliveries, _ := answer["deliveries"].([]any)
	if answer["pending"] != nil || len(deliveries) != 1 || fmt.Sprint(answer["channels"]) != "[console]" {
		t.Errorf("after waiting the answer is %v", answer)
	}
}

// TestATokenEndsOnAllNodes: one that is revoked is refused everywhere.
func TestATokenEndsOnAllNodes(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	text, kept := api.MakeToken("extra", api.ScopeRead, time.Now(), time.Now().Add(time.Hour))
	if err := c.nodes[0].daemon.keys.Add(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	code := func() int {
		code, _ := c.nodes[1].request("GET", api.Prefix+"/status", nil, map[string]string{"Authorization": "Bearer " + text})
		return code
	}
	c.nodes[1].eventually("the token is known", func() bool { return code() == 200 })
	began := time.Now()
	if _, err := c.nodes[0].daemon.keys.Remove(t.Context(), kept.ID); err != nil {
		t.Fatal(err)
	}
	c.nodes[1].eventually("the token is refused", func() bool { return code() == 401 })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestTheDatabaseIsGone: both nodes refuse events with cause and remedy, and go on
// by themselves.
func TestTheDatabaseIsGone(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	n := 0
	for ; n < 10; n++ {
		if !c.note(c.nodes[n%2], n) {
			t.Fatalf("note %d was refused", n)
		}
	}
	mend := postgres.Cut(t, c.address)
	for i, h := range c.nodes {
		p := &poster{house: h, why: "PostgreSQL server at 127.0.0.1", do: "by itself"}
		resp := h.postNote(99)
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("node %d answers %s", i, resp.Status)
		}
		p.wantRefusal(resp)
		resp.Body.Close()
		h.eventually("it is not ready", func() bool {
			code, _ := h.request("GET", "/readyz", nil, nil)
			return code == 503
		})
		if code, _ := h.request("GET", "/healthz", nil, nil); code != 200 {
			t.Errorf("healthz of node %d answers %d", i, code)
		}
	}
	mend()
	for _, h := range c.nodes {
		h.eventually("events are taken again", func() bool {
			if c.note(h, n) {
				n++
				return true
			}
			return false
		})
	}
	c.nodes[0].eventually("one node judges again", func() bool { return c.nodes[0].daemon.store.IsJudge() != c.nodes[1].daemon.store.IsJudge() })
	c.wantOnce(n)
	for _, h := range c.nodes {
		if strings.Contains(h.err.String(), "lamp") {
			t.Error("the password is in the log")
		}
	}
}
