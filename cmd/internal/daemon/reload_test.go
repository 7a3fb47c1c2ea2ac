package daemon

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/api"
)

const console = `channel "log" "console" { rich = false }` + "\n"

func titled(title string) string {
	return fmt.Sprintf("event \"vm_start\" {\n  title       = %q\n  fingerprint = [\"n\"]\n  fields      = { n = \"number\" }\n}\n", title+" {{ .data.n }} end")
}

func (h *house) send(body string) int {
	h.t.Helper()
	status, _ := h.request("POST", api.Prefix+"/send", strings.NewReader(body), map[string]string{"Authorization": "Bearer " + h.token()})
	return status
}

// token makes an admin token, once.
func (h *house) token() string {
	h.t.Helper()
	name := filepath.Join(h.data, "test-token")
	if text, err := os.ReadFile(name); err == nil {
		return string(text)
	}
	text, kept := api.MakeToken("test", api.ScopeAdmin, time.Now(), time.Now().Add(time.Hour))
	if err := h.daemon.keys.Add(h.t.Context(), kept); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return text
}

func (h *house) status() api.Status {
	h.t.Helper()
	code, text := h.request("GET", api.Prefix+"/status", nil, map[string]string{"Authorization": "Bearer " + h.token()})
	var st api.Status
	if err := json.Unmarshal([]byte(text), &st); err != nil || code != 200 {
		h.t.Fatalf("status %d %s: %v", code, text, err)
	}
	return st
}

// TestAnEditIsLiveAndNoEventIsLostOrDoubled changes a title again and again
// under a constant stream.
func TestAnEditIsLiveAndNoEventIsLostOrDoubled(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console, "events.hcl": titled("version 0")})
	h.token()
	end := make(chan struct{})
	sent := 0
	var stream sync.WaitGroup
	stream.Go(func() {
		for ; ; sent++ {
			select {
			case <-end:
				return
			default:
			}
			if status := h.send(fmt.Sprintf(`{"event_type":"vm_start","data":{"n":%d}}`, sent)); status != 202 {
				t.Errorf("event %d was answered %d", sent, status)
			}
		}
	})
	for version := 1; version <= 5; version++ {
		title := fmt.Sprint("version ", version)
		saved := time.Now()
		h.write("events.hcl", titled(title))
		h.eventually(title+" is live", func() bool { return strings.Contains(h.out.String(), title+" ") })
		t.Logf("%s was seen %v after it was saved", title, time.Since(saved).Round(time.Millisecond))
	}
	close(end)
	stream.Wait()
	h.eventually("the last event arrived", func() bool { return strings.Contains(h.out.String(), fmt.Sprintf(" %d end", sent-1)) })
	out := h.out.String()
	for n := range sent {
		if got := strings.Count(out, fmt.Sprintf(" %d end", n)); got != 1 {
			t.Errorf("event %d arrived %d times", n, got)
		}
	}
	t.Logf("%d events over 5 edits", sent)
}

// TestABrokenEditChangesNothing breaks a file, restarts, and mends it.
func TestABrokenEditChangesNothing(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console, "events.hcl": titled("good")})
	h.write("events.hcl", "event \"vm_start\" {\n  titel = \"typo\"\n}\n")
	h.eventually("the diagnostics are shown", func() bool {
		return holds(h.err.String(), []string{"events.hcl:2:3", "titel", "^^^^^", "title"})
	})
	h.eventually("the notice is sent", func() bool { return strings.Contains(h.out.String(), "config_rejected") })
	check := func(when string) {
		t.Helper()
		st := h.status()
		if st.Config.State != "last_good" || len(st.Config.Errors) != 1 || !strings.Contains(st.Config.Errors[0], "events.hcl:2:3") {
			t.Errorf("%s: status says %+v", when, st.Config)
		}
		if _, metrics := h.request("GET", "/metrics", nil, nil); !strings.Contains(metrics, "tocsin_config_last_reload_successful 0") {
			t.Errorf("%s: the metric does not say so", when)
		}
		if status := h.send(`{"event_type":"vm_start","data":{"n":1}}`); status != 202 {
			t.Errorf("%s: an event was answered %d", when, status)
		}
		h.eventually(when+": the version before goes on", func() bool { return strings.Contains(h.out.String(), "good 1 end") })
	}
	check("after the edit")
	h.stop()
	h.start()
	check("after a restart")
	code, text := h.request("POST", api.Prefix+"/reload", strings.NewReader("{}"), map[string]string{"Authorization": "Bearer " + h.token()})
	if code != 422 || !strings.Contains(text, "events.hcl") {
		t.Errorf("reload answered %d %s", code, text)
	}
	h.write("events.hcl", titled("mended"))
	h.eventually("the mended version is in use", func() bool { return h.status().Config.State == "ok" })
	if n := strings.Count(h.out.String(), "config_rejected"); n != 0 {
		t.Errorf("the notice was sent %d times after the restart, want none: nothing new was rejected", n)
	}
}

// TestAMissingSecretHoldsItsChannelAlone sets the secret later.
func TestAMissingSecretHoldsItsChannelAlone(t *testing.T) {
	p := newPeers(t)
	held := strings.Replace(p.hcl, `token = "Atoken"`, `token = secret("gotify_token")`, 1)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": held + console})
	h.send(`{"event_type":"custom","data":{"title":"hello","message":"there"}}`)
	p.telegram.await(t, "hello")
	h.eventually("only the message of that channel waits", func() bool {
		st := h.status()
		return len(st.Failing) == 1 && st.Failing[0] == "tablet" && st.Waiting == 1
	})
	h.write("secrets/gotify_token", "Atoken\n")
	h.eventually("the message goes out", func() bool { return len(p.gotify.texts()) == 1 })
	if strings.Contains(h.err.String(), "Atoken") {
		t.Error("the secret is in the log")
	}
}

// A channel remembers which parts of a message arrived: an edit elsewhere must
// not make it forget.
func TestAReloadKeepsTheChannelsThatDidNotChange(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console + "channel \"log\" \"file\" { path = \"/dev/null\" }\n"})
	before := h.daemon.running.Load().config.Channels
	h.write("channels.hcl", strings.Replace(console, "rich = false", "rich = true", 1)+"channel \"log\" \"file\" { path = \"/dev/zero\" }\n")
	h.eventually("the edit is in use", func() bool { return h.daemon.running.Load().config.Channels["console"].Rich })
	after := h.daemon.running.Load().config.Channels
	if before["console"].Channel != after["console"].Channel {
		t.Error("a channel with the same destination was made anew")
	}
	if before["file"].Channel == after["file"].Channel {
		t.Error("a channel with another destination was kept")
	}
}
