package daemon

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestAnswersOfTheDaemon holds what a running daemon answers against the OpenAPI
// document that it serves.
func TestAnswersOfTheDaemon(t *testing.T) {
	h := newEditable(t)
	_, text := h.request("GET", "/api/openapi.json", nil, nil)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	hold := func(method, path, route, body string, header ...string) {
		t.Helper()
		a := h.call(method, path, body, header...)
		at := strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace("/api/notifications" + route)
		schema, err := c.Compile(fmt.Sprintf("openapi.json#/paths/%s/%s/responses/%d/content/application~1json/schema", at, strings.ToLower(method), a.status))
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", method, path, err, a.text)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(a.text))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s %s: %v\n%.2000s", method, path, err, a.text)
		}
	}
	hold("POST", "/send?wait=2s", "/send", `{"event_type":"vm_start","severity":"WARNING","data":{"vmid":101}}`)
	hold("POST", "/send", "/send", `[{"event_type":"vm_stop","data":{"vmid":101}},{"event_type":"vm_stop","data":{"vmid":101}}]`)
	saw := h.call("GET", "/settings", "").tag
	hold("POST", "/settings", "/settings", `{"dedup.window":"1s"}`)
	hold("POST", "/settings", "/settings", `{"dedup.window":"2s"}`, "If-Match", saw)
	hold("POST", "/settings", "/settings", `{"group":{"farmyard":{"title":"x"}}}`)
	hold("POST", "/settings", "/settings", `{"dedup.window":"soon"}`)
	hold("POST", "/test", "/test", `{"channel":"console"}`)
	hold("POST", "/explain", "/explain", `{"event":{"event_type":"backup_fail","data":{"vmid":101}}}`)
	hold("POST", "/check", "/check", `{"path":"x.hcl","text":"rule {"}`)
	hold("POST", "/changes/1/undo?dry_run=1", "/changes/{id}/undo", "")
	hold("POST", "/reload", "/reload", "")
	for _, path := range []string{"/settings", "/rules", "/events", "/channels", "/status", "/files", "/changes", "/history", "/decisions", "/outbox", "/tokens"} {
		hold("GET", path, path, "")
	}
}

// BenchmarkSettings answers with the settings of the full catalogue.
func BenchmarkSettings(b *testing.B) {
	h := newEditable(b)
	token := h.token()
	b.ReportAllocs()
	for b.Loop() {
		if status, _ := h.request("GET", "/api/notifications/settings", nil, map[string]string{"Authorization": "Bearer " + token}); status != 200 {
			b.Fatal(status)
		}
	}
}

// BenchmarkSettingsAfterAnEdit switches an event off or on and reads the settings
// anew: saved, in use, and shown.
func BenchmarkSettingsAfterAnEdit(b *testing.B) {
	h := newEditable(b)
	for n := 0; b.Loop(); n++ {
		a := h.call("POST", "/settings", fmt.Sprintf(`{"channel.phone.toggles.updates":%t}`, n%2 == 0))
		if a.status != 200 || !a.Applied {
			b.Fatal(a.text)
		}
		h.call("GET", "/settings", "").want(200)
	}
}
