package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/engine/store"
)

// kills is how often the daemon is killed: TOCSIN_LONG=1 go test -v -run Kill
// ./cmd/tocsin asks for the whole.
func kills() int {
	if os.Getenv("TOCSIN_LONG") != "" {
		return 200
	}
	return 40
}

// TestNothingAcceptedIsLostOverAKill kills the daemon under load again and
// again, at random moments after it became ready and some before; what it
// answered with 2xx must arrive.
func TestNothingAcceptedIsLostOverAKill(t *testing.T) {
	n, k := kills(), newKillGround(t)
	for round := range n {
		k.configure(round)
		k.begun = append(k.begun, time.Now())
		if round%5 == 0 {
			k.killWhileItStarts()
		} else {
			k.killWhenReady()
		}
	}
	k.write("held.hcl", k.held(""))
	k.begun = append(k.begun, time.Now())
	p := k.start()
	k.await()
	if code := p.stop(); code != 0 {
		t.Errorf("it ended with status %d, want 0", code)
	}
	k.checkArrived(n)
	k.checkOpen()
}

// killGround is a ground with several channels, bursts, quiet hours, a digest
// and open events, and a load of all that they are for.
type killGround struct {
	*ground
	*load
	slow, later, mail *counter // services
	names             sync.Mutex
	begun             []time.Time     // when each daemon was started
	takes             chan struct{}   // one for each event that was accepted, if anybody looks
	taken             map[string]bool // what was answered with 2xx: "note 7"
	unsure            map[string]bool // what got no answer, and may have been taken
}

// routes are the channels that each type goes to.
var routes = map[string][]string{
	"note": {"sink", "slow"}, "letter": {"sink", "mail"}, "hush": {"sink", "held"},
	"trickle": {"sink"}, "trouble": {"sink"}, "over": {"sink"},
}

// killRules have a burst of which kills leave all sizes: its threshold is half of
// what each value of tenth has.
const killRules = `
api { rate = "1000000/s" }

event "note" {
  group  = "other"
  fields = { n = "number" }
  title  = "note {{ .data.n }}."
}
event "letter" {
  group  = "other"
  fields = { n = "number" }
  title  = "letter {{ .data.n }}."
}
event "hush" {
  group  = "other"
  fields = { n = "number" }
  title  = "hush {{ .data.n }}."
}
event "trickle" {
  group  = "other"
  fields = { n = "number", tenth = "number" }
  title  = "trickle {{ .data.n }}."
}
burst "burst_trickle" {
  events    = ["trickle"]
  threshold = 5
  window    = "1s"
  by        = ["tenth"]
  samples   = 10
  title     = "{{ .count }}:{{ range .samples }} trickle {{ .data.n }}.{{ end }}"
}
event "trouble" {
  group       = "other"
  fields      = { n = "number" }
  fingerprint = ["n"]
  title       = "trouble {{ .data.n }}."
}
event "over" {
  group       = "other"
  fields      = { n = "number" }
  fingerprint = ["n"]
  resolves    = ["trouble"]
  title       = "over {{ .data.n }}."
}
`

func newKillGround(t *testing.T) *killGround {
	t.Helper()
	k := &killGround{ground: newGround(t), load: newLoad(), takes: make(chan struct{}, killSenders), taken: map[string]bool{}, unsure: map[string]bool{}}
	k.data = filepath.Join(inMemory(t), "data") // a kill loses nothing that the kernel has
	k.load.send = k.sendMixed
	k.slow, k.later, k.mail = serveGotify(t), serveGotify(t), newCounter()
	k.write("rules.hcl", killRules)
	k.write("channels.hcl", fmt.Sprintf(`
channel "gotify" "slow" {
  url   = %q
  token = "AwQ7.token-9fK2"
  rich  = false
  when  = "event.type == 'note'"
}
channel "email" "mail" {
  host = "127.0.0.1"
  port = %d
  tls  = "none"
  from = "tocsin@lab.example"
  to   = ["ana@lab.example"]
  rich = false
  when = "event.type == 'letter'"
}
`, k.slow.url, serveMail(t, k.mail)))
	return k
}

