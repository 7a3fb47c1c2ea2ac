package daemon

import (
	"strings"
	"testing"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

// A long queue holds up no start. The time is for people, as a busy machine says
// nothing about the program; its bound only finds what grows with the queue.
func TestReadyWithTenThousandWaiting(t *testing.T) {
	const rows = 10_000
	held := "channel \"gotify\" \"tablet\" {\n  url   = \"http://127.0.0.1:1\"\n  token = secret(\"gone\")\n}\n"
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + held})
	for range rows / 500 {
		list := make([]dispatch.Submission, 500)
		for i := range list {
			list[i].Event = &event.Incoming{Type: "custom", Data: map[string]any{"title": "a message that waits", "message": strings.Repeat("text ", 50)}}
		}
		for _, o := range h.daemon.post.Submit(t.Context(), list...) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
		}
	}
	h.stop()
	states := notified(t)
	began := time.Now()
	h.start()
	h.eventually("it is ready", func() bool { return strings.Contains(states(), "READY=1\n") })
	took := time.Since(began)
	t.Logf("ready after %v with %d messages waiting", took.Round(time.Millisecond), rows)
	if took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if n := h.status().Waiting; n != rows {
		t.Errorf("%d messages wait, want %d", n, rows)
	}
}
