package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const (
	loginPath   = Prefix + "/auth/login"
	linkPath    = Prefix + "/auth/link"
	linksPath   = Prefix + "/auth/links"
	sessionPath = Prefix + "/auth/session"
	logoutPath  = Prefix + "/auth/logout"
	changePath  = Prefix + "/auth/password"
)

// browser is what a browser remembers.
type browser struct {
	f      *front
	cookie *http.Cookie
	csrf   string
	over   []option // how it reaches the daemon
}

// take notes what an answer to a sign-in says.
func (b *browser) take(a reply) {
	b.f.tb.Helper()
	var shown shownSession
	a.into(b.f.tb, &shown)
	b.cookie, b.csrf = a.cookieOf(b.f.tb), shown.CSRF
	b.f.secrets = append(b.f.secrets, b.cookie.Value)
}

// do makes a request with what the browser remembers.
func (b *browser) do(method, path, body string, more ...option) reply {
	b.f.tb.Helper()
	options := append(slices.Clone(b.over), header("Sec-Fetch-Site", "same-origin"), header(csrfHeader, b.csrf))
	if b.cookie != nil {
		options = append(options, header("Cookie", b.cookie.Name+"="+b.cookie.Value))
	}
	return b.f.do(method, path, body, append(options, more...)...)
}

func login(name, password string) string {
	return jsonText(map[string]string{"name": name, "password": password})
}

func TestSignIn(t *testing.T) {
	f := newFront(t).withPeople()
	var told []string
	f.options.SignedIn = func(by, outcome string) { told = append(told, by+" "+outcome) }
	b := &browser{f: f}
	got := b.do("POST", loginPath, login("Ada", adasPassword))
	got.want(t, 200, `"name":"ada"`, `"scope":"admin"`, `"has_password":true`)
	b.take(got)
	c := b.cookie
	if c.Name != plainCookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure || len(c.Value) != 43 {
		t.Errorf("the cookie is %v", c)
	}
	b.do("GET", sessionPath, "").want(t, 200, `"kind":"session"`, `"name":"ada"`, b.csrf)
	b.do("POST", Prefix+"/reload", "").want(t, 200)
	b.do("POST", logoutPath, "").want(t, 200)
	b.do("GET", sessionPath, "").want(t, 401)
	for _, kept := range f.sessions.kept {
		t.Errorf("a session is left: %+v", kept)
	}
	f.do("POST", loginPath, login("ada", "wrong")).want(t, 401)
	if want := []string{"password accepted", "password refused"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	for _, line := range []string{`msg="signed in" component=api by=password account=ada scope=admin from=127.0.0.1`, `msg="signed out" component=api account=ada`, `msg="sign-in refused" component=api by=password account=ada from=127.0.0.1`} {
		if !strings.Contains(f.log.String(), line) {
			t.Errorf("the log lacks %s:\n%s", line, f.log.String())
		}
	}
}

func TestSignInOverTLS(t *testing.T) {
	for name, over := range map[string][]option{
		"to here":    {from("192.0.2.7:40404"), host("pve.lan:8008"), overTLS()},
		"to a proxy": viaProxy("https"),
	} {
		f := newFront(t).withPeople()
		f.settings.Proxies = proxies()
		b := &browser{f: f, over: over}
		got := b.do("POST", loginPath, login("ada", adasPassword))
		got.want(t, 200)
		b.take(got)
		if c := b.cookie; c.Name != secureCookie || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s: the cookie is %v", name, c)
		}
		if got.header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: the browser may come back without TLS", name)
		}
		b.do("POST", Prefix+"/reload", "").want(t, 200)
		if from := map[string]string{"to here": "from=192.0.2.7", "to a proxy": "from=203.0.113.5"}[name]; !strings.Contains(f.log.String(), from) {
			t.Errorf("%s: the log does not say %s", name, from)
		}
	}
}

// TestSignInInTheClear: nobody's password or link goes over a network unencrypted,
// and the browser is told before it tries another time.
func TestSignInInTheClear(t *testing.T) {
	for name, over := range map[string][]option{
		"from elsewhere":           {from("192.0.2.7:40404"), host("pve.lan")},
		"for another name":         {host("pve.lan")},
		"through a proxy":          {header("X-Forwarded-Proto", "https"), header("X-Forwarded-For", "192.0.2.7")},
		"through a proxy with TLS": {from("10.0.0.99:1"), host("pve.lan"), header("X-Forwarded-Proto", "http, https")},
	} {
		f := newFront(t).withPeople()
		f.settings.Proxies = proxies()
		f.do("POST", loginPath, login("ada", adasPassword), over...).want(t, 403, "insecure", "api.tls_cert", "trusted_proxies", "ssh -L")
		f.do("POST", linkPath, `{"code":"`+adasCode+`"}`, over...).want(t, 403, "insecure")
		if f.sessionCount() > 0 || len(f.sessions.links) != 1 {
			t.Errorf("%s: somebody signed in", name)
		}
	}
}

