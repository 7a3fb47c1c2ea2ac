package api

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"tocsin/engine/event"
)

// FuzzSend holds a send to its promises: it never panics, what it takes fits the
// documented shape and can be kept as JSON, and what it refuses has a reason and
// a remedy, neither of which grows with the body.
func FuzzSend(f *testing.F) {
	for _, seed := range []string{
		`{"event_type":"backup_fail","severity":"CRITICAL","host":"pve1","data":{"vmid":"100","n":1.5,"l":[null,true]}}`,
		`[{"event_type":"a"},{"event_type":"b","time":"2026-03-14T01:00:00+01:00"}]`,
		`{"EVENT_TYPE":"a","x":1}`, `[`, `[[]]`, `{"event_type":"a","data":{"n":1e999}}`, `{"event_type":"a"}{}`, "\xff", `null`, ``,
		`{"event_type":"a","time":"2026-01-01T00:00:00+24:00"}`, `{"event_type":"\ud800"}`, `{"event_type":"a","title":"t","data":{"title":null}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := readEvents(body)
		if err != nil {
			checkRefusal(t, err)
			return
		}
		if len(events) == 0 || len(events) > maxBatch || len(events) > 1 && !begins(body, '[') {
			t.Fatalf("%d events", len(events))
		}
		for i := range events {
			in := events[i].incoming("api")
			if !typeName.MatchString(in.Type) || in.Data == nil || in.Source != "api" || in.ID != "" || in.Except != "" || in.AtLeast {
				t.Errorf("got %+v", in)
			}
			if _, ok := event.ParseSeverity(in.Severity); !ok && in.Severity != "" {
				t.Errorf("got the severity %q", in.Severity)
			}
			if _, err := json.Marshal(in); err != nil {
				t.Errorf("it cannot be kept: %v", err)
			}
			if told := strings.Join(events[i].ignored, ""); len(told) > 2000 || event.Clean(told) != told {
				t.Errorf("ignored: %q", told)
			}
		}
	})
}

// FuzzTest does the same for the bodies of a test.
func FuzzTest(f *testing.F) {
	for _, seed := range []string{
		`{"channel":"phone","title":"x","severity":"warn","outcome":"success"}`, `{"channel":{"kind":"log","n":[1]}}`, `{"channel":null}`,
		`{"channel":""}`, `{"Channel":7}`, `{"x":1}`, `{}`, `null`, `{"channel":"a","channel":{}}`, `{"channel":{"n":1e999}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in testBody
		if err := decodeObject(body, &in, testExample); err != nil {
			checkRefusal(t, err)
			return
		}
		got, err := in.test()
		if err != nil {
			checkRefusal(t, err)
			return
		}
		if got.Channel != "" && got.Unsaved != nil || len(in.Channel) > 0 && got.Channel == "" && got.Unsaved == nil {
			t.Errorf("%s became %+v", body, got)
		}
		if _, ok := event.ParseSeverity(got.Severity); !ok && got.Severity != "" {
			t.Errorf("got the severity %q", got.Severity)
		}
	})
}

func checkRefusal(t *testing.T, err error) {
	t.Helper()
	fault, ok := err.(*Error)
	if !ok || fault.Status != 400 || fault.Why == "" || fault.Do == "" || len(fault.Why)+len(fault.Do) > 600 || !utf8.ValidString(fault.Why) {
		t.Errorf("got %#v", err)
	}
}

// FuzzHost holds the Host check to its word: what it serves is a loopback
// address, localhost or a name on the list, whatever else stands around it.
func FuzzHost(f *testing.F) {
	for _, seed := range []string{"localhost:8008", "[::1]", "127.0.0.1", "[::ffff:127.0.0.1]:1", "localhost.evil", "[localhost]", "::1", "127.1", "LOCALHOST", "[::1%lo]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !isLoopbackName(hostName(name)) {
			return
		}
		lower := strings.ToLower(name)
		if !strings.Contains(lower, "localhost") && !strings.Contains(lower, "127.") && !strings.Contains(lower, "::") && !strings.Contains(lower, "0:") && !strings.Contains(lower, "7f") {
			t.Errorf("%q counts as loopback", name)
		}
	})
}
