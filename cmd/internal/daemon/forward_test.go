package daemon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/api"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// hubTo is a channel that forwards to another tocsin.
func hubTo(address, auth string) string {
	return fmt.Sprintf("channel \"tocsin\" \"hub\" {\n  url = %q\n  %s\n}\n", address, auth)
}

func byToken(h *house) string { return fmt.Sprintf("token = %q", h.token()) }

// records are the events that a house has on record, the newest first.
func (h *house) records() []event.Recorded {
	h.t.Helper()
	list, err := h.daemon.store.Events(h.t.Context(), store.RecordedFilter{Page: store.Page{Limit: 100}})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// settled waits until nothing is on its way, and the record is written.
func (h *house) settled(events int) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%d events are on record and nothing waits", events), func() bool {
		rows, _ := h.unsent(api.OutboxFilter{Limit: 10})
		return len(rows) == 0 && len(h.records()) >= events
	})
}

func (h *house) toldOf(t *testing.T, id, channel string) []event.Delivery {
	t.Helper()
	rows, _, err := h.daemon.store.History(t.Context(), store.HistoryFilter{EventID: id, Channel: channel})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A forwarded event is what it was: with its id, host, cluster, time, severity and
// data, and told by the other one's catalogue. By token or signed, all the same.
func TestAnEventIsForwardedWhole(t *testing.T) {
	const body = `{"event_type":"backup_fail","severity":"critical","host":"pve7","time":"2026-03-14T01:59:26Z",
		"data":{"vmid":101,"storage":"tank <2>","reason":"no \"space\" | left * _ ~ 💥","size":1395864371200}}`
	for name, open := range map[string]func(*house) (hub, auth string){
		"token": func(h *house) (string, string) { return "", byToken(h) },
		"secret": func(*house) (string, string) {
			return "webhook {\n  secret   = \"shared-7731\"\n  loopback = \"secret\"\n}\n", `secret = "shared-7731"`
		},
	} {
		t.Run(name, func(t *testing.T) {
			hub := newHouse(t, map[string]string{"tocsin.hcl": strings.Replace(quietDefaults, "home-lab", "the-hub", 1) + console})
			more, auth := open(hub)
			hub.write("webhook.hcl", more)
			hub.reloaded()
			leaf := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + hubTo("http://"+hub.daemon.Addr(), auth)})
			leaf.send(body)
			leaf.settled(1)
			hub.settled(1)
			sent, got := leaf.records()[0].Incoming, hub.records()[0].Incoming
			want := sent
			want.Source, want.Cluster, want.Severity, want.Via = "forward", got.Cluster, "CRITICAL", []string{leaf.daemon.instance}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(event.Incoming{}, "Title", "Message")); diff != "" {
				t.Errorf("(-sent +got):\n%s", diff)
			}
			if got.ID == "" || got.Cluster == "" || got.Title == "" {
				t.Errorf("got %+v", got)
			}
			hub.eventually("it is told", func() bool { return strings.Contains(hub.out.String(), "tank <2>") })
			if text := hub.out.String(); !strings.HasPrefix(text, "2026-03-14 01:59:26 +0000 [CRITICAL] backup_fail\n") || !strings.Contains(text, "host: pve7") {
				t.Errorf("the hub told %s", text)
			}
		})
	}
}

// A host with the hub's own name stays another one.
func TestAForwardedHostIsNotThisOne(t *testing.T) {
	hub := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	system := hub.daemon.running.Load().config.Policy.System
	body := fmt.Sprintf(`{"event_type":"custom","id":"01K9ZD3V7G4Q8R2M6N5T1W0XYB","host":%q,"cluster":"elsewhere","title":"t","via":["other"]}`, system)
	if status := hub.send(body); status != 202 {
		t.Fatalf("send answers %d", status)
	}
	hub.eventually("it is told", func() bool { return strings.Contains(hub.out.String(), "host: "+system+"\n") })
}