// TestRefusedSignInsLookAlike: whether there is such an account, or it has a
// password, is for nobody to find out.
func TestRefusedSignInsLookAlike(t *testing.T) {
	f := newFront(t).withPeople()
	f.accounts.known["dee"] = Account{Name: "dee", Scope: ScopeAdmin} // links only
	want := f.do("POST", loginPath, login("ada", "wrong")).body
	for name, body := range map[string]string{
		"unknown":          login("zoe", adasPassword),
		"no name":          login("", adasPassword),
		"no account's":     login("../../ada", adasPassword),
		"without password": login("dee", ""),
		"long":             login("ada", strings.Repeat("x", 2*mostPassword)),
	} {
		g := newFront(t).withPeople()
		g.accounts.known["dee"] = f.accounts.known["dee"]
		got := g.do("POST", loginPath, body)
		if got.status != 401 || got.body != want {
			t.Errorf("%s: got %d %s, want %s", name, got.status, got.body, want)
		}
		if strings.Contains(g.log.String(), "zoe") || strings.Contains(g.log.String(), "..") {
			t.Errorf("%s: the log says what was typed: %s", name, g.log.String())
		}
	}
}

func TestFailuresAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t).withPeople()
		try := func(name, password, addr string) reply {
			t.Helper()
			return f.do("POST", loginPath, login(name, password), overTLS(), host("pve.lan"), from(addr+":1"))
		}
		for range 3 { // what succeeds does not count
			try("ada", adasPassword, "192.0.2.1").want(t, 200)
		}
		for range 5 {
			try("ada", "wrong", "192.0.2.1").want(t, 401)
			time.Sleep(time.Second)
		}
		got := try("ada", adasPassword, "192.0.2.1") // also with the right one
		got.want(t, 429, "too many attempts", "tocsin login")
		if again := got.header.Get("Retry-After"); again != "55" {
			t.Errorf("Retry-After is %s, want 55", again)
		}
		try("ada", adasPassword, "192.0.2.2").want(t, 429) // the account, from elsewhere
		try("bea", adasPassword, "192.0.2.1").want(t, 429) // another account, from there
		try("bea", adasPassword, "192.0.2.2").want(t, 200)
		time.Sleep(55 * time.Second)
		try("ada", adasPassword, "192.0.2.1").want(t, 200)
		for range 5 {
			try("eve", "wrong", "192.0.2.3").want(t, 401)
		}
		try("eve", "wrong", "192.0.2.4").want(t, 429)                                                                   // as if there were one
		f.do("POST", linkPath, `{"code":"`+adasCode+`"}`, overTLS(), host("pve.lan"), from("192.0.2.3:1")).want(t, 200) // whoever guesses there
		for n := range 5 {
			f.do("POST", linkPath, `{"code":"x"}`, overTLS(), host("pve.lan"), from("[2001:db8::"+string(rune('1'+n))+"]:1")).want(t, 401)
		}
		f.do("POST", linkPath, `{"code":"`+adasCode+`"}`, overTLS(), host("pve.lan"), from("[2001:db8::9]:1")).want(t, 429, "links", "stays good")
	})
}

// TestSignInIsShort: anybody may send it, so that little of it is read.
func TestSignInIsShort(t *testing.T) {
	f := newFront(t).withPeople()
	long := login("ada", strings.Repeat("x", mostCredentials))
	chunked := func(r *http.Request) { r.ContentLength = -1 }
	for _, path := range []string{loginPath, linkPath} {
		f.do("POST", path, long).want(t, 413, "nothing that signs in")
		f.do("POST", path, long, chunked).want(t, 413)
	}
	f.do("POST", loginPath, login("ada", adasPassword), chunked).want(t, 200)
}

// TestManyAtOnceAreNoMore: those that begin before the first has failed count too.
func TestManyAtOnceAreNoMore(t *testing.T) {
	f := newFront(t).withPeople()
	f.serve()
	var group sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for range 20 {
		group.Go(func() {
			status := f.do("POST", loginPath, login("ada", "wrong")).status
			mu.Lock()
			defer mu.Unlock()
			got[status]++
		})
	}
	group.Wait()
	if got[401] != mostFailures || got[429] != 20-mostFailures {
		t.Errorf("got %v", got)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	a, now := newAttempts(), time.Now()
	name := func(n int) string { return "account " + jsonText(n) }
	for n := range maxNames + 100 {
		if wait := a.take(now, name(n)); wait > 0 {
			t.Fatal(wait)
		}
	}
	if len(a.failed) > maxNames {
		t.Errorf("%d names are remembered", len(a.failed))
	}
	a.take(now.Add(failureTime), "account x")
	if len(a.failed) != 1 {
		t.Errorf("%d names are remembered after a minute", len(a.failed))
	}
	a.giveBack(now.Add(failureTime), "account x", "account y")
	if wait := a.take(now.Add(failureTime), "account x"); wait > 0 {
		t.Errorf("what was given back counts: %v", wait)
	}
}

// TestSignInWithAStoreThatFails: nobody is signed in, nothing counts as a failure, and what is
// wrong is told as everywhere.
func TestSignInWithAStoreThatFails(t *testing.T) {
	f := newFront(t).withPeople()
	cookie, csrf, _ := f.signedIn(ScopeAdmin)
	for _, tt := range []struct {
		fault  error
		status int
	}{{&Unavailable{"the disk is full", "make room"}, 503}, {errors.New("page 7 is damaged"), 500}} {
		f.accounts.fault = tt.fault
		for range mostFailures + 1 {
			f.do("POST", loginPath, login("ada", adasPassword)).want(t, tt.status)
		}
		f.do("POST", linksPath, `{"name":"ada"}`, local()).want(t, tt.status)
		f.do("GET", Prefix+"/accounts", "", local()).want(t, tt.status)
		f.do("DELETE", Prefix+"/accounts/ada", "", local()).want(t, tt.status)
		f.do("GET", sessionPath, "", cookie, csrf).want(t, tt.status)
	}
}
