package daemon

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tocsin/api"
)

// silentGotify is a channel whose service takes requests and answers none until
// it is told to.
func silentGotify(t *testing.T, name string) (hcl string, answer func()) {
	t.Helper()
	end := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	answer = sync.OnceFunc(func() { close(end) })
	t.Cleanup(answer)
	return fmt.Sprintf("channel \"gotify\" %q {\n  url   = %q\n  token = \"Atoken\"\n}\n", name, server.URL), answer
}

// Who waits for a delivery when the daemon stops is told that the event is kept,
// or would send it again.
func TestAStopAnswersWhoeverWaits(t *testing.T) {
	tablet, release := silentGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + tablet})
	type answer struct {
		status int
		text   string
	}
	answers := make(chan answer, 1)
	token := h.token()
	go func() {
		status, text := h.request("POST", api.Prefix+"/send?wait=60s", strings.NewReader(`{"event_type":"custom"}`), map[string]string{"Authorization": "Bearer " + token})
		answers <- answer{status, text}
	}()
	h.eventually("the event waits", func() bool { return h.status().Waiting == 1 })
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		h.stop()
	}()
	if a := <-answers; a.status != 202 || !strings.Contains(a.text, `"accepted":true`) {
		t.Errorf("who waited was answered %d %s", a.status, a.text)
	}
	release()
	<-stopped
}

func TestEventsOfABatchAreWaitedFor(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console + "channel \"log\" \"second\" {}\n"})
	status, text := h.request("POST", api.Prefix+"/send?wait=20s", strings.NewReader(`[{"event_type":"custom","title":"a"},{"event_type":"custom","title":"b"}]`),
		map[string]string{"Authorization": "Bearer " + h.token()})
	if status != 202 || strings.Count(text, `"success":true`) != 4 {
		t.Errorf("answer %d %s, want four deliveries", status, text)
	}
}

// Nothing is dispatched while notifications are off, also not what waits
// already; it goes out when they are on again.
func TestSwitchedOffMeansSilent(t *testing.T) {
	p := newPeers(t)
	held := strings.Replace(p.hcl, `token = "Atoken"`, `token = secret("gotify_token")`, 1)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": held})
	h.send(`{"event_type":"custom","title":"hello"}`)
	h.eventually("one message waits for its secret", func() bool { return h.status().Waiting == 1 })
	h.write("tocsin.hcl", strings.Replace(quietDefaults, "enabled      = true", "enabled      = false", 1))
	h.eventually("it is off", func() bool { return !h.status().Enabled })
	h.write("secrets/gotify_token", "Atoken\n")
	h.eventually("the secret is known", func() bool {
		list, err := h.daemon.Channels(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.State == "waiting" {
				return false
			}
		}
		return true
	})
	h.send(`{"event_type":"custom","title":"unheard"}`)
	if n := len(p.gotify.texts()); n != 0 {
		t.Errorf("%d messages went out while notifications are off", n)
	}
	h.write("tocsin.hcl", quietDefaults)
	h.eventually("what waited goes out", func() bool { return len(p.gotify.texts()) == 1 })
	if !strings.Contains(p.gotify.texts()[0], "hello") {
		t.Errorf("told was %s", p.gotify.texts())
	}
}

func TestAChannelThatIsOffKeepsItsMessages(t *testing.T) {
	tablet, release := silentGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet})
	h.send(`{"event_type":"custom","title":"hello"}`)
	state := func(reason string) func() bool {
		return func() bool {
			list, err := h.daemon.Channels(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1 && list[0].State == "stranded" && list[0].Queue.Waiting == 1 && strings.Contains(list[0].Reason, reason)
		}
	}
	h.write("channels.hcl", strings.Replace(tablet, "{\n", "{\n  enabled = false\n", 1))
	h.eventually("it is shown as switched off", state("switched off"))
	h.write("channels.hcl", "")
	h.eventually("it is shown as gone", state("gone from the configuration"))
	release()
}
