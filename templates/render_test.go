package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// setWith returns a set that knows one type, with these templates.
func setWith(t testing.TB, title, body string, details ...Row) *Set {
	t.Helper()
	entry := &Entry{Type: "thing", Group: "services", Icon: "🔧", Title: parsed(t, title), Body: parsed(t, body), Details: details}
	return &Set{
		Entries: map[string]*Entry{"thing": entry},
		Generic: &Entry{Type: "custom", Group: "services", Icon: "🔔", Title: parsed(t, "{{ .type }} on {{ .host }}"), Body: parsed(t, "{{ .data.message }}")},
		Zone:    zone(t, "Europe/Madrid"),
	}
}

func notice(kind string, data map[string]any) *event.Notification {
	return &event.Notification{Event: &event.Event{
		ID: "01HX", Type: kind, Group: "services", Severity: event.Warning, Source: "api", Host: "pve1", Cluster: "home",
		Time: time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC), Data: data,
	}}
}

func TestRenderGolden(t *testing.T) {
	set, single := backup(t)
	set.Entries["burst_auth_fail"] = &Entry{
		Type: "burst_auth_fail", Group: "security", Icon: "🚨",
		Title: parsed(t, "{{ .count }} failed {{ plural `login` `logins` .count }} in {{ .window }}"),
		Body:  parsed(t, "{{ .first }} to {{ .last }}\n{{ range .samples }}{{ .data.user }} from {{ .data.source_ip | default `nowhere` }} at {{ date `15:04:05` .time }}\n{{ end }}"),
		Details: []Row{
			{"Addresses", parsed(t, "{{ .distinct.source_ip }}")},
			{"Users", parsed(t, "{{ join ` ` .distinct.user }}")},
			{"Guest", parsed(t, "{{ .guest.name }}")},
		},
	}
	at := time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC)
	sample := func(after time.Duration, data map[string]any) *event.Event {
		return &event.Event{Type: "auth_fail", Host: "pve1", Time: at.Add(after), Data: data}
	}
	burst := notice("burst_auth_fail", nil)
	burst.Burst = &event.Burst{
		Count: 50, Window: event.Duration(49 * time.Second), First: at, Last: at.Add(49 * time.Second),
		Distinct: map[string][]string{"source_ip": {"203.0.113.7", "203.0.113.9"}, "user": {"root"}},
		Samples:  []*event.Event{sample(0, map[string]any{"user": "root", "source_ip": "203.0.113.7"}), sample(time.Second, map[string]any{"user": "admin"})},
	}
	var out bytes.Buffer
	for _, n := range []*event.Notification{single, burst, notice("never_heard_of", map[string]any{"message": "hello"})} {
		m, faults := set.Render(n)
		if len(faults) > 0 {
			t.Errorf("%s: %v", n.Event.Type, faults)
		}
		text, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n\n%s\n\n", text, m.Plain())
	}
	golden(t, "messages.golden", out.Bytes())
}

func TestRenderUnknownType(t *testing.T) {
	m, faults := setWith(t, "a", "b").Render(notice("odd_type", map[string]any{"message": "it broke"}))
	if m.Type != "odd_type" || m.Title != "odd_type on pve1" || m.Body != "it broke" || m.Icon != "🔔" || len(faults) > 0 {
		t.Errorf("got %+v, %v", m, faults)
	}
	m, _ = (&Set{}).Render(notice("odd_type", map[string]any{"message": "it broke", "code": 7.0, "empty": ""}))
	if m.Title != "odd_type" || m.Body != "code: 7\nmessage: it broke" || m.Group != "services" {
		t.Errorf("without a generic entry: %+v", m)
	}
}