// What the other one cannot tell by its catalogue it tells by the text: types that
// only the first one knows, bursts that only the first one counted, and messages
// that tell several events.
func TestForwardedTexts(t *testing.T) {
	hub := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	leaf := newHouse(t, map[string]string{
		"tocsin.hcl": quietDefaults + hubTo("http://"+hub.daemon.Addr(), byToken(hub)),
		"events.hcl": "event \"goat_lost\" {\n  group  = \"other\"\n  fields = { name = \"string\" }\n  title  = \"The goat {{ .data.name }} is gone\"\n  body   = \"Look behind the barn.\"\n}\n",
	})
	leaf.send(`{"event_type":"goat_lost","data":{"name":"Bella"}}`)
	hub.eventually("the text is told", func() bool {
		return strings.Contains(hub.out.String(), "The goat Bella is gone\n  Look behind the barn.")
	})
	hub.send(`{"event_type":"burst_auth_fail","id":"01K9ZD3V7G4Q8R2M6N5T1W0XYB","severity":"WARNING","title":"50 failed logins in 2m","message":"from 203.0.113.7","via":["other"]}`)
	hub.eventually("the burst is told", func() bool {
		return strings.Contains(hub.out.String(), "[WARNING] burst_auth_fail\n  50 failed logins in 2m\n  from 203.0.113.7")
	})
}

// An answer that is lost makes the first one send again; the other one knows the
// event and takes it once. So it does when the event comes over a third one.
func TestAnEventSentTwiceArrivesOnce(t *testing.T) {
	hub := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	var requests atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		status, text := hub.request("POST", r.URL.Path, bytes.NewReader(body), map[string]string{"Authorization": r.Header.Get("Authorization")})
		if requests.Add(1) == 1 { // the event is taken, and its answer lost
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		io.WriteString(w, text)
	}))
	defer proxy.Close()
	leaf := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + hubTo(proxy.URL, byToken(hub))})
	leaf.send(`{"event_type":"custom","title":"once and no more"}`)
	leaf.settled(1)
	hub.settled(1)
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests, want the lost one and its repeat", n)
	}
	first := hub.records()[0].Incoming
	first.Via = append(first.Via, "third")
	again, err := json.Marshal(struct {
		event.Incoming
		Title string `json:"title"`
	}{first, "another way"})
	if err != nil {
		t.Fatal(err)
	}
	status, text := hub.request("POST", api.Prefix+"/send", bytes.NewReader(again), map[string]string{"Authorization": "Bearer " + hub.token()})
	if status != 202 || !strings.Contains(text, first.ID) || !strings.Contains(text, `"channels":[]`) {
		t.Errorf("over another way: %d %s", status, text)
	}
	hub.send(`{"event_type":"custom","title":"the last"}`)
	hub.settled(2)
	hub.eventually("the last is told", func() bool { return strings.Contains(hub.out.String(), "the last") })
	if n := strings.Count(hub.out.String(), "once and no more"); n != 1 {
		t.Errorf("it was told %d times", n)
	}
}

// Two that forward everything to each other: an event goes there, comes back, and
// ends where it began.
func TestALoopEnds(t *testing.T) {
	a := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	b := newHouse(t, map[string]string{"tocsin.hcl": strings.Replace(quietDefaults, "home-lab", "other-lab", 1) + console})
	a.write("hub.hcl", hubTo("http://"+b.daemon.Addr(), byToken(b)))
	b.write("hub.hcl", hubTo("http://"+a.daemon.Addr(), byToken(a)))
	a.reloaded()
	b.reloaded()
	a.send(`{"event_type":"custom","title":"round and round"}`)
	a.settled(1)
	b.settled(1)
	id := a.records()[0].Incoming.ID
	b.eventually("it came back", func() bool { return len(b.toldOf(t, id, "hub")) > 0 })
	a.send(`{"event_type":"custom","title":"behind it"}`) // whatever came back stands before it
	a.settled(2)
	b.settled(2)
	for name, h := range map[string]*house{"a": a, "b": b} {
		if n := len(h.records()); n != 2 {
			t.Errorf("%s took %d events, want 2", name, n)
		}
		if n := strings.Count(h.out.String(), "round and round"); n != 1 {
			t.Errorf("%s told it %d times", name, n)
		}
	}
	rows := b.toldOf(t, id, "hub")
	if len(rows) != 1 || !rows[0].Success || !strings.Contains(rows[0].Error, "event.source != 'forward'") {
		t.Errorf("b's attempts to send it back: %+v", rows)
	}
}

// The name of an instance stays over a restart, and a damaged one is replaced.
func TestInstance(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults})
	name := h.daemon.instance
	h.stop()
	h.start()
	if name == "" || h.daemon.instance != name {
		t.Errorf("it was %q and is %q", name, h.daemon.instance)
	}
	if other, err := instanceOf(t.TempDir()); err != nil || other == name {
		t.Errorf("another one is called %q, %v", other, err)
	}
}
