package templates

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func told(at time.Time, severity event.Severity, kind, title, host string) event.Message {
	return event.Message{Type: kind, Severity: severity, Title: title, Host: host, Time: at}
}

func TestGroup(t *testing.T) {
	at := time.Date(2026, 3, 10, 22, 10, 0, 0, time.UTC) // 23:10 in Madrid
	night := []event.Message{
		told(at, event.Info, "vm_start", "Guest 101 (files) started", "pve1"),
		told(at.Add(20*time.Minute), event.Warning, "disk_space_low", "/ is 91 % full", "pve1"),
	}
	for _, c := range []struct {
		name        string
		group       Group
		title, body string
	}{
		{
			"one", Group{Buffer: event.QuietBuffer, Rows: night[:1], Total: 1},
			"One notification during quiet hours", "23:10 Guest 101 (files) started\n",
		},
		{
			"a night", Group{Buffer: event.QuietBuffer, Rows: night, Total: 2, Highest: event.Warning},
			"2 notifications during quiet hours", "23:10 Guest 101 (files) started\n23:30 WARNING / is 91 % full\n",
		},
		{
			"over midnight, two hosts, repeats",
			Group{Buffer: event.QuietBuffer, Total: 4, Highest: event.Warning, Late: true, Rows: append(night[:1:1],
				told(at.Add(time.Hour), event.Warning, "disk_space_low", "/ is 91 % full", "pve2"),
				told(at.Add(2*time.Hour), event.Warning, "disk_space_low", "/ is 91 % full", "pve2"),
				told(at.Add(3*time.Hour), event.Info, "vm_start", "Guest 101 (files) started", "pve1"),
			)},
			"4 notifications during quiet hours (late: tocsin was not running)",
			"Tue 23:10 Guest 101 (files) started (pve1)\nWed 00:10 WARNING / is 91 % full (pve2) ×2, until Wed 01:10\nWed 02:10 Guest 101 (files) started (pve1)\n",
		},
		{
			"a digest", Group{Buffer: event.DigestBuffer, Rows: night[:1], Total: 1, Early: true},
			"Daily digest: one notification (the digest was changed)", "23:10 Guest 101 (files) started\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := &Set{Zone: zone(t, "Europe/Madrid")}
			c.group.ID, c.group.Host, c.group.Now = "01HX", "pve1", at.Add(8*time.Hour)
			m := set.Group(c.group)
			if diff := cmp.Diff([]string{c.title, c.body}, []string{m.Title, m.Body}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if m.EventID != "01HX" || m.Severity != c.group.Highest || m.Host != "pve1" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestAGroupOfAnySizeIsBoundedAndCountsTheRest(t *testing.T) {
	g := Group{Buffer: event.DigestBuffer, Channel: "phone", Total: 5000}
	for i := range 500 {
		g.Rows = append(g.Rows, told(time.Unix(int64(i)*60, 0), event.Info, fmt.Sprint("type_", i%7), "hostile\n\x1b[31m\u202e"+strings.Repeat("x", i), "pve1"))
	}
	m := new(Set).Group(g)
	if len(m.Body) > maxGroup+500 || strings.ContainsAny(m.Body, "\x1b\u202e") {
		t.Errorf("a body of %d bytes", len(m.Body))
	}
	last := m.Body[strings.LastIndexByte(m.Body, '\n')+1:]
	told := strings.Count(m.Body, "\n")
	if want := fmt.Sprintf("… and %d more, among them type_", 5000-told); !strings.HasPrefix(last, want) {
		t.Errorf("the last line is %q, want it to begin with %q", last, want)
	}
}

func TestAReminderSaysSo(t *testing.T) {
	n := notice("thing", nil)
	n.Open = 30 * time.Minute
	m, _ := setWith(t, "Pool tank is degraded", "").Render(n)
	if m.Title != "Still open after 30m: Pool tank is degraded" {
		t.Errorf("the title is %q", m.Title)
	}
}

func TestTemplatesSeeWhatIsResolved(t *testing.T) {
	n := notice("thing", nil)
	n.Key, n.Resolved = "abc", true
	m, faults := setWith(t, "{{ if .resolved }}resolved{{ end }} {{ .key }} {{ .open }}", "").Render(n)
	if m.Title != "resolved abc" || len(faults) > 0 {
		t.Errorf("the title is %q, %v", m.Title, faults)
	}
}

func FuzzGroup(f *testing.F) {
	f.Add("title", "host", 3, int64(1e9))
	f.Fuzz(func(t *testing.T, title, host string, n int, at int64) {
		g := Group{Buffer: event.QuietBuffer, Channel: host, Total: n}
		for i := range min(max(n, 0), 600) {
			g.Rows = append(g.Rows, told(time.Unix(at%1e10+int64(i), 0), event.Severity(i%3), title, title[:min(i, len(title))], host))
		}
		m := new(Set).Group(g)
		if len(m.Body) > maxGroup+20*len(host)+20*len(title)+500 || !utf8.ValidString(m.Body) {
			t.Errorf("a body of %d bytes", len(m.Body))
		}
	})
}

func BenchmarkGroup(b *testing.B) {
	g := Group{Buffer: event.QuietBuffer, Total: 200}
	for i := range 200 {
		g.Rows = append(g.Rows, told(time.Unix(int64(i)*60, 0), event.Info, "vm_start", fmt.Sprint("Guest ", i, " started"), "pve1"))
	}
	set := new(Set)
	for b.Loop() {
		set.Group(g)
	}
}
