package builtin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// sample is something that happened, as a source would tell it. The files in
// testdata/samples hold some of each type; the first of each is the one that
// says the most.
type sample struct {
	About string `json:"about"` // what is special about it
	event.Incoming

	// A flood goes round in these events instead.
	Events []event.Incoming `json:"events"`
	Count  int              `json:"count"`
	Every  string           `json:"every"`
}

// night is when samples happen that do not say when.
var night = time.Date(2026, 3, 1, 2, 12, 0, 0, time.UTC)

// samples reads all samples, by type.
func samples(t *testing.T) map[string][]sample {
	t.Helper()
	files, err := filepath.Glob("testdata/samples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	all := map[string][]sample{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some map[string][]sample
		decoder := json.NewDecoder(bytes.NewReader(src))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&some); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		maps.Copy(all, some)
	}
	return all
}

// notification returns what the judge makes of a sample.
func (s *sample) notification(t *testing.T, c *rules.Config, name string) *event.Notification {
	t.Helper()
	if s.Events != nil {
		return s.flood(t, c)
	}
	in := s.Incoming
	in.ID = "01SAMPLE"
	if in.Type == "" {
		in.Type = name
	}
	if in.Time.IsZero() {
		in.Time = night
	}
	e, _ := c.Policy.Admit(&in, night)
	return &event.Notification{Event: e}
}

// flood plays the events of a sample to the judge and returns the first summary
// that it asks for.
func (s *sample) flood(t *testing.T, c *rules.Config) *event.Notification {
	t.Helper()
	policy := *c.Policy
	policy.Channels = []*engine.Channel{{Name: "any"}} // an event that no channel takes opens no burst
	policy.Index()
	st, err := engine.NewState(&policy, engine.Saved{}, night)
	if err != nil {
		t.Fatal(err)
	}
	every, err := time.ParseDuration(s.Every)
	if err != nil {
		t.Fatal(err)
	}
	var out engine.Effects
	now := night
	for i := range s.Count {
		in := s.Events[i%len(s.Events)]
		in.ID, in.Time = fmt.Sprintf("01SAMPLE%d", i), now
		policy.Step(st, now, engine.Arrived{Event: &in}, &out)
		now = now.Add(every)
	}
	if end, waits := st.Next(); waits {
		policy.Step(st, end, engine.Elapsed{}, &out)
	}
	for _, send := range out.Sends {
		if send.Notification.Burst != nil {
			return &send.Notification
		}
	}
	t.Fatalf("the events of %q make no flood", s.About)
	return nil
}

// TestSamplesTellEverything: a text is only seen in the golden files when there
// is a sample for it, and read as in the house when its fields are real ones.
func TestSamplesTellEverything(t *testing.T) {
	all, blocks := samples(t), load(t)
	events, bursts := ofKind(blocks, "event"), ofKind(blocks, "burst")
	for name := range all {
		if events[name] == nil && bursts[name] == nil {
			t.Errorf("%s: there is no such event or burst", name)
		}
	}
	for name := range bursts {
		if len(all[name]) == 0 {
			t.Errorf("%s: no sample", name)
		}
	}
	never := map[string][]string{"disk_space_low": {"vmid"}} // there to tell it from a container's
	for name, b := range events {
		declared, told := b.texts("fields"), map[string]bool{}
		for _, s := range all[name] {
			for field := range s.Data {
				told[field] = true
				if _, ok := declared[field]; !ok && name != "custom" {
					t.Errorf("%s: a sample has %s, which is no field of it", name, field)
				}
			}
		}
		for _, field := range slices.Sorted(maps.Keys(declared)) {
			if !told[field] && !slices.Contains(never[name], field) {
				t.Errorf("%s: no sample has %s", name, field)
			}
		}
	}
}
