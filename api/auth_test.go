package api

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// access says who may use an endpoint.
type access string

const (
	open      access = "open"  // everybody on this host
	forRead   access = "read"  // and admin
	forSend   access = "send"  // and admin
	forAdmin  access = "admin" // alone
	someToken        = "tocsin_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
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
		{"GET", "/metrics", "", open, 200},
		{"POST", Prefix + "/webhook", `{"title":"x"}`, open, 202},
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
		{"GET", Prefix + "/decisions", "", forRead, 200},
		{"POST", Prefix + "/explain", `{"id":"01"}`, forRead, 200},
		{"POST", Prefix + "/reload", "", forAdmin, 200},
		{"GET", Prefix + "/tokens", "", forAdmin, 200},
		{"DELETE", Prefix + "/tokens/" + f.idOf(ScopeRead), "", forAdmin, 200},
	}
}

func TestEndpointsByCaller(t *testing.T) {
	count := 0
	for i := range endpoints(newFront(t)) {
		count++
		for name, tt := range map[string]struct {
			caller func(f *front) option
			scope  Scope // of a good token
			local  bool
		}{
			"no token":          {caller: func(*front) option { return func(*http.Request) {} }},
			"empty token":       {caller: func(*front) option { return bearer("") }},
			"no such token":     {caller: func(*front) option { return bearer(someToken) }},
			"wrong secret":      {caller: func(f *front) option { return bearer(wrongSecret(f.texts[ScopeAdmin])) }},
			"a secret too long": {caller: func(f *front) option { return bearer(f.texts[ScopeAdmin] + "A") }},
			"expired":           {caller: func(f *front) option { return bearer(f.addToken(ScopeAdmin, time.Now().Add(-tokenLife-time.Second))) }},
			"removed":           {caller: func(f *front) option { delete(f.kept, f.idOf(ScopeAdmin)); return f.as(ScopeAdmin) }},
			"read":              {caller: func(f *front) option { return f.as(ScopeRead) }, scope: ScopeRead},
			"send":              {caller: func(f *front) option { return f.as(ScopeSend) }, scope: ScopeSend},
			"admin":             {caller: func(f *front) option { return f.as(ScopeAdmin) }, scope: ScopeAdmin},
			"local":             {caller: func(*front) option { return local() }, local: true},
		} {
			f := newFront(t)
			e := endpoints(f)[i]
			want := e.status
			switch {
			case e.access == open, tt.local, tt.scope == ScopeAdmin, tt.scope == Scope(e.access):
			case tt.scope == "":
				want = 401
			default:
				want = 403
			}
			if got := f.do(e.method, e.path, e.body, tt.caller(f)); got.status != want {
				t.Errorf("%s %s, %s: got %d, want %d: %s", e.method, e.path, name, got.status, want, got.body)
			}
		}
	}
	if all := len((&Server{}).routes()); count != all-1 { // POST tokens answers with a secret and has its own test
		t.Errorf("%d of %d routes are in this test", count, all)
	}
}

// wrongSecret changes the last but one character: the last carries few bits.
func wrongSecret(token string) string {
	at := len(token) - 2
	c := byte('A')
	if token[at] == c {
		c = 'B'
	}
	return token[:at] + string(c) + token[at+1:]
}

// A refused caller must not learn whether a token exists, existed or has run out.
func TestEveryBadTokenGetsTheSameAnswer(t *testing.T) {
	f := newFront(t)
	expired := f.addToken(ScopeRead, time.Now().Add(-2*tokenLife))
	first := f.do("GET", Prefix+"/status", "")
	for name, token := range map[string]string{"unknown": someToken, "expired": expired, "wrong": wrongSecret(f.texts[ScopeRead])} {
		got := f.do("GET", Prefix+"/status", "", bearer(token))
		if diff := cmp.Diff(first.body, got.body); diff != "" || got.status != 401 {
			t.Errorf("%s: got status %d: %s", name, got.status, diff)
		}
	}
}

