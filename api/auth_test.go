package api

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
		text, kept := MakeToken("ci", ScopeSend, now, now.AddDate(0, 3, 0))
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
		if !kept.Expires.Equal(now.AddDate(0, 3, 0)) || kept.Name != "ci" || kept.Scope != ScopeSend {
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
