package api

import (
	"context"
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
		"long":             login("ada", strings.Repeat("x", 10_000)),
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

// TestThePasswordOfNobodyTakesAsLong: what is compared for an account that is not
// there costs what is kept of new passwords.
func TestThePasswordOfNobodyTakesAsLong(t *testing.T) {
	nobody, salt, key, ok := parsePassword(nobodysPassword)
	if !ok || nobody != newCost() || len(salt) != saltBytes || len(key) != keyBytes {
		t.Errorf("got %+v, %d, %d, %t; want %+v", nobody, len(salt), len(key), ok, newCost())
	}
	if right, err := newKiln().matches(t.Context(), "", ""); right || err != nil {
		t.Errorf("no password is the one of nobody: %t, %v", right, err)
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
		try("eve", "wrong", "192.0.2.4").want(t, 429) // as if there were one
		for n := range 5 {
			f.do("POST", linkPath, `{"code":"x"}`, overTLS(), host("pve.lan"), from("[2001:db8::"+string(rune('1'+n))+"]:1")).want(t, 401)
		}
		f.do("POST", linkPath, `{"code":"`+adasCode+`"}`, overTLS(), host("pve.lan"), from("[2001:db8::9]:1")).want(t, 429)
	})
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

// TestTwoPasswordsAtOnce: who comes third waits, and is told to come again when that
// takes too long. It does not count as a failure.
func TestTwoPasswordsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKiln()
		for range 2 {
			if _, err := k.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if _, err := k.matches(t.Context(), "x", ""); err != errBusy || time.Since(began) != kilnTime {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := k.hash(ctx, "x"); err != errBusy {
			t.Errorf("who went away got %v", err)
		}
	})
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

func TestLinks(t *testing.T) {
	f := newFront(t)
	got := f.do("POST", linksPath, `{"name":"Ada"}`, local())
	got.want(t, 201, `"name":"ada"`, `"scope":"admin"`, `"link":"https://pve.lan:8008/#login=`)
	var made struct {
		Link    string
		Expires time.Time
	}
	got.into(t, &made)
	if left := time.Until(made.Expires); left > linkLife || left < linkLife-time.Minute {
		t.Errorf("it is good for %v", left)
	}
	_, code, _ := strings.Cut(made.Link, "#login=")
	f.secrets = append(f.secrets, code)
	for _, kept := range f.sessions.links {
		if strings.Contains(string(kept.Hash), code) || len(kept.Hash) != 32 {
			t.Errorf("the code is kept: %q", kept.Hash)
		}
	}
	use := `{"code":"` + code + `"}`
	f.do("GET", linkPath, "").want(t, 405) // as previews and scanners do
	f.do("HEAD", linkPath, "").want(t, 405)
	f.do("POST", linkPath, use, header("Origin", "http://evil.example")).want(t, 403)
	f.do("POST", linkPath, use, header("Content-Type", "text/plain")).want(t, 415)
	b := &browser{f: f}
	signed := b.do("POST", linkPath, use)
	signed.want(t, 200, `"name":"ada"`)
	b.take(signed)
	f.do("POST", linkPath, use).want(t, 401, "used up", "tocsin login")
	b.do("GET", Prefix+"/accounts", "").want(t, 200, `"ada"`)
	for _, bad := range []string{`{}`, `{"code":""}`, `{"code":"` + strings.Repeat("x", 10_000) + `"}`} {
		newFront(t).do("POST", linkPath, bad).want(t, 401, "used up")
	}
}

func TestALinkIsGoodForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t).withPeople()
		time.Sleep(linkLife)
		f.do("POST", linkPath, `{"code":"`+adasCode+`"}`).want(t, 401)
	})
}

func TestLinksAreForAdmins(t *testing.T) {
	f := newFront(t).withPeople()
	f.do("POST", linksPath, `{"name":"bea","scope":"admin"}`, f.as(ScopeAdmin)).want(t, 422, "the account has the scope read", "tocsin account rm bea")
	f.do("POST", linksPath, `{"name":"bea","scope":"root"}`, f.as(ScopeAdmin)).want(t, 400, "unknown scope")
	for _, name := range []string{"", "a b", "-x", ".", "..", "x/y", "é", "x\n", strings.Repeat("n", 65)} {
		f.do("POST", linksPath, jsonText(map[string]string{"name": name}), f.as(ScopeAdmin)).want(t, 400, "letters, digits")
	}
	f.do("POST", linksPath, `{"name":"gus","scope":"read"}`, f.as(ScopeAdmin)).want(t, 201, `"scope":"read"`)
	if a := f.accounts.known["gus"]; a.Scope != ScopeRead || a.Password != "" {
		t.Errorf("made %+v", a)
	}
}

