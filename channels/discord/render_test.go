package discord

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// notice returns a rich message with everything in it.
func notice() *event.Message {
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.ops", Type: "disk_fail", Group: "storage",
		Severity: event.Critical, Icon: "💥", Title: "Disk sdc of pool_2 fails",
		Body: "SMART counts 24 pending sectors (*was 3*).\n- replace it\nSee https://pve-7.example:8006/#v1:0 for more.",
		Details: []event.Detail{
			{Label: "Model", Value: "ST4000_VN008"},
			{Label: "Log", Value: "ata3: hard reset\nata3: <DRDY> error"},
			{Label: "Owner", Value: "@everyone"},
		},
		Host: "pve-7", Time: time.Date(2026, 2, 11, 4, 5, 6, 0, time.FixedZone("", 3600)),
		Rich: true,
	}
}

func TestRenderGolden(t *testing.T) {
	tests := map[string]func(*event.Message){
		"rich":         func(*event.Message) {},
		"rich_success": func(m *event.Message) { m.Severity, m.Outcome, m.Icon = event.Info, event.Success, "" },
		"rich_warning": func(m *event.Message) { m.Severity, m.Body, m.Details = event.Warning, "", nil },
		"rich_info":    func(m *event.Message) { m.Severity, m.Details, m.Time = event.Info, nil, time.Time{} },
		"rich_repeat":  func(m *event.Message) { m.Repeat, m.Details = true, nil },
		"rich_frame": func(m *event.Message) {
			m.Title = strings.Repeat("long title ", 30)
			m.Details = append(m.Details, event.Detail{Label: "Trace", Value: strings.Repeat("frame ", 200)}, event.Detail{})
		},
		"plain":        func(m *event.Message) { m.Rich = false },
		"plain_repeat": func(m *event.Message) { m.Rich, m.Repeat, m.Details = false, true, nil },
		"plain_brief": func(m *event.Message) {
			m.Rich, m.Brief, m.Body = false, true, strings.Repeat("one more line of a long report\n", 200)
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			m := notice()
			change(m)
			golden(t, name, render(m, "tocsin"))
		})
	}
}

// golden compares posts with the file of that name.
func golden(t *testing.T, name string, posts []post) {
	t.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(posts); err != nil {
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

// A long body flows on, and details and host come last.
func TestRichOrder(t *testing.T) {
	m := notice()
	m.Body = strings.Repeat("word ", 3000)
	posts := render(m, "")
	if len(posts) != 3 {
		t.Fatalf("%d posts, want 3", len(posts))
	}
	for i, p := range posts {
		last := p.Embeds[len(p.Embeds)-1]
		if isLast := i == len(posts)-1; (last.Footer != nil) != isLast || (len(last.Fields) > 0) != isLast {
			t.Errorf("post %d of %d: footer %v, %d fields", i+1, len(posts), last.Footer, len(last.Fields))
		}
		if title := p.Embeds[0].Title; (title != "") != (i == 0) {
			t.Errorf("post %d has the title %q", i+1, title)
		}
	}
}

// The parts before the last do not depend on the note of a repeat: otherwise
// another attempt could not go on behind them.
func TestRepeatIsCutAlike(t *testing.T) {
	for _, rich := range []bool{true, false} {
		m := notice()
		m.Rich, m.Body = rich, strings.Repeat("a line of a long report\n", 500)
		first := render(m, "")
		m.Repeat = true
		again := render(m, "")
		if len(first) < 3 {
			t.Fatalf("only %d posts", len(first))
		}
		if diff := cmp.Diff(first[:len(first)-1], again[:len(first)-1]); diff != "" {
			t.Errorf("rich %v: the parts differ:\n%s", rich, diff)
		}
	}
}

// Whatever a message says, Discord takes its posts.
func FuzzRender(f *testing.F) {
	f.Add("title", "body", "label", "value", uint16(1), uint8(3))
	f.Add("", "", "", "", uint16(0), uint8(0))
	f.Add(strings.Repeat("<t>", 200), strings.Repeat("_*&<>", 500), "l\n", strings.Repeat("🔥", 600), uint16(9), uint8(40))
	f.Add(" ", "\n\n \n", " ", "\t", uint16(400), uint8(2))
	f.Fuzz(func(t *testing.T, title, body, label, value string, times uint16, details uint8) {
		m := &event.Message{Type: "custom", Title: title, Body: strings.Repeat(body, int(times)%500), Host: label}
		m.Body = event.Clip(m.Body, 400_000)
		for i := range details % 64 {
			m.Details = append(m.Details, event.Detail{Label: fmt.Sprint(label, i), Value: value})
		}
		for _, form := range []struct {
			rich, brief bool
			most        int
		}{{true, false, richPostLimit}, {true, true, 1}, {false, false, plainPostLimit}, {false, true, 1}} {
			m.Rich, m.Brief = form.rich, form.brief
			posts := render(m, "")
			if len(posts) == 0 || len(posts) > form.most {
				t.Fatalf("rich %v, brief %v: %d posts", form.rich, form.brief, len(posts))
			}
			for i := range posts {
				if wrong := seenAs(t, &posts[i]).wrong(); wrong != "" {
					t.Fatalf("rich %v, brief %v, post %d: %s", form.rich, form.brief, i+1, wrong)
				}
			}
		}
	})
}

// seenAs returns p as the service reads it.
func seenAs(t *testing.T, p *post) *postSeen {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var seen postSeen
	if err := json.Unmarshal(text, &seen); err != nil {
		t.Fatal(err)
	}
	return &seen
}

func BenchmarkRenderReport(b *testing.B) {
	m := notice()
	m.Body = strings.Repeat("101: <INFO> archive_1 of *tank-2* done, see https://pve-7.example:8006/\n", 280)
	b.SetBytes(int64(len(m.Body)))
	for b.Loop() {
		render(m, "")
	}
}