func TestRenderFallsBack(t *testing.T) {
	const broken = "{{ until 1000000 }}"
	data := map[string]any{"message": "it broke", "size": event.Bytes(1 << 30), "n": 3.0}
	for _, test := range []struct {
		name        string
		set         *Set
		title, body string
		details     []event.Detail
		faults      []string // parts
	}{
		{"title", setWith(t, broken, "fine"), "thing on pve1", "fine", nil, []string{"title"}},
		{"body", setWith(t, "fine", broken), "fine", "it broke", nil, []string{"body"}},
		{"body too long", setWith(t, "fine", "{{ range 90000 }}0123456789{{ end }}"), "fine", "it broke", nil, []string{"body"}},
		{"detail", setWith(t, "a", "b", Row{"Bad", parsed(t, "{{ repeat 1000000 (print .data.size) }}{{ .data.n }}")}, Row{"Good", parsed(t, "{{ .data.n }}")}),
			"a", "b", []event.Detail{{Label: "Bad", Value: "1 GiB 3"}, {Label: "Good", Value: "3"}}, []string{"detail Bad"}},
		{"everything", func() *Set {
			s := setWith(t, broken, broken)
			s.Generic = &Entry{Title: parsed(t, broken), Body: parsed(t, broken)}
			return s
		}(), "thing", "message: it broke\nn: 3\nsize: 1 GiB", nil, []string{"title", "title", "body", "body"}},
		{"the budget of all", setWith(t, "{{ range 90000 }}{{ end }}a", "{{ range 90000 }}{{ end }}b", Row{"R", parsed(t, "{{ upper .data.message }}{{ range 90000 }}{{ end }}")}),
			"a", "it broke", []event.Detail{{Label: "R", Value: "it broke"}}, []string{"body", "detail R"}},
		{"empty title", setWith(t, "{{ .data.nope }} \n", ""), "thing", "", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, faults := test.set.Render(notice("thing", data))
			var parts []string
			for _, f := range faults {
				parts = append(parts, f.Part)
				if !strings.HasPrefix(f.Reason, "line 1, column ") && !strings.HasPrefix(f.Reason, "the text grows") {
					t.Errorf("reason %q names no place", f.Reason)
				}
			}
			if diff := cmp.Diff(test.faults, parts); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if m.Title != test.title || m.Body != test.body {
				t.Errorf("got title %q, body %q", m.Title, m.Body)
			}
			if diff := cmp.Diff(test.details, m.Details); diff != "" {
				t.Errorf("details (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderTidies(t *testing.T) {
	long := "first line\n\n\n" + strings.Repeat("word ", 60) + "\nlast  line "
	set := setWith(t, "{{ .data.title }}", "{{ .data.body }}",
		Row{"Empty", parsed(t, "{{ .data.nope }} \n ")}, Row{"Short", parsed(t, "{{ .data.short }}")}, Row{"Long", parsed(t, "{{ .data.long }}")})
	m, faults := set.Render(notice("thing", map[string]any{
		"title": " a\r\nb\u202e " + strings.Repeat("ü", 300),
		"body":  "\n \n  VMID  Name\t \n\n\n\n101   web\x1b[31m\x00\r\n \n\nend\xff\n\n",
		"short": "two\nlines", "long": long,
	}))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if want := "a b<U+202E> " + strings.Repeat("ü", 237) + "…"; m.Title != want || utf8.RuneCountInString(m.Title) != maxTitle {
		t.Errorf("title of %d characters: %q", utf8.RuneCountInString(m.Title), m.Title)
	}
	if want := "  VMID  Name\n\n101   web<U+001B>[31m<U+0000>\n\nend\ufffd"; m.Body != want {
		t.Errorf("body %q, want %q", m.Body, want)
	}
	want := []event.Detail{
		{Label: "Short", Value: "two lines"},
		{Label: "Long", Value: "first line\n\n" + strings.TrimSpace(strings.Repeat("word ", 60)) + "\nlast  line"},
	}
	if diff := cmp.Diff(want, m.Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestRenderCleansNames(t *testing.T) {
	n := notice("evil\n[CRITICAL] root", nil)
	n.Event.Host = "pve1\nhost: other\u200f"
	m, _ := setWith(t, "a", "b").Render(n)
	if m.Type != "evil [CRITICAL] root" || m.Host != "pve1 host: other<U+200F>" || strings.Contains(m.Title, "\n") {
		t.Errorf("got type %q, host %q, title %q", m.Type, m.Host, m.Title)
	}
}

// Braces in an event are text: a template is never made of event data.
func TestRenderDoesNotExecuteEventText(t *testing.T) {
	m, _ := setWith(t, "{{ .data.a }}", "{{ print .data.a }}").Render(notice("thing", map[string]any{"a": "{{ .host }} %s"}))
	if m.Title != "{{ .host }} %s" || m.Body != "{{ .host }} %s" {
		t.Errorf("got %q, %q", m.Title, m.Body)
	}
}

func TestView(t *testing.T) {
	set, n := backup(t)
	set.Local = map[string]any{"site": "attic"}
	view := set.View(n)
	for _, name := range Names(false) {
		if _, ok := view[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range GuestNames() {
		if _, ok := view["guest"].(map[string]any)[name]; !ok {
			t.Errorf("guest.%s is missing", name)
		}
	}
	n.Burst = &event.Burst{Count: 2, Samples: []*event.Event{n.Event}}
	if view = set.View(n); len(view) != len(Names(true)) {
		t.Errorf("a burst has %d names, %d are listed", len(view), len(Names(true)))
	}
	if got := read(view["samples"].([]any)[0], []string{"data", "vmid"}); got != 101.0 {
		t.Errorf("sample has vmid %v", got)
	}
}

func TestViewWithoutGuestAndData(t *testing.T) {
	m, faults := setWith(t, "[{{ .guest }}{{ .guest.name }}{{ .data }}{{ .local }}{{ .local.x }}]", "{{ if .guest }}a{{ else }}none{{ end }}{{ range .data }}x{{ end }}").Render(notice("thing", nil))
	if m.Title != "[]" || m.Body != "none" || len(faults) > 0 {
		t.Errorf("got %q, %q, %v", m.Title, m.Body, faults)
	}
}

// An event that was kept as JSON reads as it did before.
func TestViewAfterJSON(t *testing.T) {
	set, n := backup(t)
	set.Entries["backup_complete"].Fields["started"] = event.Instant
	n.Event.Data["started"] = time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	set.Entries["backup_complete"].Body = parsed(t, "{{ .data.size }} {{ .data.duration }} {{ .data.started }} {{ .data.vmid }}")
	before, _ := set.Render(n)
	kept, err := json.Marshal(n.Event)
	if err != nil {
		t.Fatal(err)
	}
	var back event.Event
	if err := json.Unmarshal(kept, &back); err != nil {
		t.Fatal(err)
	}
	after, _ := set.Render(&event.Notification{Event: &back})
	if diff := cmp.Diff(before, after); diff != "" || before.Body != "13 GiB 3m 31s 2026-03-01 02:00:00 101" {
		t.Errorf("body %q (-before +after):\n%s", before.Body, diff)
	}
	if _, isNumber := back.Data["size"].(float64); !isNumber {
		t.Errorf("the event's own data was changed: %T", back.Data["size"])
	}
	back.Data["size"] = "unknown"
	if m, faults := set.Render(&event.Notification{Event: &back}); !strings.HasPrefix(m.Body, "unknown 3m") || len(faults) > 0 {
		t.Errorf("a value that does not convert: %q, %v", m.Body, faults)
	}
}

// A burst that was counted elsewhere comes as an event of its name. The template of
// bursts would have nothing to count in it.
func TestABurstOfAnotherIsToldAsItSays(t *testing.T) {
	s := setWith(t, "{{ .count }} logins", "in {{ .window }}")
	for _, e := range s.Entries {
		e.Burst = true
		n := &event.Notification{Event: &event.Event{Type: e.Type, Host: "pve7", Data: map[string]any{"message": "50 logins"}}}
		if m, faults := s.Render(n); m.Title != e.Type+" on pve7" || m.Body != "50 logins" || len(faults) > 0 {
			t.Errorf("got %q, %q, %v", m.Title, m.Body, faults)
		}
		n.Burst = &event.Burst{Count: 7}
		if m, _ := s.Render(n); m.Title != "7 logins" {
			t.Errorf("a burst of its own is told as %q", m.Title)
		}
	}
}