// TestSessionsEnd: after eight hours without a request, and after a week whatever
// happens.
func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t).withPeople()
		b := &browser{f: f}
		b.take(b.do("POST", loginPath, login("ada", adasPassword)))
		week := time.Now().Add(sessionLife)
		for time.Until(week) > sessionIdle {
			time.Sleep(sessionIdle - time.Second)
			b.do("GET", sessionPath, "").want(t, 200)
		}
		var shown shownSession
		b.do("GET", sessionPath, "").into(t, &shown)
		if shown.Ends.After(week) {
			t.Errorf("it ends at %v, after its week %v", shown.Ends, week)
		}
		time.Sleep(time.Until(week))
		b.do("GET", sessionPath, "").want(t, 401)

		b.take(b.do("POST", loginPath, login("ada", adasPassword)))
		time.Sleep(sessionIdle)
		b.do("GET", sessionPath, "").want(t, 401)
	})
}

// TestANewSessionHasANewID: one that somebody planted is not used, and the one
// before ends.
func TestANewSessionHasANewID(t *testing.T) {
	f := newFront(t).withPeople()
	b := &browser{f: f, cookie: &http.Cookie{Name: plainCookie, Value: "planted"}}
	b.take(b.do("POST", loginPath, login("ada", adasPassword)))
	if b.cookie.Value == "planted" {
		t.Fatal("the planted id is in use")
	}
	before := *b
	b.take(b.do("POST", loginPath, login("bea", adasPassword)))
	before.do("GET", sessionPath, "").want(t, 401)
	b.do("GET", sessionPath, "").want(t, 200, `"bea"`)
	if n := f.sessionCount(); n != 1 {
		t.Errorf("%d sessions are kept", n)
	}
}

func TestPasswordChanges(t *testing.T) {
	f := newFront(t).withPeople()
	one, two := &browser{f: f}, &browser{f: f}
	one.take(one.do("POST", loginPath, login("ada", adasPassword)))
	two.take(two.do("POST", loginPath, login("ada", adasPassword)))
	change := func(b *browser, current, password string) reply {
		return b.do("POST", changePath, jsonText(map[string]string{"current": current, "password": password}))
	}
	change(one, "wrong", otherPassword).want(t, 422, "the current password is wrong")
	change(one, "", otherPassword).want(t, 422, "the current password is wrong")
	change(one, adasPassword, "short").want(t, 400, "shorter than 12", "several words")
	change(one, adasPassword, strings.Repeat("x", mostPassword+1)).want(t, 400)
	change(one, adasPassword, otherPassword).want(t, 200)
	one.do("GET", sessionPath, "").want(t, 200)
	two.do("GET", sessionPath, "").want(t, 401)
	f.do("POST", linkPath, `{"code":"`+adasCode+`"}`).want(t, 401) // an older link ends, too
	f.do("POST", loginPath, login("ada", adasPassword)).want(t, 401)
	f.do("POST", loginPath, login("ada", otherPassword)).want(t, 200)
	if kept := f.accounts.known["ada"].Password; !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("kept is %s", kept)
	}
	for range 5 {
		change(one, "wrong", adasPassword)
	}
	change(one, otherPassword, adasPassword).want(t, 429)
}

// TestAForgottenPassword: who comes by a link sets another, for a while.
func TestAForgottenPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t).withPeople()
		b := &browser{f: f}
		b.take(b.do("POST", linkPath, `{"code":"`+adasCode+`"}`))
		b.do("POST", changePath, `{"password":"`+otherPassword+`"}`).want(t, 200)
		time.Sleep(linkLife)
		b.do("POST", changePath, `{"password":"`+adasPassword+`"}`).want(t, 422)
	})
}

