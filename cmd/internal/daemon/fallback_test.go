package daemon

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestARefusingChannelIsToldApartAndItsFallbackTells runs a Gotify server that
// refuses the token.
func TestARefusingChannelIsToldApartAndItsFallbackTells(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": `
channel "gotify" "phone" {
  url   = "` + server.URL + `"
  token = "Abcdefghijklmno"
  fallback {
    channel = "console"
  }
}
channel "log" "console" {
  when = "false"
  rich = false
}
`})
	h.token()
	if status := h.send(`{"event_type":"disk_space_low","severity":"warning","data":{"mount":"/srv"}}`); status != 202 {
		t.Fatalf("answered %d", status)
	}
	h.eventually("the fallback tells it", func() bool { return strings.Contains(h.out.String(), "Copy: phone has not delivered it for") })
	h.send(`{"event_type":"disk_space_low","severity":"warning","data":{"mount":"/home"}}`)
	h.eventually("the fallback tells the next", func() bool { return strings.Count(h.out.String(), "Copy: phone has not delivered it") == 2 })
	if got := h.gauge("tocsin_outbox_messages", "phone"); got != 0 {
		t.Errorf("%v messages wait for phone, though console told them", got)
	}
	if got := h.gauge("tocsin_channel_failures", "phone"); got == 0 {
		t.Error("the metrics do not tell the failures of phone")
	}
	if got := h.gauge("tocsin_channel_failing", "console"); got != 0 {
		t.Error("the metrics call console failing")
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the server was asked %d times, want once in a quarter of an hour", n)
	}
}

// gauge returns the value of a metric for a channel.
func (h *house) gauge(name, channel string) float64 {
	h.t.Helper()
	families, err := h.daemon.metrics.registry.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == channel {
				return m.GetGauge().GetValue()
			}
		}
	}
	h.t.Fatalf("no metric %s of %s", name, channel)
	return 0
}
