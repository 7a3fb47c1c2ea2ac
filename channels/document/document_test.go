package document

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// failed is a message with everything in it.
func failed() *event.Message {
	when := time.Date(2026, 3, 14, 1, 59, 26, 0, time.UTC)
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.hook", EventID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Group: "backups",
		Severity: event.Critical, Icon: "💾", Title: `Backup of "web" failed`, Body: "No space on <tank-2>.\nTried & gave up.",
		Details: []event.Detail{{Label: "Storage", Value: "tank-2"}}, Host: "pve-7", Time: when,
		Key: "backup_fail|home|101", Rich: true,
		Event: &event.Event{
			ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Severity: event.Critical, Source: "webhook", Host: "pve-7", Cluster: "home", Time: when,
			Guest: &event.Guest{ID: "101", Name: "web", Node: "pve-7"},
			Data: map[string]any{
				"vmid": 101.0, "size": event.Bytes(13 << 30), "duration": event.Duration(211 * time.Second), "started": when, "reason": "no \x00 \u202e space",
			},
		},
	}
}

func TestDocumentGolden(t *testing.T) {
	for name, change := range map[string]func(*event.Message){
		"whole":   func(*event.Message) {},
		"grouped": func(m *event.Message) { m.Event, m.Key, m.Details, m.Type = nil, "", nil, event.QuietSummary },
		"good":    func(m *event.Message) { m.Outcome, m.Resolved, m.Repeat = event.Success, true, true },
		"brief":   func(m *event.Message) { m.Brief, m.Body = true, strings.Repeat("one more line\n", 400) },
	} {
		t.Run(name, func(t *testing.T) {
			m := failed()
			change(m)
			text, err := Of(m).JSON()
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, text, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			file := "testdata/" + name + ".json"
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v (run with -update to write it)", err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// What templates see is what the JSON has, by the names that are listed.
func TestViewIsTheDocument(t *testing.T) {
	view, err := Of(failed()).View()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		if _, ok := view[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if len(view) != len(Names()) {
		t.Errorf("%d names are listed, the view has %d", len(Names()), len(view))
	}
	if when, ok := view["time"].(time.Time); !ok || when.IsZero() {
		t.Errorf("time is %v", view["time"])
	}
	if got := view["data"].(map[string]any)["duration"]; got != "3m31s" {
		t.Errorf("duration is %v", got)
	}
}

// A message is never changed, and one without an event has a document too.
func TestMessageStays(t *testing.T) {
	m, want := failed(), failed()
	m.Brief, want.Brief = true, true
	m.Body, want.Body = strings.Repeat("x", 9000), strings.Repeat("x", 9000)
	d := Of(m)
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if !d.Cut || len(d.Body) > briefLimit || !strings.Contains(d.Body, "characters cut)") || len(d.Data) != 0 {
		t.Errorf("brief: %d bytes, %v", len(d.Body), d.Data)
	}
	if text, err := Of(&event.Message{Severity: event.Info}).JSON(); err != nil || !json.Valid(text) {
		t.Errorf("%s, %v", text, err)
	}
}