// TestPasswordsOfOthers are set by admins alone, who end all their sessions.
func TestPasswordsOfOthers(t *testing.T) {
	f := newFront(t).withPeople()
	cookie, csrf, _ := f.signedIn(ScopeRead)
	f.do("POST", changePath, `{"name":"ada","current":"`+adasPassword+`","password":"`+otherPassword+`"}`, cookie, csrf).want(t, 403, "needs admin")
	f.do("POST", changePath, `{"name":"bea","password":"`+otherPassword+`"}`, f.as(ScopeSend)).want(t, 403, "needs admin")
	f.do("POST", changePath, `{"password":"`+otherPassword+`"}`, f.as(ScopeAdmin)).want(t, 400, "whose password")
	f.do("POST", changePath, `{"name":"eve","password":"`+otherPassword+`"}`, local()).want(t, 404, "tocsin account list")
	f.do("POST", changePath, `{"name":"bea","password":"`+otherPassword+`"}`, local()).want(t, 200)
	f.do("GET", sessionPath, "", cookie).want(t, 401)
	f.do("POST", loginPath, login("bea", otherPassword)).want(t, 200)
}

func TestWhoAmI(t *testing.T) {
	f := newFront(t)
	f.do("GET", sessionPath, "", f.as(ScopeSend)).want(t, 200, `"kind":"token"`, `"name":"test send"`, `"scope":"send"`)
	f.do("GET", sessionPath, "", local()).want(t, 200, `"kind":"local"`, `"scope":"admin"`)
	f.do("POST", logoutPath, "", f.as(ScopeSend)).want(t, 422, "tocsin token rm")
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

// TestFormsChangeNothing: also where no body is read, a page that can only send forms
// is refused.
func TestFormsChangeNothing(t *testing.T) {
	f := newFront(t).withPeople()
	cookie, csrf, _ := f.signedIn(ScopeAdmin)
	for kind, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "application/x-www-form-urlencoded": 415,
		"multipart/form-data; boundary=x": 415, "text/plain": 415, "TEXT/PLAIN; charset=utf-8": 415, "": 415, "x y": 415,
	} {
		got := f.do("POST", Prefix+"/reload", "a=b", cookie, csrf, header("Content-Type", kind))
		if got.status != want {
			t.Errorf("%q: got %d, want %d", kind, got.status, want)
		}
	}
	f.do("POST", Prefix+"/reload", "", cookie, csrf).want(t, 200)
}

// TestCallersNames: limits, claims and the log tell everybody apart.
func TestCallersNames(t *testing.T) {
	for want, c := range map[string]caller{
		"local":       {local: true, scope: ScopeAdmin},
		"account ada": {name: "ada", session: &Session{}},
		"x1Yz9aBc":    {id: "x1Yz9aBc", name: "ada"},
	} {
		if got := c.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestStoredPasswords(t *testing.T) {
	k := newKiln()
	kept, err := k.hash(t.Context(), adasPassword)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := k.hash(t.Context(), adasPassword)
	if kept == again {
		t.Error("the salt is the same")
	}
	for password, want := range map[string]bool{adasPassword: true, adasPassword + " ": false, "": false, strings.ToUpper(adasPassword): false} {
		if got, err := k.matches(t.Context(), password, kept); got != want || err != nil {
			t.Errorf("%q: %t, %v", password, got, err)
		}
	}
	for _, bad := range []string{
		"x", "$argon2id$", strings.Replace(kept, "argon2id", "argon2i", 1), strings.Replace(kept, "v=19", "v=16", 1), strings.Replace(kept, "t=2", "t=0", 1),
		strings.Replace(kept, "m=19456", "m=4294967295", 1), strings.Replace(kept, "p=1", "p=0", 1), strings.Replace(kept, "t=2", "t=999", 1), kept + "$", kept[:len(kept)-30] + "",
	} {
		if right, err := k.matches(t.Context(), adasPassword, bad); right || err == nil || strings.Contains(err.Error(), kept[30:]) {
			t.Errorf("%s: %t, %v", bad, right, err)
		}
	}
}

func FuzzParsePassword(f *testing.F) {
	f.Add(nobodysPassword)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
	f.Fuzz(func(t *testing.T, kept string) {
		c, salt, key, ok := parsePassword(kept)
		most := mostCost()
		if ok && (c.time == 0 || c.threads == 0 || c.time > most.time || c.memory > most.memory || c.threads > most.threads || len(salt) == 0 || len(key) < 16) {
			t.Errorf("%q is taken as %+v", kept, c)
		}
	})
}

func FuzzAccountName(f *testing.F) {
	for _, s := range []string{"ada", "Ada", "a.b-c_d@e", "..", "é", "K"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, ok := accountName(text)
		if again, same := accountName(name); ok && (!same || again != name || name == "" || len(name) > maxName) {
			t.Errorf("%q became %q, and that %q", text, name, again)
		}
	})
}