// held is the channel that keeps messages back.
func (k *killGround) held(how string) string {
	return fmt.Sprintf("channel \"gotify\" \"held\" {\n  url = %q\n  token = \"AwQ7.token-9fK2\"\n  rich = false\n  when = \"event.type == 'hush'\"\n%s}\n", k.later.url, how)
}

// configure takes away in most rounds what the round before kept messages for, so
// that they are told at the next start: that is when kills meet a summary.
func (k *killGround) configure(round int) {
	now := time.Now().UTC()
	away := now.Add(2 * time.Hour).Format("15:04")
	how := ""
	switch round % 3 {
	case 0:
		how = fmt.Sprintf("  quiet_hours { hours = \"%s-%s UTC\" }\n", now.Add(-2*time.Hour).Format("15:04"), away)
	case 1:
		how = fmt.Sprintf("  digest { at = \"%s UTC\" }\n", away)
	}
	k.write("held.hcl", k.held(how))
}

const (
	killSenders = 8
	killEvents  = 100             // accepted before a kill, at most
	killTime    = 5 * time.Second // until then
)

// killWhenReady kills it behind any number of events, at any moment until the
// next.
func (k *killGround) killWhenReady() {
	p := k.start()
	k.begin(k.data, killSenders)
	limit := time.After(killTime)
	for n := rand.IntN(killEvents); n > 0; n-- {
		select {
		case <-k.takes:
		case <-limit:
			n = 0
		}
	}
	<-time.After(time.Duration(rand.IntN(10_000)) * time.Microsecond)
	p.kill()
	k.load.stop()
}

// killWhileItStarts kills it at any moment of its start, or shortly behind it.
func (k *killGround) killWhileItStarts() {
	p, _ := k.launch()
	k.begin(k.data, killSenders)
	<-time.After(time.Duration(rand.IntN(150)) * time.Millisecond)
	p.kill()
	k.load.stop()
}

// sendMixed sends the event of a number, and sometimes the one that resolves it.
func (k *killGround) sendMixed(client *http.Client, n int) bool {
	kind := "note"
	switch {
	case n%60 == 0: // few, as mail is sent at a pace of one a second
		kind = "letter"
	case n%10 == 2:
		kind = "hush"
	case n%4 == 1:
		kind = "trickle"
	case n%4 == 3:
		kind = "trouble"
	}
	ok := k.sendOne(client, kind, n)
	if ok && kind == "trouble" && n%8 == 3 {
		k.sendOne(client, "over", n)
	}
	return ok
}

func (k *killGround) sendOne(client *http.Client, kind string, n int) bool {
	body, _ := json.Marshal(map[string]any{"event_type": kind, "data": map[string]any{"n": n, "tenth": n / 40}})
	resp, err := client.Post("http://localhost/api/notifications/send", "application/json", bytes.NewReader(body))
	name := fmt.Sprint(kind, " ", n)
	k.names.Lock()
	defer k.names.Unlock()
	if err != nil {
		k.unsure[name] = true
		return false
	}
	resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		k.taken[name] = true
		select {
		case k.takes <- struct{}{}:
		default:
		}
	}
	return k.taken[name]
}

var named = regexp.MustCompile(`\b(?:note|letter|hush|trickle|trouble|over) \d+\b`)

// arrivals returns what each channel was told: its messages with how often each
// came.
func (k *killGround) arrivals() map[string]map[string]int {
	k.t.Helper()
	text, err := os.ReadFile(k.sink)
	if err != nil && !os.IsNotExist(err) {
		k.t.Fatal(err)
	}
	blocks := map[string]int{}
	for block := range strings.SplitSeq(string(text), "\n\n") {
		if block != "" {
			blocks[unmarked(block)]++
		}
	}
	return map[string]map[string]int{"sink": blocks, "slow": k.slow.texts(), "held": k.later.texts(), "mail": k.mail.texts()}
}

