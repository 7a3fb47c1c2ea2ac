package ruletest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/ruletest"
)

var evening = time.Date(2026, 3, 10, 21, 0, 0, 0, time.UTC)

// world returns a world of a configuration, and what its channels are told.
func world(t *testing.T, src string) (*ruletest.World, *[]event.Message) {
	t.Helper()
	c := load(t, src)
	policy := *c.Policy
	policy.Enabled = true
	policy.Index()
	w := ruletest.NewWorld(&policy, c.Templates, evening)
	told := &[]event.Message{}
	w.Told = func(_ string, m event.Message) { *told = append(*told, m) }
	return w, told
}

func TestALongNightIsOneMessage(t *testing.T) {
	w, told := world(t, `
dedup {
  window = "0s"
}
cooldown {
  info = "0s"
}
channel "log" "phone" {
  quiet_hours {
    hours = "22:00-07:00"
  }
}
`)
	for i := range 1200 { // more than are told by name
		w.Until(evening.Add(2*time.Hour + time.Duration(i)*time.Second))
		w.Arrive(event.Incoming{Type: "vm_start"})
	}
	if len(*told) != 0 {
		t.Fatalf("told %d messages in the night", len(*told))
	}
	w.Until(evening.Add(24 * time.Hour))
	if len(*told) != 1 || (*told)[0].Type != event.QuietSummary {
		t.Fatalf("told %+v", *told)
	}
	if m := (*told)[0]; !strings.Contains(m.Title, "1200") || !m.Time.Equal(evening.Add(10*time.Hour)) {
		t.Errorf("%s: %s\n%s", m.Time, m.Title, m.Body)
	}
}

func TestAFailingTemplateIsADecision(t *testing.T) {
	w, told := world(t, `
event "odd" {
  group    = "health"
  severity = "WARNING"
  title    = "{{ repeat 1000000 .type }}"
}
channel "log" "phone" {}
`)
	var faults []string
	w.Decided = func(d *engine.Decision) {
		if d.Reason == engine.ReasonTemplate {
			faults = append(faults, d.Words())
		}
	}
	w.Arrive(event.Incoming{Type: "odd"})
	if len(*told) != 1 || (*told)[0].Title == "" {
		t.Errorf("told %+v", *told)
	}
	if len(faults) != 1 || !strings.HasPrefix(faults[0], "a template failed: title: ") {
		t.Errorf("decided %q", faults)
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	w, told := world(t, `channel "log" "phone" {}`)
	w.Until(evening.Add(time.Hour))
	w.Until(evening)
	w.Arrive(event.Incoming{Type: "vm_start"})
	w.Arrive(event.Incoming{Type: "disk_space_low", Time: evening})
	var times []time.Time
	for _, m := range *told {
		times = append(times, m.Time.UTC())
	}
	if diff := cmp.Diff([]time.Time{evening.Add(time.Hour), evening}, times); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAWorldThatNobodyListensTo(t *testing.T) {
	w, _ := world(t, `channel "log" "phone" {}`)
	w.Told = nil
	w.Arrive(event.Incoming{Type: "vm_start"})
	w.Arrive(event.Incoming{Type: "vm_start"})
}
