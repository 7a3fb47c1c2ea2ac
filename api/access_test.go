package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// access says who may use an endpoint.
type access string

const (
	open       access = "open"    // everybody
	forHost    access = "host"    // programs on this host, and read
	forPosting access = "posting" // programs on this host, and who knows the webhook's secret
	forSignIn  access = "sign-in" // everybody whose words cannot be read on the way
	forKnown   access = "known"   // whoever is known
	forSession access = "session" // people
	forRead    access = "read"    // and admin
	forSend    access = "send"    // and admin
	forAdmin   access = "admin"   // alone
	someToken         = "tocsin_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// endpoint is a request that succeeds when the caller may make it.
type endpoint struct {
	method, path, body string
	access             access
	status             int
}

func endpoints(f *front) []endpoint {
	return []endpoint{
		{"GET", "/healthz", "", open, 200},
		{"GET", "/readyz", "", open, 200},
		{"GET", "/metrics", "", forHost, 200},
		{"GET", openAPIPath, "", open, 200},
		{"POST", Prefix + "/webhook", `{"title":"x"}`, forPosting, 202},
		{"POST", Prefix + "/send", `{"event_type":"custom"}`, forSend, 202},
		{"POST", Prefix + "/test", `{"channel":"phone"}`, forAdmin, 200},
		{"GET", Prefix + "/history", "", forRead, 200},
		{"DELETE", Prefix + "/history", "", forAdmin, 200},
		{"POST", Prefix + "/history/resend", `{"ids":[1]}`, forAdmin, 200},
		{"GET", Prefix + "/outbox", "", forRead, 200},
		{"POST", Prefix + "/outbox/retry", `{"all":true}`, forAdmin, 200},
		{"GET", Prefix + "/events", "", forRead, 200},
		{"GET", Prefix + "/channels", "", forRead, 200},
		{"GET", Prefix + "/status", "", forRead, 200},
		{"GET", Prefix + "/rules", "", forRead, 200},
		{"GET", Prefix + "/settings", "", forRead, 200},
		{"POST", Prefix + "/settings", `{"tocsin":{"enabled":false}}`, forAdmin, 200},
		{"PUT", Prefix + "/blocks/dedup", `{"window":"1s"}`, forAdmin, 200},
		{"DELETE", Prefix + "/blocks/dedup", "", forAdmin, 200},
		{"PUT", Prefix + "/blocks/rule/a%2Fb", `{"drop":true}`, forAdmin, 200},
		{"DELETE", Prefix + "/blocks/rule/night", "", forAdmin, 200},
		{"GET", Prefix + "/files", "", forAdmin, 200},
		{"GET", Prefix + "/files/a.hcl", "", forAdmin, 200},
		{"PUT", Prefix + "/files/conf.d/b.hcl", "# b", forAdmin, 200},
		{"DELETE", Prefix + "/files/c.hcl", "", forAdmin, 404},
		{"POST", Prefix + "/check", `{"path":"a.hcl","text":""}`, forAdmin, 200},
		{"GET", Prefix + "/changes", "", forRead, 200},
		{"POST", Prefix + "/changes/1/undo", "", forAdmin, 200},
		{"GET", Prefix + "/stream", "", forRead, 200},
		{"POST", Prefix + "/test-ai", `{}`, forAdmin, 409},
		{"POST", Prefix + "/provider-models", `{}`, forAdmin, 409},
		{"GET", Prefix + "/decisions", "", forRead, 200},
		{"POST", Prefix + "/explain", `{"id":"01"}`, forRead, 200},
		{"GET", Prefix + "/proxmox/read-cfg", "", forAdmin, 200},
		{"POST", Prefix + "/proxmox/setup-webhook", "", forAdmin, 200},
		{"POST", Prefix + "/proxmox/cleanup-webhook", "", forAdmin, 200},
		{"POST", Prefix + "/reload", "", forAdmin, 200},
		{"GET", Prefix + "/tokens", "", forAdmin, 200},
		{"POST", Prefix + "/tokens", `{"name":"x","scope":"read"}`, forAdmin, 201},
		{"DELETE", Prefix + "/tokens/" + f.idOf(ScopeRead), "", forAdmin, 200},
		{"POST", Prefix + "/auth/login", `{"name":"ada","password":"` + adasPassword + `"}`, forSignIn, 200},
		{"POST", Prefix + "/auth/link", `{"code":"` + adasCode + `"}`, forSignIn, 200},
		{"GET", Prefix + "/auth/session", "", forKnown, 200},
		{"POST", Prefix + "/auth/logout", "", forSession, 200},
		{"POST", Prefix + "/auth/password", `{"name":"ada","current":"` + adasPassword + `","password":"` + otherPassword + `"}`, forAdmin, 200},
		{"POST", Prefix + "/auth/links", `{"name":"ada"}`, forAdmin, 201},
		{"GET", Prefix + "/accounts", "", forAdmin, 200},
		{"DELETE", Prefix + "/accounts/bea", "", forAdmin, 200},
	}
}

const (
	adasPassword  = "seven herons stand still"
	otherPassword = "eight herons stand still"
	adasCode      = "Zm9yIHRlc3RzIGFsb25lLCBhbmQgb25jZSBvbmx5"
)

// adasHash is what is kept of the password; made once, as that takes its time.
var adasHash = sync.OnceValue(func() string {
	kept, err := newKiln().hash(context.Background(), adasPassword)
	if err != nil {
		panic(err)
	}
	return kept
})

// person is the account of a scope in tests.
func person(s Scope) string {
	return map[Scope]string{ScopeAdmin: "ada", ScopeRead: "bea", ScopeSend: "cy"}[s]
}

// withPeople makes an account of each scope, and a link.
func (f *front) withPeople() *front {
	for _, scope := range []Scope{ScopeRead, ScopeSend, ScopeAdmin} {
		f.accounts.known[person(scope)] = Account{Name: person(scope), Scope: scope, Password: adasHash(), Created: time.Now()}
	}
	f.sessions.links[string(digestOf(adasCode))] = LoginLink{Hash: digestOf(adasCode), Account: "ada", Expires: time.Now().Add(linkLife)}
	f.secrets = append(f.secrets, adasPassword, otherPassword, adasCode, strings.SplitN(adasHash(), "$", 6)[5])
	return f
}

// signedIn begins a session of the person with a scope, and returns what its browser
// sends with each request.
func (f *front) signedIn(s Scope) (cookie, csrf option, session *Session) {
	session = beginSession(person(s), time.Now())
	f.sessions.kept[string(session.Hash)] = *session
	f.secrets = append(f.secrets, session.id)
	return header("Cookie", plainCookie+"="+session.id), header(csrfHeader, session.csrf()), session
}

// visitor is somebody who makes a request.
type visitor struct {
	name    string
	options func(f *front) []option
	// wants is the status that an endpoint must answer with; 0: its own.
	wants func(e endpoint) int
}

// isUnsafe reports whether a request may change something.
func (e endpoint) isUnsafe() bool { return e.method != "GET" }

// refused is what somebody gets who is not known.
func refused(e endpoint) int {
	if slices.Contains([]access{open, forHost, forPosting, forSignIn}, e.access) {
		return 0
	}
	return 401
}

// fromElsewhere is what somebody gets who is neither known nor on this host.
func fromElsewhere(e endpoint) int {
	switch e.access {
	case open:
		return 0
	case forSignIn:
		return 403
	}
	return 401
}

// allowed is what a caller with a scope gets.
func allowed(s Scope, person bool) func(e endpoint) int {
	return func(e endpoint) int {
		switch e.access {
		case open, forHost, forPosting, forSignIn, forKnown, access(s):
			return 0
		case forSession:
			if person {
				return 0
			}
			return 422
		}
		if s == ScopeAdmin {
			return 0
		}
		return 403
	}
}

// byPage is what a page of another origin gets, whatever it knows: it may read
// nothing, as no answer allows it, and change nothing.
func byPage(then func(e endpoint) int) func(e endpoint) int {
	return func(e endpoint) int {
		switch {
		case e.access == forPosting:
			return 401
		case e.isUnsafe():
			return 403
		}
		return then(e)
	}
}

func always(status int) func(endpoint) int { return func(endpoint) int { return status } }

// withToken are callers with a token, good or not.
func withToken() []visitor {
	one := func(o func(f *front) option) func(*front) []option {
		return func(f *front) []option { return []option{o(f)} }
	}
	return []visitor{
		{"no token", func(*front) []option { return nil }, refused},
		{"empty token", one(func(*front) option { return bearer("") }), refused},
		{"no such token", one(func(*front) option { return bearer(someToken) }), refused},
		{"wrong secret", one(func(f *front) option { return bearer(wrongSecret(f.texts[ScopeAdmin])) }), refused},
		{"a secret too long", one(func(f *front) option { return bearer(f.texts[ScopeAdmin] + "A") }), refused},
		{"an expired token", one(func(f *front) option { return bearer(f.addToken(ScopeAdmin, time.Now().Add(-tokenLife-time.Second))) }), refused},
		{"a revoked token", one(func(f *front) option { delete(f.kept, f.idOf(ScopeAdmin)); return f.as(ScopeAdmin) }), refused},
		{"the scope read", one(func(f *front) option { return f.as(ScopeRead) }), allowed(ScopeRead, false)},
		{"the scope send", one(func(f *front) option { return f.as(ScopeSend) }), allowed(ScopeSend, false)},
		{"the scope admin", one(func(f *front) option { return f.as(ScopeAdmin) }), allowed(ScopeAdmin, false)},
		{"the socket", one(func(*front) option { return local() }), allowed(ScopeAdmin, false)},
		{"a wrong token beside a good session", func(f *front) []option {
			cookie, csrf, _ := f.signedIn(ScopeAdmin)
			return []option{cookie, csrf, bearer(someToken)}
		}, refused},
	}
}

// withCookie are browsers with a session, good or not.
func withCookie() []visitor {
	session := func(s Scope, more ...option) func(*front) []option {
		return func(f *front) []option {
			cookie, csrf, _ := f.signedIn(s)
			return append([]option{cookie, csrf, header("Sec-Fetch-Site", "same-origin"), header("Origin", "http://127.0.0.1:8008")}, more...)
		}
	}
	// A page of our own is a page all the same: it is no program on this host.
	page := func(then func(endpoint) int) func(endpoint) int {
		return func(e endpoint) int {
			if e.access == forPosting {
				return 401
			}
			return then(e)
		}
	}
	unproven := page(func(e endpoint) int {
		if refused(e) != 0 && e.isUnsafe() {
			return 403
		}
		return 0
	})
	needsRead := func(then func(endpoint) int) func(endpoint) int { // metrics: no page is a program
		return func(e endpoint) int {
			if e.access == forHost {
				e.access = forRead
			}
			return then(e)
		}
	}
	return []visitor{
		{"a session", session(ScopeAdmin), page(allowed(ScopeAdmin, true))},
		{"a session that may read", session(ScopeRead), needsRead(page(allowed(ScopeRead, true)))},
		{"a session that may send", session(ScopeSend), needsRead(page(allowed(ScopeSend, true)))},
		{"a session without CSRF token", session(ScopeAdmin, header(csrfHeader)), unproven},
		{"a session with a wrong CSRF token", session(ScopeAdmin, header(csrfHeader, "x")), unproven},
		{"the CSRF token of another session", func(f *front) []option {
			_, csrf, _ := f.signedIn(ScopeAdmin)
			return session(ScopeAdmin, csrf)(f)
		}, unproven},
		{"a CSRF token alone", session(ScopeAdmin, header("Cookie")), needsRead(page(refused))},
		{"a session that was idle", func(f *front) []option {
			cookie, csrf, s := f.signedIn(ScopeAdmin)
			s.Ends = time.Now()
			f.sessions.kept[string(s.Hash)] = *s
			return []option{cookie, csrf}
		}, refused},
		{"a session that is a week old", func(f *front) []option {
			cookie, csrf, s := f.signedIn(ScopeAdmin)
			s.Created = time.Now().Add(-sessionLife - time.Second)
			f.sessions.kept[string(s.Hash)] = *s
			return []option{cookie, csrf}
		}, refused},
		{"a session of an account that is gone", func(f *front) []option {
			cookie, csrf, s := f.signedIn(ScopeAdmin)
			s.Account = "eve"
			f.sessions.kept[string(s.Hash)] = *s
			return []option{cookie, csrf}
		}, refused},
		{"a session, by a form", session(ScopeAdmin, header("Content-Type", "text/plain")), func(e endpoint) int {
			switch {
			case e.body == "":
				return 0
			case e.access == forPosting, e.isUnsafe():
				return 415
			}
			return 0
		}},
	}
}

// fromAfar are requests that come from where they should not.
func fromAfar() []visitor {
	admin := func(more ...option) func(*front) []option {
		return func(f *front) []option { return append([]option{f.as(ScopeAdmin)}, more...) }
	}
	cookie := func(more ...option) func(*front) []option {
		return func(f *front) []option {
			cookie, csrf, _ := f.signedIn(ScopeAdmin)
			return append([]option{cookie, csrf}, more...)
		}
	}
	none := func(more ...option) func(*front) []option { return func(*front) []option { return more } }
	elsewhere := from("192.0.2.7:40404")
	remoteAdmin := func(e endpoint) int {
		if e.access == forPosting || e.access == forSignIn {
			return fromElsewhere(e)
		}
		return allowed(ScopeAdmin, false)(e)
	}
	remotePage := func(e endpoint) int {
		if e.access == forHost {
			return 401
		}
		return refused(e)
	}
	return []visitor{
		{"another site with a token", admin(header("Sec-Fetch-Site", "cross-site")), byPage(allowed(ScopeAdmin, false))},
		{"another port with a session", cookie(header("Sec-Fetch-Site", "same-site")), byPage(allowed(ScopeAdmin, true))},
		{"an old browser at another port", cookie(header("Origin", "https://127.0.0.1:8006")), byPage(allowed(ScopeAdmin, true))},
		{"a sandboxed page", cookie(header("Origin", "null")), byPage(allowed(ScopeAdmin, true))},
		{"another site with nothing", none(header("Sec-Fetch-Site", "cross-site")), byPage(remotePage)},
		{"a foreign Host with a token", admin(host("evil.example")), always(421)},
		{"a foreign Host with a session", cookie(host("evil.example:8008")), always(421)},
		{"a foreign Host with nothing", none(host("192.0.2.1")), always(421)},
		{"elsewhere with nothing", none(elsewhere), fromElsewhere},
		{"elsewhere with a token", admin(elsewhere), remoteAdmin},
		{"elsewhere with a session in the clear", cookie(elsewhere), fromElsewhere},
		{"a proxy with nothing", none(header("X-Forwarded-For", "127.0.0.1")), fromElsewhere},
		{"a proxy with a token", admin(header("Forwarded", "for=127.0.0.1")), remoteAdmin},
		{"a proxy with a session", cookie(header("X-Real-IP", "127.0.0.1"), header("X-Forwarded-Proto", "https")), fromElsewhere},
	}
}

// TestEveryDoor holds every endpoint against everybody who may knock. A new route
// fails here until it says whom it is for.
func TestEveryDoor(t *testing.T) {
	known := endpoints(newFront(t))
	visitors := slices.Concat(withToken(), withCookie(), fromAfar())
	for _, route := range (&Server{}).routes() {
		i := slices.IndexFunc(known, func(e endpoint) bool { return e.method == route.method && isAt(e.path, route.path) })
		if i < 0 {
			t.Errorf("%s %s: nobody says here whom it is for", route.method, route.path)
			continue
		}
		for _, v := range visitors {
			f := newFront(t).withPeople()
			e := endpoints(f)[i]
			want := v.wants(e)
			if want == 0 {
				want = e.status
			}
			if got := f.do(e.method, e.path, e.body, v.options(f)...); got.status != want {
				t.Errorf("%s %s, %s: got %d, want %d: %s", e.method, e.path, v.name, got.status, want, got.body)
			}
		}
	}
}

// isAt reports whether a path is one of a route's.
func isAt(path, route string) bool {
	want, rest := strings.Split(route, "/"), strings.Split(path, "/")
	for i, part := range want {
		switch {
		case strings.HasPrefix(part, "*"):
			return true
		case i >= len(rest), part != rest[i] && !strings.HasPrefix(part, ":"):
			return false
		}
	}
	return len(want) == len(rest)
}

func (f *front) sessionCount() int {
	f.sessions.mu.Lock()
	defer f.sessions.mu.Unlock()
	return len(f.sessions.kept)
}

// cookieOf is the cookie that an answer sets.
func (a reply) cookieOf(tb testing.TB) *http.Cookie {
	tb.Helper()
	all := (&http.Response{Header: a.header}).Cookies()
	if len(all) != 1 {
		tb.Fatalf("got the cookies %v", a.header["Set-Cookie"])
	}
	return all[0]
}