// missing lists what was accepted and is named in no message of a channel that it
// goes to.
func (k *killGround) missing() []string {
	var list []string
	told := map[string]bool{}
	for channel, texts := range k.arrivals() {
		for text := range texts {
			for _, name := range named.FindAllString(text, -1) {
				told[channel+" "+name] = true
			}
		}
	}
	for name := range k.taken {
		kind, _, _ := strings.Cut(name, " ")
		for _, channel := range routes[kind] {
			if !told[channel+" "+name] {
				list = append(list, channel+" "+name)
			}
		}
	}
	return list
}

// await waits until everything that was accepted has arrived, or nothing new
// arrives any more.
func (k *killGround) await() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	last, patience := -1, 0
	for patience < 150 {
		<-tick.C
		n := len(k.missing())
		if n == 0 {
			return
		}
		if patience++; n != last {
			last, patience = n, 0
		}
	}
}

// checkArrived wants all that was accepted, and no more repeats on a channel than
// there were kills: each can have met one message between its arrival and the
// note of it.
func (k *killGround) checkArrived(kills int) {
	t := k.t
	t.Helper()
	if len(k.taken) == 0 {
		t.Error("nothing was accepted: the test shows nothing")
	}
	missing := k.missing()
	for _, name := range missing[:min(len(missing), 10)] {
		t.Errorf("lost: %s", name)
	}
	twice := map[string]int{}
	arrivals := k.arrivals()
	for _, channel := range slices.Sorted(maps.Keys(arrivals)) {
		messages := map[string]int{} // different ones, by event
		for text, n := range arrivals[channel] {
			twice[channel] += n - 1
			for _, name := range named.FindAllString(text, -1) {
				messages[name]++
			}
		}
		for name, n := range messages {
			if n > 1 && !strings.HasPrefix(name, "trickle ") { // the first of a flood stands in its summary too
				t.Errorf("%s has %s in %d different messages", channel, name, n)
			}
		}
		if twice[channel] > kills {
			t.Errorf("%d messages came twice over %s, want at most one a kill", twice[channel], channel)
		}
	}
	k.checkRepeats()
	t.Logf("%d kills: %d events accepted, %d refused or cut off, %d lost, %v messages twice", kills, len(k.taken), len(k.unsure), len(missing), twice)
}

// checkRepeats wants a kill before each repeat, and at most one repeat a channel
// behind each: what was in flight. A repeat is the same message.
func (k *killGround) checkRepeats() {
	t := k.t
	t.Helper()
	for channel, c := range map[string]*counter{"slow": k.slow, "held": k.later, "mail": k.mail} {
		for start, n := range c.repeats(k.begun) {
			if start == 0 || n > 1 {
				t.Errorf("%d messages came again over %s in life %d of the daemon (0: without a kill between), want at most the one in flight", n, channel, start)
			}
		}
	}
	for text, ids := range k.mail.ids {
		if len(ids) > 1 {
			t.Errorf("a repeat has another Message-ID: %v of %s", slices.Sorted(maps.Keys(ids)), text)
		}
	}
}

// checkOpen compares what the store says is open with what was accepted. The
// daemon has stopped.
func (k *killGround) checkOpen() {
	t := k.t
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite://"+filepath.Join(k.data, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	saved, err := s.Load(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, o := range saved.Open {
		open[fmt.Sprint(o.Event.Data["n"])] = true
	}
	resolved := 0
	for name := range k.taken {
		kind, n, _ := strings.Cut(name, " ")
		switch {
		case kind == "over" && open[n]:
			t.Errorf("trouble %s is open, want resolved", n)
		case kind == "over":
			resolved++
		case kind == "trouble" && !open[n] && !k.taken["over "+n] && !k.unsure["over "+n]:
			t.Errorf("trouble %s is not open", n)
		}
	}
	t.Logf("%d are open, %d resolved", len(open), resolved)
	if len(saved.Pending) > 0 {
		t.Errorf("quiet hours and digest are gone, and %v still waits", saved.Pending)
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
