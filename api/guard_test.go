package api

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	f := newFront(t)
	f.settings.AllowedHosts = []string{"pve.lan", "Tocsin.Example", "2001:db8::5"}
	for name, want := range map[string]int{
		"127.0.0.1":                 200,
		"127.0.0.1:8008":            200,
		"127.8.8.8":                 200,
		"localhost":                 200,
		"LocalHost:1":               200,
		"[::1]":                     200,
		"[::1]:8008":                200,
		"[::ffff:127.0.0.1]:8008":   200,
		"pve.lan":                   200,
		"PVE.lan:443":               200,
		"tocsin.example":            200,
		"[2001:db8::5]:8008":        200,
		"":                          421,
		"evil.example":              421,
		"localhost.evil.example":    421,
		"pve.lan.evil.example":      421,
		"evil.example:8008":         421,
		"evilpve.lan":               421,
		"lan":                       421,
		"0.0.0.0":                   421,
		"[::]":                      421,
		"192.168.1.5:8008":          421,
		"128.0.0.1":                 421,
		"127.1":                     421,
		"2130706433":                421,
		"localhost@evil.example":    421,
		"evil.example#localhost":    421,
		"evil.example, localhost":   421,
		"[[::1]]":                   421,
		strings.Repeat("a", 10_000): 421,
	} {
		for _, path := range []string{"/healthz", Prefix + "/status", "/nothing"} {
			got := f.do("GET", path, "", host(name), f.as(ScopeAdmin))
			if path == "/nothing" && want == 200 {
				got.want(t, 404)
				continue
			}
			if got.status != want {
				t.Errorf("%.40q, %s: got %d, want %d", name, path, got.status, want)
			}
		}
	}
	f.do("GET", "/healthz", "", host("anything"), local()).want(t, 200)
}

// The Host counts before the token and the method: a page elsewhere learns
// nothing.
func TestHostComesFirst(t *testing.T) {
	f := newFront(t)
	for _, method := range []string{"GET", "POST", "OPTIONS", "PATCH"} {
		f.do(method, Prefix+"/send", strings.Repeat("x", maxBody+1), host("evil.example")).want(t, 421)
	}
	f.do("GET", "/metrics", "", host("evil.example")).want(t, 421)
	f.do("GET", "/x//y", "", host("evil.example")).want(t, 421)
}

// A redirected POST becomes a GET and loses its event, so there is none.
func TestOddPathsAreNotRedirected(t *testing.T) {
	f := newFront(t)
	for _, path := range []string{
		"/api//notifications/webhook", "//api/notifications/webhook", "/api/notifications/webhook/", "/api/./notifications/webhook",
		"/api/notifications/x/../webhook", "/api/notifications/webhook%2f", "/api/notifications/%2e/webhook", "/api/notifications/webhook/.",
		"/api/notifications/webhook/x", "/API/notifications/webhook", "/api/notifications/%77ebhook", "/api/notifications", "/", "/api/notifications/tokens/",
		"/api/notifications/tokens/a/b", "/healthz/", "/api/notifications/webhook;x=1", "/api/notifications/webhook%00",
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "PROPFIND"} {
			if got := f.do(method, path, posted, f.as(ScopeAdmin)); got.status != 404 {
				t.Errorf("%s %s: got %d: %s", method, path, got.status, got.body)
			}
		}
	}
	f.do("POST", "/api//notifications/send", "{}").want(t, 404, "shortest", "as documented")
}

func TestOtherMethods(t *testing.T) {
	f := newFront(t)
	allowed := map[string]string{
		"/healthz": "GET, HEAD", "/readyz": "GET, HEAD", "/metrics": "GET, HEAD",
		hook: "POST", Prefix + "/send": "POST", Prefix + "/test": "POST", Prefix + "/history": "DELETE, GET, HEAD",
		Prefix + "/events": "GET, HEAD", Prefix + "/channels": "GET, HEAD", Prefix + "/status": "GET, HEAD",
		Prefix + "/reload": "POST", Prefix + "/tokens": "GET, HEAD, POST", Prefix + "/tokens/abc": "DELETE",
	}
	for path, allow := range allowed {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"} {
			if strings.Contains(allow+",", method+",") {
				continue
			}
			got := f.do(method, path, "", f.as(ScopeAdmin))
			if got.status != 405 || got.header.Get("Allow") != allow {
				t.Errorf("%s %s: got %d with Allow %q, want %q", method, path, got.status, got.header.Get("Allow"), allow)
			}
		}
		if strings.Contains(allow, "HEAD") {
			f.do("HEAD", path, "", f.as(ScopeAdmin)).want(t, 200)
			f.do("HEAD", path, "", from("192.0.2.1:1"), bearer("x")).want(t, map[bool]int{true: 200, false: 401}[path == "/healthz" || path == "/readyz"])
		}
	}
}

func TestStrictTransportOnlyWithTLS(t *testing.T) {
	f := newFront(t)
	secure := func(r *http.Request) { r.TLS = &tls.ConnectionState{} }
	if got := f.do("GET", "/healthz", "", secure).header.Get("Strict-Transport-Security"); !strings.Contains(got, "max-age=") {
		t.Errorf("got %q over TLS", got)
	}
	if got := f.do("GET", "/healthz", "").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("got %q without TLS", got)
	}
}

func TestWithoutTLSOnlyTheWebhook(t *testing.T) {
	f := newFront(t)
	f.handler = OnlyWebhook(f.serve())
	f.do("POST", hook, posted).want(t, 202)
	for _, path := range []string{"/", "/healthz", hook + "/", Prefix + "/status", loginPath, "/metrics"} {
		f.do("GET", path, "", f.as(ScopeAdmin)).want(t, 400, "needs_tls", "only the webhook is plain", "https://")
	}
}
