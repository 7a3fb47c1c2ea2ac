package templates

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func told(at time.Time, severity event.Severity, kind, title, host string) event.Message {
	return event.Message{Type: kind, Severity: severity, Title: title, Host: host, Time: at}
}

func TestGroup(t *testing.T) {
	at := time.Date(2026, 3, 10, 22, 10, 0, 0, time.UTC)   // 23:10 in Madrid
	back := time.Date(2026, 10, 25, 0, 50, 0, 0, time.UTC) // 02:50 in Madrid, before the clock is set back
	start := func(at time.Time) event.Message {
		return told(at, event.Info, "vm_start", "Guest 101 (files) started", "pve1")
	}
	full := func(at time.Time, host string) event.Message {
		return told(at, event.Warning, "disk_space_low", "/ is 91 % full", host)
	}
	for _, c := range []struct {
		name              string
		group             Group
		title, body, host string
	}{
		{
			"one", Group{Buffer: event.QuietBuffer, Rows: []event.Message{start(at)}},
			"One notification during quiet hours", "23:10 Guest 101 (files) started", "pve1",
		},
		{
			"a night", Group{Buffer: event.QuietBuffer, Rows: []event.Message{start(at), full(at.Add(20*time.Minute), "pve1")}},
			"2 notifications during quiet hours", "23:10 Guest 101 (files) started\n23:30 WARNING / is 91 % full", "pve1",
		},
		{
			"over midnight, two hosts, repeats", Group{Buffer: event.QuietBuffer, Late: true, Rows: []event.Message{
				start(at), full(at.Add(time.Hour), "pve2"), full(at.Add(2*time.Hour), "pve2"), start(at.Add(3 * time.Hour)),
			}},
			"4 notifications during quiet hours (late: tocsin was not running)",
			"Tue 23:10 Guest 101 (files) started (pve1)\nWed 00:10 WARNING / is 91 % full (pve2) ×2, until Wed 01:10\nWed 02:10 Guest 101 (files) started (pve1)",
			"pve1",
		},
		{
			"all of another host", Group{Buffer: event.QuietBuffer, Rows: []event.Message{full(at, "pve2")}},
			"One notification during quiet hours", "23:10 WARNING / is 91 % full", "pve2",
		},
		{
			"a host that is not known", Group{Buffer: event.QuietBuffer, Rows: []event.Message{full(at, ""), full(at, "pve2")}},
			"2 notifications during quiet hours", "23:10 WARNING / is 91 % full\n23:10 WARNING / is 91 % full (pve2)", "pve1",
		},
		{
			"repeats within a minute, apart, and of another severity",
			Group{Buffer: event.DigestBuffer, Rows: []event.Message{
				start(at), start(at.Add(59 * time.Second)), full(at.Add(2*time.Minute), "pve1"),
				start(at.Add(3 * time.Minute)), told(at.Add(4*time.Minute), event.Warning, "vm_start", "Guest 101 (files) started", "pve1"),
			}},
			"Daily digest: 5 notifications",
			"23:10 Guest 101 (files) started ×2\n23:12 WARNING / is 91 % full\n23:13 Guest 101 (files) started\n23:14 WARNING Guest 101 (files) started",
			"pve1",
		},
		{
			"a digest that ended", Group{Buffer: event.DigestBuffer, Early: true, Rows: []event.Message{start(at)}},
			"Daily digest, now switched off: one notification", "23:10 Guest 101 (files) started", "pve1",
		},
		{
			"quiet hours that ended", Group{Buffer: event.QuietBuffer, Early: true, Rows: []event.Message{start(at)}},
			"One notification during quiet hours, now switched off", "23:10 Guest 101 (files) started", "pve1",
		},
		{
			"two days ago", Group{Buffer: event.DigestBuffer, Late: true, Rows: []event.Message{start(at.Add(-40 * time.Hour))}},
			"Daily digest: one notification (late: tocsin was not running)", "Mon 07:10 Guest 101 (files) started", "pve1",
		},
		{
			"weeks ago", Group{Buffer: event.DigestBuffer, Rows: []event.Message{start(at.AddDate(0, 0, -14)), start(at)}},
			"Daily digest: 2 notifications", "24 Feb 23:10 Guest 101 (files) started ×2, until 10 Mar 23:10", "pve1",
		},
		{
			"the clock is set back", Group{Buffer: event.QuietBuffer, Now: back.Add(5 * time.Hour), Rows: []event.Message{
				start(back), full(back.Add(20*time.Minute), "pve1"),
			}},
			"2 notifications during quiet hours", "02:50 CEST Guest 101 (files) started\n02:10 CET WARNING / is 91 % full", "pve1",
		},
		{
			"more than is at hand", Group{Buffer: event.QuietBuffer, Channel: "phone", Total: 40, Rows: []event.Message{start(at)}},
			"40 notifications during quiet hours",
			"23:10 Guest 101 (files) started\n… and 39 more: tocsin decisions --outcome held --channel phone", "pve1",
		},
		{
			"nothing at hand", Group{Buffer: event.QuietBuffer, Channel: "phone", Total: 2},
			"2 notifications during quiet hours", "… and 2 more: tocsin decisions --outcome held --channel phone", "pve1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, g := &Set{Zone: zone(t, "Europe/Madrid")}, c.group
			g.ID, g.Host, g.Total = "01HX", "pve1", cmp.Or(g.Total, len(g.Rows))
			if g.Now.IsZero() {
				g.Now = at.Add(8 * time.Hour)
			}
			for _, row := range g.Rows {
				g.Highest = max(g.Highest, row.Severity)
			}
			want := event.Message{
				EventID: "01HX", Type: event.QuietSummary, Severity: g.Highest, Icon: "🌙", Title: c.title, Body: c.body,
				Host: c.host, Time: g.Now.In(set.Zone),
			}
			if g.Buffer == event.DigestBuffer {
				want.Type, want.Icon = event.DigestType, "📰"
			}
			if diff := gocmp.Diff([]Grouped{{want, len(g.Rows)}}, set.Group(g)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The bounds of a grouped message, with what counts the rest.
const groupLimit = maxGroup + 3<<10

// A group of any size is told in messages of bounded size that lose none of its
// lines, up to so many messages; the last one counts the rest.
func TestAGroupOfAnySizeIsToldInBoundedMessages(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  int
		title string
		kind  string
		lines int // in a message
	}{
		{"many lines", 1100, "t", "type_1", maxLines},
		{"long lines", 100, strings.Repeat("€", 1000), "type_1", maxGroup / (len("00:00 ") + 700)},
		{"long types", 500, "t", strings.Repeat("€", 5000), maxLines},
		{"hidden characters", 500, strings.Repeat("\u202e", 1000), "type_1\x1b[2J", maxGroup / (250 + len("00:00 "))},
		{"more than there are messages", 6000, "t", "type_1", maxLines},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Group{Buffer: event.DigestBuffer, Channel: "phone", Total: c.rows}
			for i := range c.rows {
				g.Rows = append(g.Rows, told(time.Unix(int64(i)*60, 0), event.Info, c.kind, fmt.Sprint(i, "\n\r\x1b[31m ", c.title), "pve1"))
			}
			parts, rows := new(Set).Group(g), 0
			for i, part := range parts {
				checkPart(t, part, i, len(parts), rows)
				if n := part.Rows; n > c.lines || i < len(parts)-1 && n < c.lines*9/10 {
					t.Errorf("message %d has %d lines, want about %d", i+1, n, c.lines)
				}
				rows += part.Rows
			}
			last := parts[len(parts)-1].Message.Body
			last = last[strings.LastIndexByte(last, '\n')+1:]
			if want := fmt.Sprintf("… and %d more, among them %s ×%d: ", c.rows-rows, tidyName(c.kind), c.rows-rows); rows < c.rows && !strings.HasPrefix(last, want) {
				t.Errorf("the last line is %q, want it to begin with %q", last, want)
			}
			if len(parts) > maxGrouped || len(parts) < maxGrouped && rows != c.rows {
				t.Errorf("%d messages tell %d of %d", len(parts), rows, c.rows)
			}
		})
	}
}

// checkPart checks that message i of n tells the rows from first on, in order.
func checkPart(t *testing.T, part Grouped, i, n, first int) {
	t.Helper()
	m := part.Message
	if len(m.Body) > groupLimit || !utf8.ValidString(m.Body) || strings.ContainsAny(m.Body, "\r\x1b\u202e") {
		t.Errorf("a body of %d bytes: %.200q", len(m.Body), m.Body)
	}
	if want := fmt.Sprintf("(%d of %d)", i+1, n); !strings.HasSuffix(m.Title, want) {
		t.Errorf("the title is %q, want %s at its end", m.Title, want)
	}
	for j, line := range strings.Split(m.Body, "\n")[:part.Rows] {
		if !strings.Contains(line, fmt.Sprintf(" %d", first+j)) {
			t.Fatalf("line %d of message %d is %.60q", j+1, i+1, line)
		}
	}
}

// What has no line of its own is counted: the worst first, then the most
// frequent.
func TestAGroupCountsTheRestByType(t *testing.T) {
	const room = maxGrouped * maxLines
	g := Group{Buffer: event.DigestBuffer, Channel: "phone", Total: room + 50}
	for i := range room + 50 {
		kind, severity := "vm_start", event.Info
		if i >= room {
			kind = []string{"a", "b", "b", "c", "c", "c", "d", "e", "f", "pool"}[i%10]
		}
		if kind == "pool" {
			severity = event.Warning
		}
		g.Rows = append(g.Rows, told(time.Unix(int64(i)*60, 0), severity, kind, fmt.Sprint("Thing ", i), "pve1"))
	}
	parts := new(Set).Group(g)
	body := parts[len(parts)-1].Message.Body
	want := "\n… and 50 more, among them WARNING pool ×5, c ×15, b ×10, a ×5, d ×5: tocsin decisions --outcome held --channel phone"
	if !strings.HasSuffix(body, want) {
		t.Errorf("the body ends in %q, want %q", body[strings.LastIndexByte(body, '\n'):], want)
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

// FuzzGroup holds a group of whatever there is to its bounds: one line a line,
// safe to show, and every notification told or counted.
func FuzzGroup(f *testing.F) {
	f.Add("title", "vm_start", "host", 3, int64(1e9), int64(60))
	f.Add("a\nb\u202e", "", "\x1b[2J", 600, int64(-62135596800), int64(1e6))
	f.Add("\xff", "€", "pve1 pve2", -1, int64(1792886400), int64(0))
	f.Fuzz(func(t *testing.T, title, kind, host string, n int, at, every int64) {
		g := Group{Buffer: event.QuietBuffer, Channel: host, Host: host, Total: n, Now: time.Unix(at%1e10, 0)}
		hosts := strings.Fields(host)
		for i := range min(max(n, 0), 600) {
			row := told(time.Unix(at%1e10+int64(i)*(every%1e7), 0), event.Severity(i%3), kind[:min(i, len(kind))], title[:min(i/2, len(title))], host)
			if len(hosts) > 0 {
				row.Host = hosts[i%len(hosts)]
			}
			g.Rows = append(g.Rows, row)
		}
		set := &Set{Zone: zone(t, "America/New_York")}
		rows := 0
		for _, part := range set.Group(g) {
			m := part.Message
			if len(m.Body) > groupLimit || strings.Count(m.Body, "\n") > maxLines {
				t.Errorf("a body of %d bytes", len(m.Body))
			}
			for _, shown := range []string{m.Title, m.Body, m.Host} {
				if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
					t.Errorf("unsafe text %q", shown)
				}
			}
			if n > 0 && m.Body == "" {
				t.Errorf("nothing is told of %d notifications", n)
			}
			rows += part.Rows
		}
		if rows != len(g.Rows) {
			t.Errorf("%d of %d rows are told", rows, len(g.Rows))
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
