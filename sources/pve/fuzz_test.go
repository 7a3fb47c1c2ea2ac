package pve_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"tocsin/engine/event"
	"tocsin/sources/pve"
)

// FuzzDecode holds decoding to its promises: it never panics, it returns either
// a *BadBody or an event with a type, and the event's size is bounded by the
// body's.
func FuzzDecode(f *testing.F) {
	posts, err := filepath.Glob("testdata/*.post")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range posts {
		f.Add(bodyOf(f, path))
	}
	f.Add([]byte(`{"title":"x","fields":{"type":"vzdump"},"a":[[[{"b":null}]]]}`))
	m := pack(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := m.Decode(body)
		if err != nil {
			if bad, ok := errors.AsType[*pve.BadBody](err); !ok || bad.Reason == "" || bad.Do == "" {
				t.Fatalf("got error %#v", err)
			}
			return
		}
		checkIncoming(t, body, d.Event)
	})
}

func checkIncoming(t *testing.T, body []byte, in event.Incoming) {
	t.Helper()
	if in.Type == "" || in.Source != "webhook" {
		t.Errorf("got type %q of source %q", in.Type, in.Source)
	}
	if _, known := event.ParseSeverity(in.Severity); !known && in.Severity != "" {
		t.Errorf("got severity %q", in.Severity)
	}
	if len(in.Host) > pve.MaxWord {
		t.Errorf("the host has %d bytes", len(in.Host))
	}
	for name, v := range in.Data {
		if name == "" || name != pve.FactName(name) {
			t.Errorf("got a fact named %q", name)
		}
		if s, ok := v.(string); ok && !utf8.ValidString(s) {
			t.Errorf("%s is not UTF-8: %q", name, s)
		}
	}
	// Escaping aside, every fact is a part of the text, and there are few that
	// repeat one another.
	out, err := json.Marshal(in.Data)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) > 64*len(body)+4096 {
		t.Errorf("%d bytes of body became %d bytes of data", len(body), len(out))
	}
}
