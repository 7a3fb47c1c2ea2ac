package daemon

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin/api"
)

// listen opens the stream and gathers what it tells.
func (h *house) listen(query string) *syncBuffer {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), "GET", "http://"+h.daemon.Addr()+api.Prefix+"/stream"+query, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token())
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		h.t.Fatal(err, resp)
	}
	told := &syncBuffer{}
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "retry") {
		h.t.Fatal(line, err)
	}
	go func() {
		defer resp.Body.Close()
		_, _ = lines.WriteTo(told) // until the daemon ends
	}()
	return told
}

func TestStreamOfARunningDaemon(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console})
	all, some := h.listen(""), h.listen("?kinds=delivery")
	if status := h.send(`{"event_type":"vm_start","severity":"INFO","data":{"vmid":101}}`); status != 202 {
		t.Fatal(status)
	}
	if status := h.send(`{"event_type":"vm_stop","data":{"vmid":101}}`); status != 202 { // off in the catalogue
		t.Fatal(status)
	}
	h.call("POST", "/settings", `{"toggles":{"vm_ct":false}}`).want(200, `"saved":true`)
	for _, word := range []string{"event: event\ndata: {\"id\":", `"event_type":"vm_start"`, "event: decision\n", `"event_type":"vm_stop"`, "event: delivery\n", `"channel":"console"`, "event: config\n", `"state":"ok"`} {
		h.eventually("the stream tells "+word, func() bool { return strings.Contains(all.String(), word) })
	}
	h.eventually("the stream of deliveries tells one", func() bool { return strings.Contains(some.String(), "event: delivery\n") })
	if strings.Contains(some.String(), "event: event") || strings.Contains(some.String(), "event: config") {
		t.Errorf("got %s", some)
	}
	h.stop() // ends the streams, too: it would not end in time otherwise
}

// A reader that takes nothing holds up nobody, however much happens.
func TestASlowReaderHoldsUpNobody(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console})
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+h.daemon.Addr()+api.Prefix+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token())
	resp, err := http.DefaultClient.Do(req) // and nobody reads it
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	const batches, each = 30, 100
	for n := range batches {
		var events []string
		for i := range each {
			events = append(events, fmt.Sprintf(`{"event_type":"vm_stop","data":{"vmid":%d,"why":%q}}`, n*each+i, strings.Repeat("x", 200)))
		}
		if status := h.send("[" + strings.Join(events, ",") + "]"); status != 202 {
			t.Fatal(status)
		}
	}
	if last := h.daemon.news.Last(); last.Number < batches*each {
		t.Errorf("only %d news of %d events", last.Number, batches*each)
	}
}
