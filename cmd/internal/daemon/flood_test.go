package daemon

import (
	"fmt"
	"strings"
	"testing"
)

// oneHost is the built-in behaviour with a burst window short enough to wait
// for.
const oneHost = `
tocsin {
  enabled      = true
  display_name = "home-lab"
  timezone     = "UTC"
}
burst "burst_auth_fail" { window = "1s" }
` + console

func (h *house) login(ip string) {
	h.t.Helper()
	if status := h.send(fmt.Sprintf(`{"event_type":"auth_fail","data":{"source_ip":%q,"user":"root","service":"sshd"}}`, ip)); status != 202 {
		h.t.Fatalf("a login was answered %d", status)
	}
}

func (h *house) messages(typ string) int { return strings.Count(h.out.String(), "] "+typ+"\n") }

func TestFiftyFailedLoginsAreTwoMessages(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": oneHost})
	for range 50 {
		h.login("203.0.113.7")
	}
	h.eventually("the burst is told", func() bool { return h.messages("burst_auth_fail") == 1 })
	if n := h.messages("auth_fail"); n != 1 {
		t.Errorf("%d single messages, want 1", n)
	}
	_, burst, _ := strings.Cut(h.out.String(), "] burst_auth_fail\n")
	if title, _, _ := strings.Cut(burst, "\n"); !strings.Contains(title, "50") {
		t.Errorf("the burst's title says %q, want 50", title)
	}
}

func TestTwoFailedLoginsFromTwoAddressesAreBothTold(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": oneHost})
	h.login("203.0.113.7")
	h.login("198.51.100.2")
	h.eventually("both are told", func() bool { return h.messages("auth_fail") == 2 })
	if !holds(h.out.String(), []string{"203.0.113.7", "198.51.100.2"}) || h.messages("burst_auth_fail") != 0 {
		t.Errorf("told was\n%s", h.out)
	}
}

func TestAnEscalationInsideTheCooldownIsTold(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": oneHost})
	for _, severity := range []string{"warning", "warning", "critical", "critical", "warning"} {
		h.send(fmt.Sprintf(`{"event_type":"disk_space_low","severity":%q,"host":"pve1","data":{"mount":"/srv","used_percent":91}}`, severity))
	}
	h.eventually("both are told", func() bool { return h.messages("disk_space_low") == 2 })
	if !holds(h.out.String(), []string{"[WARNING] disk_space_low", "[CRITICAL] disk_space_low"}) {
		t.Errorf("told was\n%s", h.out)
	}
}
