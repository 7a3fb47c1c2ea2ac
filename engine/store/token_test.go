package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	s := openTemp(t)
	first := Token{ID: "t1", Name: "panel", Scope: "admin", Hash: []byte{1, 2, 3}, Created: noon(), Expires: after(365 * day)}
	second := Token{ID: "t0", Name: "sender", Scope: "send", Hash: []byte{4}, Created: after(time.Second)}
	for _, token := range []Token{second, first} {
		if err := s.NewToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NewToken(t.Context(), Token{ID: "t1", Hash: []byte{9}}); err == nil {
		t.Error("an id was taken twice")
	}
	check := func(when string, want ...Token) {
		t.Helper()
		got, err := s.Tokens(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", when, err, diff)
		}
	}
	check("made", first, second)

	touch := func(id string, when time.Time) {
		t.Helper()
		if err := s.TouchToken(t.Context(), id, when); err != nil {
			t.Error(err)
		}
	}
	touch("t1", after(time.Hour))
	touch("t1", after(time.Hour+59*time.Second)) // too soon to be worth a write
	touch("gone", noon())
	first.Used = after(time.Hour)
	check("used", first, second)
	touch("t1", noon()) // the clock was set back
	first.Used = noon()
	check("used after the clock was set back", first, second)

	s = reopen(t, s)
	check("after a restart", first, second)
	for _, want := range []bool{true, false} {
		if found, err := s.DeleteToken(t.Context(), "t1"); err != nil || found != want {
			t.Errorf("delete: %t, %v; want %t", found, err, want)
		}
	}
	check("deleted", second)
}
