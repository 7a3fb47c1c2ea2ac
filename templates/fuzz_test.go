package templates

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"tocsin/engine/event"
)

// FuzzRender renders any template over any event, burst and reminder: the
// message is always there, bounded and safe to show, alone and in a group, and a
// failure is told.
func FuzzRender(f *testing.F) {
	for i, test := range calls {
		f.Add("{{ "+test.text+" }}", `{"vmid": 101, "list": ["a", {"b": null}], "text": "x\u202ey", "path": "/a/b"}`, byte(i))
	}
	for i, test := range hostile {
		if len(test.text) < 1000 && test.reason != "steps" { // those take the longest, and the fuzzer finds its own
			f.Add(test.text, `{"mail": "one\ntwo"}`, byte(i))
		}
	}
	f.Add("{{ range .data }}{{ . }}{{ end }}", `{"a": [[[[1]]]], "b": {"c": true}}`, byte(0))
	f.Add("{{ range .samples }}{{ .guest.name }} {{ .data.a }}{{ range $.distinct.a }}{{ . }}{{ end }}{{ end }}", `{"a": "b"}`, byte(3))
	f.Add("{{ .open }} {{ .key }} {{ .resolved }} {{ .guest.tags }} {{ .window }} {{ .first }}", `{}`, byte(7))
	f.Add("{{ . }}{{ toJson $ }}{{ range $k, $v := . }}{{ $k }}={{ $v }}{{ end }}", `{"a": "b"}`, byte(7))
	f.Fuzz(func(t *testing.T, text, data string, shape byte) {
		tmpl, err := Parse(text)
		if err != nil {
			return
		}
		values := map[string]any{}
		if json.Unmarshal([]byte(data), &values) != nil {
			values = map[string]any{"message": data}
		}
		set := setWith(t, "t", "b", Row{"R", tmpl})
		set.Entries["thing"].Title, set.Entries["thing"].Body = tmpl, tmpl
		n := shaped(shape, values)
		before, _ := json.Marshal(values)
		start := time.Now()
		m, faults := set.Render(n)
		if took := time.Since(start); took > 20*time.Second { // a tenth of a second, but for the machine's other work
			t.Errorf("took %v", took)
		}
		if after, _ := json.Marshal(values); string(before) != string(after) {
			t.Errorf("the event changed from %s to %s", before, after)
		}
		for _, fault := range faults {
			if fault.Part == "" || fault.Reason == "" || len(fault.Reason) > maxReason {
				t.Errorf("fault %+v", fault)
			}
		}
		if m.Title == "" || strings.ContainsAny(m.Title, "\n\r\t") || utf8.RuneCountInString(m.Title) > maxTitle {
			t.Errorf("title %q", m.Title)
		}
		if n.Open > 0 && !strings.HasPrefix(m.Title, "Still open after 30m: ") {
			t.Errorf("title %q of a reminder", m.Title)
		}
		// Cleaning writes a hidden character of two bytes as one of eight. A burst
		// holds the data in itself, in two samples and in the different values.
		if limit := 8 * (maxText + 4*4*len(data) + 1000); len(m.Body) > limit {
			t.Errorf("body of %d bytes, %d allowed", len(m.Body), limit)
		}
		group := set.Group(Group{Buffer: event.QuietBuffer, Rows: []event.Message{m, m}, Total: 3, Now: n.Event.Time})[0].Message
		if len(group.Body) > groupLimit || strings.Count(group.Body, "\n") != 1 {
			t.Errorf("a group of two alike: %q", group.Body)
		}
		for _, shown := range []string{m.Title, m.Body, group.Body} {
			if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }) {
				t.Errorf("unsafe text %q", shown)
			}
		}
		if again, _ := set.Render(n); again.Plain() != m.Plain() {
			t.Errorf("the second rendering differs:\n%s\n%s", m.Plain(), again.Plain())
		}
	})
}

// shaped returns a notification with values: one bit each makes it of a guest, a
// burst, a reminder and a resolver.
func shaped(shape byte, values map[string]any) *event.Notification {
	n := notice("thing", values)
	n.Key, n.Resolved = "key", shape&8 != 0
	if shape&1 != 0 {
		n.Event.Guest = &event.Guest{ID: "101", Name: "web", Node: "pve1", Tags: []string{"prod", "\u202e"}}
	}
	if shape&2 != 0 {
		at := n.Event.Time
		n.Burst = &event.Burst{
			Count: 2, Window: event.Duration(time.Minute), First: at, Last: at.Add(time.Minute),
			Samples: []*event.Event{n.Event, n.Event}, Distinct: map[string][]string{},
		}
		for name, v := range values {
			n.Burst.Distinct[name] = []string{event.Text(v)}
		}
	}
	if shape&4 != 0 {
		n.Open = 30 * time.Minute
	}
	return n
}

// Real notifications of Proxmox VE reach the message whole.
func TestRenderRealNotifications(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder with samples")
	}
	paths, err := filepath.Glob(filepath.Join(root, "pve-webhook", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples in %s: %v", root, err)
	}
	set := setWith(t, "{{ .data.title }}", "{{ .data.message }}", Row{"Fields", parsed(t, "{{ range $k, $v := .data.fields }}{{ $k }}={{ $v }} {{ end }}")})
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var data map[string]any
		if json.Unmarshal(raw, &data) != nil {
			continue // samples of broken requests
		}
		m, faults := set.Render(notice("thing", data))
		title, _ := data["title"].(string)
		message, _ := data["message"].(string)
		if len(faults) > 0 || squeeze(title) != "" && m.Title != squeeze(title) {
			t.Errorf("%s: title %q, faults %v", filepath.Base(path), m.Title, faults)
		}
		if squeeze(m.Body) != squeeze(message) {
			t.Errorf("%s: the body is not the message", filepath.Base(path))
		}
	}
}

func squeeze(text string) string { return event.OneLine(event.Clean(text)) }