func TestShapeOfAuthorization(t *testing.T) {
	f := newFront(t)
	looked := 0
	find := f.keys.find
	f.keys.find = func(id string) (Token, bool, error) { looked++; return find(id) }
	good := f.texts[ScopeRead]
	for value, want := range map[string]int{
		"Bearer " + good:                  200,
		"bearer " + good:                  200,
		"BEARER " + good:                  200,
		"Basic " + good:                   401,
		good:                              401,
		"Bearer  " + good:                 401,
		"Bearer " + good + " ":            401,
		"Bearer " + strings.ToUpper(good): 401,
		"Bearer " + strings.TrimPrefix(good, tokenPrefix): 401,
		"Bearer tocsin_":  401,
		"Bearer tocsin__": 401,
		"Bearer tocsin_" + strings.Repeat("x", 30<<10):            401,
		"Bearer tocsin_aaaaaaaa_" + strings.Repeat("x", maxToken): 401,
	} {
		if got := f.do("GET", Prefix+"/status", "", header("Authorization", value)); got.status != want {
			t.Errorf("%.60q: got %d, want %d", value, got.status, want)
		}
	}
	if looked > 6 {
		t.Errorf("%d tokens were looked up; those that cannot be one should not be", looked)
	}
	f.do("GET", Prefix+"/status?token="+good+"&access_token="+good, "").want(t, 401)
}

func TestTokensUseIsNoted(t *testing.T) {
	f := newFront(t)
	var used []string
	f.keys.touch = func(id string, when time.Time) {
		if time.Since(when) > time.Minute {
			t.Errorf("noted for %v", when)
		}
		used = append(used, id)
	}
	f.do("GET", Prefix+"/status", "", f.as(ScopeRead)).want(t, 200)
	f.do("GET", Prefix+"/status", "", bearer(wrongSecret(f.texts[ScopeRead]))).want(t, 401)
	if diff := cmp.Diff([]string{f.idOf(ScopeRead)}, used); diff != "" {
		t.Error(diff)
	}
}

func TestKeysThatFail(t *testing.T) {
	f := newFront(t)
	failure := error(&Unavailable{"the disk is full", "make room"})
	f.keys.find = func(string) (Token, bool, error) { return Token{}, false, failure }
	f.do("GET", Prefix+"/status", "", f.as(ScopeRead)).want(t, 503, "the disk is full", "make room")
	failure = errors.New("read tokens: page 7 of /var/lib is damaged")
	got := f.do("GET", Prefix+"/status", "", f.as(ScopeRead))
	got.want(t, 500)
	if strings.Contains(got.body, "damaged") || !strings.Contains(f.log.String(), "damaged") {
		t.Errorf("got %s and the log %s", got.body, f.log.String())
	}
}

func TestMakeToken(t *testing.T) {
	now := time.Date(2026, 3, 14, 1, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for range 200 {
		text, kept := MakeToken("ci", ScopeSend, now)
		parts := strings.SplitN(text, "_", 3)
		if len(parts) != 3 || parts[0] != "tocsin" || parts[1] != kept.ID || len(kept.ID) != 8 {
			t.Fatalf("got %q and the id %q", text, kept.ID)
		}
		if strings.ContainsAny(kept.ID, "-_/.") {
			t.Errorf("the id %q does not fit into a path and a token", kept.ID)
		}
		if bits, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil || len(bits) != 32 {
			t.Errorf("the secret has %d bytes: %v", len(bits), err)
		}
		if want := sha256.Sum256([]byte(text)); string(kept.Hash) != string(want[:]) {
			t.Error("what is kept is not the digest")
		}
		if seen[parts[2]] || seen[kept.ID] || len(text) > maxToken {
			t.Errorf("%q came before or is too long", text)
		}
		seen[parts[2]], seen[kept.ID] = true, true
		if !kept.Expires.Equal(now.AddDate(1, 0, 0)) || kept.Name != "ci" || kept.Scope != ScopeSend {
			t.Errorf("got %+v", kept)
		}
	}
}

func TestParseScope(t *testing.T) {
	for _, word := range []string{"read", "send", "admin"} {
		if got, err := ParseScope(word); err != nil || string(got) != word {
			t.Errorf("%s: got %q, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "Admin", "root", "read,send", strings.Repeat("x", 100_000)} {
		if got, err := ParseScope(word); err == nil || got != "" || len(err.Error()) > 200 {
			t.Errorf("%.20s: got %q, %.300v", word, got, err)
		}
	}
}
