package gotify

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// notice returns a rich message with everything in it.
func notice() *event.Message {
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.ops", Type: "disk_fail", Group: "storage",
		Severity: event.Critical, Icon: "💥", Title: "Disk sdc of pool_2 fails",
		Body: "SMART counts 24 pending sectors (*was 3*).\n- replace it\n\n![i](http://e.example/i.png)",
		Details: []event.Detail{
			{Label: "Model", Value: "ST4000_VN008"},
			{Label: "Log", Value: "ata3: hard reset\nata3: <DRDY> error"},
			{Label: "* odd\nlabel", Value: ""},
		},
		Host: "pve-7", Rich: true,
	}
}

func TestRenderGolden(t *testing.T) {
	tests := map[string]func(*event.Message){
		"rich":         func(*event.Message) {},
		"rich_success": func(m *event.Message) { m.Severity, m.Outcome, m.Details = event.Info, event.Success, nil },
		"rich_warning": func(m *event.Message) { m.Severity, m.Body = event.Warning, "" },
		"rich_info":    func(m *event.Message) { m.Severity, m.Repeat, m.Details = event.Info, true, nil },
		"rich_bare": func(m *event.Message) {
			*m = event.Message{Type: "disk_fail", Title: "Only *this*", Rich: true}
		},
		"plain":       func(m *event.Message) { m.Rich = false },
		"plain_brief": func(m *event.Message) { m.Rich, m.Brief, m.Body = false, true, strings.Repeat("one more line\n", 400) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			m := notice()
			change(m)
			golden(t, name, render(m))
		})
	}
}

// golden compares r with the file of that name.
func golden(t *testing.T, name string, r *request) {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// What a server's database could not store is cut: the body first, and all of
// it as plain text where the details alone are too long.
func TestLongMessages(t *testing.T) {
	m := notice()
	m.Body = strings.Repeat("[*&lt;] ", 20_000)
	r := render(m)
	if len(r.Message) > textLimit || len(r.Message) < textLimit*3/4 {
		t.Errorf("the message has %d bytes", len(r.Message))
	}
	for _, want := range []string{"characters cut)", "**Model:** ST4000_VN008", "🏠 pve-7"} {
		if !strings.Contains(r.Message, want) {
			t.Errorf("%q is missing", want)
		}
	}

	m.Body, m.Details = "short", []event.Detail{{Label: "Log", Value: strings.Repeat("*", textLimit)}}
	m.Title = strings.Repeat("title ", 2000)
	r = render(m)
	if len(r.Message) > textLimit || len(r.Title) > titleLimit {
		t.Errorf("title and message have %d and %d bytes", len(r.Title), len(r.Message))
	}
	if r.Extras.Display.ContentType != "text/plain" || !strings.HasSuffix(r.Message, cutMark) {
		t.Errorf("%s that ends %q", r.Extras.Display.ContentType, r.Message[len(r.Message)-40:])
	}
}

func TestPriority(t *testing.T) {
	tests := []struct {
		severity event.Severity
		outcome  string
		want     int
	}{
		{event.Info, "", 4},
		{event.Warning, "", 6},
		{event.Critical, "", 9},
		{event.Info, event.Success, 2},
		{event.Critical, event.Success, 2},
	}
	for _, tt := range tests {
		if got := render(&event.Message{Severity: tt.severity, Outcome: tt.outcome}).Priority; got != tt.want {
			t.Errorf("%v %s: priority %d, want %d", tt.severity, tt.outcome, got, tt.want)
		}
	}
}
