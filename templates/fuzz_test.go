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

// FuzzRender renders any template over any event: the message is always there,
// bounded and safe to show, and a failure is told.
func FuzzRender(f *testing.F) {
	for _, test := range calls {
		f.Add("{{ "+test.text+" }}", `{"vmid": 101, "list": ["a", {"b": null}], "text": "x\u202ey", "path": "/a/b"}`)
	}
	for _, test := range hostile {
		if len(test.text) < 1000 && test.reason != "steps" { // those take the longest, and the fuzzer finds its own
			f.Add(test.text, `{"mail": "one\ntwo"}`)
		}
	}
	f.Add("{{ range .data }}{{ . }}{{ end }}", `{"a": [[[[1]]]], "b": {"c": true}}`)
	f.Fuzz(func(t *testing.T, text, data string) {
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
		n := notice("thing", values)
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
		// Cleaning writes a hidden character of two bytes as one of eight.
		if limit := 8 * (maxText + 4*len(data) + 1000); len(m.Body) > limit {
			t.Errorf("body of %d bytes, %d allowed", len(m.Body), limit)
		}
		for _, shown := range []string{m.Title, m.Body} {
			if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }) {
				t.Errorf("unsafe text %q", shown)
			}
		}
		if again, _ := set.Render(n); again.Plain() != m.Plain() {
			t.Errorf("the second rendering differs:\n%s\n%s", m.Plain(), again.Plain())
		}
	})
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
