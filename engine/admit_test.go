package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func TestAdmitFillsWhatIsOpen(t *testing.T) {
	e, notes := testPolicy().Admit(&event.Incoming{ID: "x", Type: "disk_space_low"}, start)
	want := &event.Event{
		ID: "x", Type: "disk_space_low", Group: "storage", Severity: event.Warning, Host: "home-lab", Cluster: "home-lab", Time: start,
	}
	if diff := cmp.Diff(want, e); diff != "" || len(notes) != 0 {
		t.Errorf("notes %v, event differs (-want +got):\n%s", notes, diff)
	}
}

func TestThisHostHasOneName(t *testing.T) {
	p := testPolicy()
	p.System = "pve1.lab.example"
	for given, want := range map[string]string{"": "home-lab", "pve1": "home-lab", "pve1.lab.example": "home-lab", "pve2": "pve2", "pve10": "pve10"} {
		if e, _ := p.Admit(&event.Incoming{Type: "vm_stop", Host: given}, start); e.Host != want {
			t.Errorf("%q became %q, want %q", given, e.Host, want)
		}
	}
}

func TestAdmitSeverity(t *testing.T) {
	for _, c := range []struct {
		given   string
		atLeast bool
		want    event.Severity
	}{
		{"", false, event.Warning},
		{"info", false, event.Info},
		{"info", true, event.Warning},
		{"error", true, event.Critical},
		{"Emergency", false, event.Critical},
		{"purple", false, event.Warning},
	} {
		e, _ := testPolicy().Admit(&event.Incoming{Type: "disk_space_low", Severity: c.given, AtLeast: c.atLeast}, start)
		if e.Severity != c.want {
			t.Errorf("severity %q (at least: %v) became %v, want %v", c.given, c.atLeast, e.Severity, c.want)
		}
	}
}

func TestAdmitData(t *testing.T) {
	in := map[string]any{
		"Job-ID": "a", "job_id": "b", "used": "1.5 GiB", "text": "bell\x07 \u202egnp.exe", "n": 3,
		"list": []string{"a\x00"}, "deep": map[string]any{"k\n": "v"}, "long": strings.Repeat("ü", maxText), "message": strings.Repeat("m", 2*maxText),
	}
	e, notes := testPolicy().Admit(&event.Incoming{Type: "disk_space_low", Data: in}, start)
	long := e.Data["long"].(string)
	if len(long) > maxText || !strings.HasSuffix(long, "(cut)") {
		t.Errorf("a long text is %d bytes and ends in %q", len(long), long[len(long)-10:])
	}
	if len(e.Data["message"].(string)) != 2*maxText {
		t.Error("the message was cut")
	}
	delete(e.Data, "long")
	delete(e.Data, "message")
	want := map[string]any{
		"job_id": "b", "used": event.Bytes(3 << 29), "text": "bell<U+0007> <U+202E>gnp.exe", "n": 3.0,
		"list": []any{"a<U+0000>"}, "deep": map[string]any{"k\n": "v"},
	}
	if diff := cmp.Diff(want, e.Data); diff != "" {
		t.Errorf("data differs (-want +got):\n%s", diff)
	}
	if len(notes) != 0 {
		t.Errorf("notes: %v", notes)
	}
}

func TestWhatDoesNotConvertStaysAndIsNoted(t *testing.T) {
	e, notes := testPolicy().Admit(&event.Incoming{Type: "disk_space_low", Data: map[string]any{"used": "a lot"}}, start)
	if e.Data["used"] != "a lot" {
		t.Errorf("the value became %v", e.Data["used"])
	}
	if len(notes) != 1 || notes[0].Reason != ReasonUnconverted || !strings.Contains(notes[0].Words(), "used") {
		t.Errorf("notes are %+v", notes)
	}
}

func TestAdmitKeepsWhatAForwardedEventSays(t *testing.T) {
	when := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	guest := &event.Guest{ID: "101", Name: "web01"}
	in := &event.Incoming{ID: "id", Type: "vm_stop", Host: "pve7", Cluster: "east", Time: when, Guest: guest, Severity: "critical", Source: "tocsin"}
	e, _ := testPolicy().Admit(in, start)
	want := &event.Event{ID: "id", Type: "vm_stop", Group: "vm_ct", Severity: event.Critical, Source: "tocsin", Host: "pve7", Cluster: "east", Time: when, Guest: guest}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event differs (-want +got):\n%s", diff)
	}
}

// A forwarded event is another host's, also when that is called as this one. What
// it said there is data only where its type is not known.
func TestAdmitForwardedEvent(t *testing.T) {
	p := testPolicy()
	p.System = "pve1"
	in := &event.Incoming{
		Type: "disk_space_low", Host: "pve1", Via: []string{"x"}, Title: "Low", Message: "on /\x07", Data: map[string]any{"used": "1.5 GiB"},
	}
	e, _ := p.Admit(in, start)
	if e.Host != "pve1" || len(e.Via) != 1 || len(e.Data) != 1 {
		t.Errorf("got %+v", e)
	}
	in.Type, in.Data = "goat_lost", map[string]any{"title": "its own"}
	e, _ = p.Admit(in, start)
	if diff := cmp.Diff(map[string]any{"title": "its own", "message": "on /<U+0007>"}, e.Data); diff != "" || len(in.Data) != 1 {
		t.Errorf("%v (-want +got):\n%s", in.Data, diff)
	}
}
