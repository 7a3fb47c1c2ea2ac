package daemon

import (
	"testing"
	"time"

	"tocsin/api"
)

// TestWhatIsHeldIsShownAndToldWhenQuietHoursGo holds an event in quiet hours
// that are now, looks at the channel, and takes the quiet hours away.
func TestWhatIsHeldIsShownAndToldWhenQuietHoursGo(t *testing.T) {
	now := time.Now().UTC()
	hours := now.Add(-time.Hour).Format("15:04") + "-" + now.Add(3*time.Hour).Format("15:04") + " UTC"
	quiet := "channel \"log\" \"console\" {\n  rich = false\n  quiet_hours {\n    hours = \"" + hours + "\"\n  }\n}\n"
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": quiet})
	h.token()
	if status := h.send(`{"event_type":"disk_space_low","data":{"mount":"/srv"}}`); status != 202 {
		t.Fatalf("answered %d", status)
	}
	list, err := h.daemon.Channels(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if q := list[0].Queue.Quiet; q == nil || q.Messages != 1 || q.At == nil || q.At.Before(now) {
		t.Errorf("the queue is %+v", list[0].Queue)
	}
	h.write("channels.hcl", "")
	h.reloaded()
	if list, err = h.daemon.Channels(t.Context()); err != nil || len(list) != 1 || list[0].State != "stranded" || list[0].Queue.Quiet == nil {
		t.Errorf("without the channel: %+v, %v", list, err)
	}
	h.write("channels.hcl", console)
	h.reloaded()
	h.eventually("the summary is told", func() bool { return h.messages("quiet_summary") == 1 })
}

func (h *house) reloaded() {
	h.t.Helper()
	var r api.ReloadResult
	r, err := h.daemon.Reload(h.t.Context())
	if err != nil || !r.OK {
		h.t.Fatal(r, err)
	}
}
