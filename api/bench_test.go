package api

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// sink is an answer that nobody reads.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// bench runs one request over and over, with an intake that takes all.
func bench(b *testing.B, path, body string, options func(f *front) []option) {
	f := newFront(b)
	f.settings.SendRate = Rate{}
	f.settings.WebhookRate = Rate{}
	f.settings.LoopbackSecret = true // loopback's own rate would end the benchmark
	f.options.Decode = func(body []byte) (event.Incoming, error) {
		if bad := event.CheckJSON(body); bad != nil {
			return event.Incoming{}, bad
		}
		return event.Incoming{Type: "backup_fail"}, nil
	}
	o := f.options
	o.Intake, o.Keys = &f.intake, &f.keys
	o.Settings = func() Settings { return f.settings }
	o.Log = slog.New(slog.DiscardHandler)
	h := New(o)
	r := httptest.NewRequestWithContext(b.Context(), "POST", path, nil)
	r.Host, r.RemoteAddr = "127.0.0.1:8008", "127.0.0.1:40404"
	r.Header.Set("Content-Type", "application/json")
	for _, change := range options(f) {
		change(r)
	}
	text := strings.NewReader(body)
	r.ContentLength = int64(len(body))
	b.SetBytes(r.ContentLength)
	b.ReportAllocs()
	for b.Loop() {
		text.Reset(body)
		r.Body = io.NopCloser(text)
		w := sink{header: http.Header{}}
		h.ServeHTTP(&w, r)
		if w.status != 202 {
			b.Fatalf("got %d", w.status)
		}
	}
}

// BenchmarkWebhook is what the front door itself costs for one notification of a
// remote caller, with every layer, and a body of the usual size.
func BenchmarkWebhook(b *testing.B) {
	body := `{"title":"vzdump backup status (alder): backup failed","message":"` + strings.Repeat(`100: 2026-03-14 01:00:02 INFO: progress\n`, 100) + `","severity":"error","timestamp":"1790000000","fields":{"type":"vzdump","hostname":"alder"}}`
	bench(b, hook, body, func(*front) []option { return append(remote(), stamped(time.Now())) })
}

// BenchmarkSend is the same for one event of a script.
func BenchmarkSend(b *testing.B) {
	bench(b, sendPath, `{"event_type":"backup_fail","severity":"warning","data":{"vmid":"101","storage":"nas","reason":"no space left"}}`,
		func(f *front) []option { return []option{f.as(ScopeSend), header("Idempotency-Key", "k1")} })
}
