package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestLists(t *testing.T) {
	f := newFront(t)
	f.do("GET", Prefix+"/events", "", f.as(ScopeRead)).want(t, 200, `{"events":[]}`)
	f.do("GET", Prefix+"/channels", "", f.as(ScopeRead)).want(t, 200, `{"channels":[]}`)
	f.config.events = func() []CatalogueEntry {
		return []CatalogueEntry{{Type: "backup_fail", Group: "backups", Severity: event.Critical, Enabled: true, Source: Source{"builtin/backups.hcl", 7}}}
	}
	oldest := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	f.config.channels = func() ([]ChannelState, error) {
		return []ChannelState{{
			Name: "phone", Kind: "telegram", State: "failing", Reason: "401",
			Queue: Queue{Waiting: 3, Oldest: &oldest}, Settings: map[string]any{"bot_token": map[string]bool{"set": true}},
		}}, nil
	}
	f.do("GET", Prefix+"/events", "", f.as(ScopeRead)).want(t, 200, `"event_type":"backup_fail"`, `"severity":"CRITICAL"`, `"source":{"file":"builtin/backups.hcl","line":7}`)
	f.do("GET", Prefix+"/channels", "", f.as(ScopeRead)).want(t, 200, `"bot_token":{"set":true}`, `"waiting":3`, `"oldest":"2026-03-14T00:00:00Z"`, `"failures_in_a_row":0`)
}

func TestStatusOfTheDaemon(t *testing.T) {
	f := newFront(t)
	f.do("GET", Prefix+"/status", "", f.as(ScopeRead)).want(t, 200, `"version":"v1"`)
	for _, path := range []string{"/healthz", "/readyz"} { // no version without a token
		if got := f.do("GET", path, ""); strings.Contains(got.body, "v1") {
			t.Errorf("%s: got %s", path, got.body)
		}
	}
	failure := errors.New("secret of the inside")
	f.config.status = func() (Status, error) { return Status{}, failure }
	f.config.channels = func() ([]ChannelState, error) { return nil, failure }
	f.config.reload = func() (ReloadResult, error) { return ReloadResult{}, failure }
	for _, r := range [][2]string{{"GET", "/status"}, {"GET", "/channels"}, {"POST", "/reload"}} {
		if got := f.do(r[0], Prefix+r[1], "", f.as(ScopeAdmin)); got.status != 500 || strings.Contains(got.body, "inside") {
			t.Errorf("%s: got %d: %s", r[1], got.status, got.body)
		}
	}
}

func TestReload(t *testing.T) {
	f := newFront(t)
	f.config.reload = func() (ReloadResult, error) { return ReloadResult{OK: true, Changed: true}, nil }
	f.do("POST", Prefix+"/reload", "", f.as(ScopeAdmin)).want(t, 200, `"ok":true`, `"changed":true`)
	f.config.reload = func() (ReloadResult, error) {
		return ReloadResult{Diagnostics: []Diagnostic{{Severity: "error", File: "a.hcl", Line: 3, Summary: "unknown channel"}}}, nil
	}
	f.do("POST", Prefix+"/reload", "", f.as(ScopeAdmin)).want(t, 422, `"ok":false`, `"file":"a.hcl"`, "unknown channel")
}

func TestReadiness(t *testing.T) {
	f := newFront(t)
	f.options.Ready = func(context.Context) error { return errors.New("open /var/lib/tocsin/tocsin.db: no space left") }
	got := f.do("GET", "/readyz", "", from("192.0.2.1:1"), host("pve.lan"))
	got.want(t, 503, "tocsin status")
	if strings.Contains(got.body, "/var/lib") {
		t.Errorf("the inside is shown: %s", got.body)
	}
	f.do("GET", "/healthz", "").want(t, 200, `"ok"`) // it still answers
}

func TestMetricsAreForThisHostAndTokens(t *testing.T) {
	f := newFront(t)
	elsewhere := []option{from("192.0.2.1:1"), host("pve.lan")}
	for name, tt := range map[string]struct {
		options []option
		status  int
	}{
		"this host":     {nil, 200},
		"the socket":    {[]option{local()}, 200},
		"elsewhere":     {elsewhere, 401},
		"a proxy":       {[]option{header("X-Forwarded-For", "1.2.3.4")}, 401},
		"a page":        {[]option{header("Origin", "http://x")}, 401},
		"a read token":  {with(elsewhere, f.as(ScopeRead)), 200},
		"a send token":  {with(elsewhere, f.as(ScopeSend)), 403},
		"a wrong token": {with(elsewhere, bearer(someToken)), 401},
	} {
		got := f.do("GET", "/metrics", "", tt.options...)
		if got.status != tt.status || strings.Contains(got.body, "tocsin_up") != (tt.status == 200) {
			t.Errorf("%s: got %d, want %d: %s", name, got.status, tt.status, got.body)
		}
	}
}

func TestPanics(t *testing.T) {
	f := newFront(t)
	f.config.events = func() []CatalogueEntry { panic("index 7 of nothing") }
	told := 0
	f.options.Panicked = func() { told++ }
	got := f.do("GET", Prefix+"/events", "", f.as(ScopeRead))
	got.want(t, 500, `"code":"internal"`)
	if told != 1 {
		t.Errorf("the panic was told %d times", told)
	}
	if strings.Contains(got.body, "index") {
		t.Errorf("the panic is shown: %s", got.body)
	}
	for _, word := range []string{"handler panicked", "index 7 of nothing", "look.go"} {
		if !strings.Contains(f.log.String(), word) {
			t.Errorf("the log does not tell %q: %s", word, f.log.String())
		}
	}
	f.options.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	f.handler = nil
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("got the panic %v", p)
		}
	}()
	f.do("GET", "/metrics", "")
}

// An answer that does not marshal is a fault of the inside, told as one.
func TestAnswersThatDoNotMarshal(t *testing.T) {
	f := newFront(t)
	f.config.channels = func() ([]ChannelState, error) {
		return []ChannelState{{Settings: map[string]any{"x": func() {}}}}, nil
	}
	f.do("GET", Prefix+"/channels", "", f.as(ScopeRead)).want(t, 500, `"code":"internal"`)
	if !strings.Contains(f.log.String(), "write answer") || !strings.Contains(f.log.String(), "route="+Prefix+"/channels") {
		t.Errorf("got the log %s", f.log.String())
	}
}
