package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tocsin/api"
)

// A test message goes over a channel while its worker sends.
func TestTestsDisturbNoDelivery(t *testing.T) {
	p := newPeers(t)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": p.hcl + console})
	h.hasten()
	token := h.token()
	const rounds = 10
	var both sync.WaitGroup
	both.Go(func() {
		for range rounds {
			h.send(`{"event_type":"custom","title":"an event"}`)
		}
	})
	both.Go(func() {
		for range rounds {
			status, text := h.request("POST", api.Prefix+"/test", strings.NewReader(`{}`), map[string]string{"Authorization": "Bearer " + token})
			if status != 200 || strings.Count(text, `"success":true`) != 5 {
				t.Errorf("test answers %d %s", status, text)
			}
		}
	})
	both.Wait()
	for name, in := range p.all() {
		h.eventually("everything arrived at "+name, func() bool { return len(in.texts()) == 2*rounds })
	}
}

// A request makes no channel that runs a program: whoever may test would have a
// shell.
func TestNoRequestMakesAProgramRun(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	mark := filepath.Join(t.TempDir(), "ran")
	body := fmt.Sprintf(`{"channel": {"kind": "exec", "name": "x", "command": ["touch", %q]}}`, mark)
	status, text := h.request("POST", api.Prefix+"/test", strings.NewReader(body), map[string]string{"Authorization": "Bearer " + h.token()})
	if status != 422 || !strings.Contains(text, "none is made from a request") {
		t.Errorf("test answers %d %s", status, text)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the program ran")
	}
}
