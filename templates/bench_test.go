package templates

import (
	"testing"
	"time"

	"tocsin/engine/event"
)

// backup is an event such as most are, with the templates of a full entry.
func backup(t testing.TB) (*Set, *event.Notification) {
	t.Helper()
	entry := &Entry{
		Type: "backup_complete", Group: "backups", Icon: "💾", Outcome: event.Success,
		Fields: map[string]event.FieldType{
			"vmid": event.Number, "vmname": event.String, "storage": event.String,
			"size": event.Size, "duration": event.Span, "files": event.Number,
		},
		Title: parsed(t, "Backup of {{ .data.vmname | default .data.vmid }} finished"),
		Body:  parsed(t, "{{ .data.size }} to {{ .data.storage }} in {{ .data.duration }}{{ if gt .data.files 1 }}, {{ .data.files }} files{{ end }}"),
		Details: []Row{
			{"Guest", parsed(t, "{{ .data.vmid }}")},
			{"Storage", parsed(t, "{{ .data.storage }}")},
			{"Node", parsed(t, "{{ .guest.node }}")},
			{"Started", parsed(t, "{{ date `15:04` .time }}")},
		},
	}
	set := &Set{
		Entries: map[string]*Entry{entry.Type: entry},
		Generic: &Entry{Type: "custom", Group: "system", Title: parsed(t, "{{ .type }} on {{ .host }}")},
		Zone:    zone(t, "Europe/Madrid"),
	}
	return set, &event.Notification{Event: &event.Event{
		ID: "01HXBACKUP", Type: "backup_complete", Group: "backups", Severity: event.Info,
		Source: "tasks", Host: "pve1", Cluster: "home", Time: time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC),
		Guest: &event.Guest{ID: "101", Name: "web", Node: "pve1"},
		Data: map[string]any{
			"vmid": 101.0, "vmname": "web", "storage": "tank",
			"size": event.Bytes(13 << 30), "duration": event.Duration(211 * time.Second), "files": 2.0,
		},
	}}
}

func BenchmarkRender(b *testing.B) {
	set, n := backup(b)
	b.ReportAllocs()
	for b.Loop() {
		set.Render(n)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("Backup of {{ .data.vmname | default .data.vmid }} finished"); err != nil {
			b.Fatal(err)
		}
	}
}

func parsed(t testing.TB, text string) *Template {
	t.Helper()
	tmpl, err := Parse(text)
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	return tmpl
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
