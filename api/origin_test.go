package api

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func overTLS() option { return func(r *http.Request) { r.TLS = &tls.ConnectionState{} } }

// proxies are those that tests trust.
func proxies() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/64"), netip.MustParsePrefix("127.0.0.9/32")}
}

// viaProxy makes a request one that a trusted proxy passes on.
func viaProxy(scheme string) []option {
	return []option{from("10.0.0.2:40404"), host("pve.lan"), header("X-Forwarded-For", "203.0.113.5"), header("X-Forwarded-Proto", scheme)}
}

func TestClientAddress(t *testing.T) {
	set := Settings{Proxies: proxies()}
	for name, tt := range map[string]struct {
		peer string
		list []string
		want string
	}{
		"nobody's word":               {"192.0.2.7:1", []string{"203.0.113.5"}, "192.0.2.7"},
		"no proxy":                    {"192.0.2.7:1", nil, "192.0.2.7"},
		"a proxy's own request":       {"10.0.0.2:1", nil, "10.0.0.2"},
		"a proxy":                     {"10.0.0.2:1", []string{"203.0.113.5"}, "203.0.113.5"},
		"a proxy in IPv6":             {"[fd00::1%eth0]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv4 in IPv6":                {"[::ffff:10.0.0.2]:1", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		"two proxies":                 {"10.0.0.2:1", []string{"203.0.113.5, 10.0.0.3"}, "203.0.113.5"},
		"two headers":                 {"10.0.0.2:1", []string{"203.0.113.5", "10.0.0.3"}, "203.0.113.5"},
		"what the client made up":     {"10.0.0.2:1", []string{"127.0.0.1, 203.0.113.5"}, "203.0.113.5"},
		"made up in a header":         {"10.0.0.2:1", []string{"10.0.0.7", "203.0.113.5"}, "203.0.113.5"},
		"behind an unknown proxy":     {"10.0.0.2:1", []string{"203.0.113.5, 198.51.100.1, 10.0.0.3"}, "198.51.100.1"},
		"proxies alone":               {"10.0.0.2:1", []string{"10.0.0.4, 10.0.0.3"}, "10.0.0.4"},
		"a name":                      {"10.0.0.2:1", []string{"client.example"}, "invalid IP"},
		"nothing at the end":          {"10.0.0.2:1", []string{"203.0.113.5,"}, "invalid IP"},
		"an empty header":             {"10.0.0.2:1", []string{""}, "invalid IP"},
		"rubbish left of the client":  {"10.0.0.2:1", []string{"<script>, 203.0.113.5"}, "203.0.113.5"},
		"very many, none of them new": {"10.0.0.2:1", []string{strings.Repeat("10.0.0.3,", 3000) + "10.0.0.3"}, "10.0.0.3"},
	} {
		r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
		if tt.list != nil {
			r.Header["X-Forwarded-For"] = tt.list
		}
		if got := set.client(r).String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// FuzzClient: nothing that a client writes makes it a proxy, this host, or anybody
// who stands left of it in the list.
func FuzzClient(f *testing.F) {
	for _, s := range []string{"", "127.0.0.1", "10.0.0.3, 10.0.0.4", "x", "[::1]", "::ffff:10.0.0.2", "1.2.3.4:80", ",,"} {
		f.Add(s)
	}
	set := Settings{Proxies: proxies()}
	f.Fuzz(func(t *testing.T, made string) {
		r := &http.Request{RemoteAddr: "10.0.0.2:1", Header: http.Header{"X-Forwarded-For": {made, "203.0.113.5"}}}
		if got := set.client(r).String(); got != "203.0.113.5" {
			t.Errorf("%q: got %s", made, got)
		}
		r.Header["X-Forwarded-For"] = []string{made} // of a proxy's own client
		if got := set.client(r); got.IsValid() && !strings.Contains(made, ":") && !strings.Contains(made, got.String()) {
			t.Errorf("%q: got %s", made, got)
		}
	})
}

// TestAProxyOnThisHost: nothing that comes from its address is of this host, header
// or not.
func TestAProxyOnThisHost(t *testing.T) {
	f := newFront(t)
	f.settings.Proxies = proxies()
	f.do("POST", hook, posted, from("127.0.0.9:1")).want(t, 401)
	f.do("POST", hook, posted, from("127.0.0.1:1")).want(t, 202)
	f.do("GET", "/metrics", "", from("127.0.0.9:1")).want(t, 401)
}

func TestTheWebhookCountsWhoIsBehindAProxy(t *testing.T) {
	f := newFront(t)
	f.settings.Proxies = proxies()
	f.settings.WebhookAllow = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}
	f.settings.WebhookRate = Rate{Count: 1, Per: 3600e9}
	post := func(client string) reply {
		return f.do("POST", hook, posted, with(remote(), from("10.0.0.2:1"), header("X-Forwarded-For", client))...)
	}
	post("203.0.113.5").want(t, 202)
	post("203.0.113.5").want(t, 429)
	post("203.0.113.6").want(t, 202)
	post("198.51.100.1").want(t, 403)
	post("203.0.113.9, nobody").want(t, 403)
}

// TestOriginsOfEveryKind: what browsers say of a page decides, and programs say
// nothing.
func TestOriginsOfEveryKind(t *testing.T) {
	for name, tt := range map[string]struct {
		options []option
		want    int
	}{
		"a program":               {nil, 202},
		"the page itself":         {[]option{header("Sec-Fetch-Site", "same-origin")}, 202},
		"the address bar":         {[]option{header("Sec-Fetch-Site", "none")}, 202},
		"the page, without words": {[]option{header("Origin", "http://127.0.0.1:8008")}, 202},
		"another port":            {[]option{header("Sec-Fetch-Site", "same-site")}, 403},
		"another site":            {[]option{header("Sec-Fetch-Site", "cross-site")}, 403},
		"another port, no words":  {[]option{header("Origin", "http://127.0.0.1:8006")}, 403},
		"another name of it":      {[]option{header("Origin", "http://localhost:8008")}, 403},
		"a file":                  {[]option{header("Origin", "null")}, 403},
		"no origin at all":        {[]option{header("Origin", "evil")}, 403},
		"over the socket":         {[]option{local(), header("Sec-Fetch-Site", "cross-site")}, 403},
	} {
		f := newFront(t)
		got := f.do("POST", sendPath, `{"event_type":"custom"}`, append([]option{f.as(ScopeSend)}, tt.options...)...)
		if got.status != tt.want || tt.want == 403 && got.fault.Code != "cross_origin" {
			t.Errorf("%s: got %d, want %d: %s", name, got.status, tt.want, got.body)
		}
	}
	// A preflight is answered, but allows nothing.
	got := newFront(t).do("OPTIONS", sendPath, "", header("Origin", "http://evil.example"), header("Access-Control-Request-Method", "POST"))
	if got.status != 405 || got.header.Get("Access-Control-Allow-Origin") != "" || got.header.Get("Access-Control-Allow-Headers") != "" {
		t.Errorf("a preflight got %d and %v", got.status, got.header)
	}
}
