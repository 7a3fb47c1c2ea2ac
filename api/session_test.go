package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestSessionsBelongToTheirDoor: a cookie of one is none at the other.
func TestSessionsBelongToTheirDoor(t *testing.T) {
	elsewhere := []option{from("192.0.2.7:40404"), host("pve.lan:8008"), overTLS()}
	named := func(name string, s *Session) option { return header("Cookie", name+"="+s.id) }
	for name, tt := range map[string]struct {
		options []option
		cookie  string
		want    int
	}{
		"over TLS":                    {elsewhere, secureCookie, 200},
		"over TLS with the plain one": {elsewhere, plainCookie, 401},
		"plain on this host":          {nil, plainCookie, 200},
		"plain with the secure one":   {nil, secureCookie, 401},
		"plain from elsewhere":        {elsewhere[:2], plainCookie, 401},
		"plain, the secure one":       {elsewhere[:2], secureCookie, 401},
		"by a proxy with TLS":         {viaProxy("https"), secureCookie, 200},
		"by a proxy without":          {viaProxy("http"), plainCookie, 401},
	} {
		f := newFront(t).withPeople()
		f.settings.Proxies = proxies()
		_, _, s := f.signedIn(ScopeRead)
		got := f.do("GET", Prefix+"/status", "", with(tt.options, named(tt.cookie, s))...)
		if got.status != tt.want {
			t.Errorf("%s: got %d, want %d: %s", name, got.status, tt.want, got.body)
		}
	}
}

// TestSessionsAreExtendedNowAndThen: not with each request, which would cost a write.
func TestSessionsAreExtendedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t).withPeople()
		b := &browser{f: f}
		b.take(b.do("POST", loginPath, login("ada", adasPassword)))
		for range 120 {
			time.Sleep(time.Second)
			b.do("GET", sessionPath, "").want(t, 200)
		}
		if f.sessions.extended != 2 {
			t.Errorf("%d times in two minutes", f.sessions.extended)
		}
	})
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

func TestWhoAmI(t *testing.T) {
	f := newFront(t)
	f.do("GET", sessionPath, "", f.as(ScopeSend)).want(t, 200, `"kind":"token"`, `"name":"test send"`, `"scope":"send"`)
	f.do("GET", sessionPath, "", local()).want(t, 200, `"kind":"local"`, `"scope":"admin"`)
	f.do("POST", logoutPath, "", f.as(ScopeSend)).want(t, 422, "tocsin token rm")
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
