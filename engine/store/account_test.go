package store

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	kept    = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"
	another = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YW5vdGhlcg"
)

// digestOf is a digest that a test can tell from others.
func digestOf(n int) []byte { return bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 16) }

func link(n int, account string, expires time.Time) LoginLink {
	return LoginLink{Hash: digestOf(n), Account: account, Expires: expires}
}

func sessionOf(n int, account string, began time.Time) Session {
	return Session{Hash: digestOf(n), Account: account, Created: began, Ends: began.Add(8 * time.Hour)}
}

// withAccount makes an account as everybody gets one: by a link, which is told by
// a number.
func withAccount(t *testing.T, s *Store, by int, name, scope string) Account {
	t.Helper()
	a, err := s.NewLink(t.Context(), link(by, name, after(15*time.Minute)), Account{Name: name, Scope: scope, Created: noon()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func signIn(t *testing.T, s *Store, next Session) bool {
	t.Helper()
	_, ok, err := s.SignIn(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestAccounts(t *testing.T) {
	s := openTemp(t)
	bea := withAccount(t, s, 2001, "bea", "read")
	ada := withAccount(t, s, 2002, "ada", "admin")
	if again := withAccount(t, s, 2003, "bea", "admin"); again != bea {
		t.Errorf("another link changed the account: %+v", again)
	}
	check := func(when string, want ...Account) {
		t.Helper()
		got, err := s.Accounts(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", when, err, diff)
		}
	}
	check("made", Account{Name: "ada", Scope: "admin", Created: noon()}, Account{Name: "bea", Scope: "read", Created: noon()})
	if found, err := s.SetPassword(t.Context(), "ada", kept, nil); !found || err != nil {
		t.Errorf("set password: %t, %v", found, err)
	}
	signIn(t, s, sessionOf(1, "bea", after(time.Hour)))
	ada.Password, bea.Used = kept, after(time.Hour)
	s = reopen(t, s)
	check("after a restart", ada, bea)
	if got, found, err := s.Account(t.Context(), "ada"); got != ada || !found || err != nil {
		t.Errorf("got %+v, %t, %v", got, found, err)
	}
	if found, err := s.SetPassword(t.Context(), "eve", kept, nil); found || err != nil {
		t.Errorf("set password of nobody: %t, %v", found, err)
	}
	if _, found, err := s.Account(t.Context(), "eve"); found || err != nil {
		t.Errorf("nobody is there: %t, %v", found, err)
	}
	for _, want := range []bool{true, false} {
		if found, err := s.DeleteAccount(t.Context(), "bea"); found != want || err != nil {
			t.Errorf("delete: %t, %v; want %t", found, err, want)
		}
	}
	check("deleted", ada)
}

// TestAccountsRefuse: what cannot be an account or a session is not kept.
func TestAccountsRefuse(t *testing.T) {
	s := openTemp(t)
	withAccount(t, s, 2004, "ada", "admin")
	if _, err := s.NewLink(t.Context(), link(1, "root", after(time.Hour)), Account{Name: "root", Scope: "root"}); err == nil {
		t.Error("a scope that there is not was kept")
	}
	if _, err := s.SetPassword(t.Context(), "ada", "plain text", nil); err == nil {
		t.Error("a password was kept as it is")
	}
	if _, _, err := s.SignIn(t.Context(), Session{Hash: []byte("short"), Account: "ada", Created: noon(), Ends: after(time.Hour)}); err == nil {
		t.Error("a session was kept under no digest")
	}
	if a, _, _ := s.Account(t.Context(), "ada"); a.Password != "" || !a.Used.IsZero() {
		t.Errorf("left behind: %+v", a)
	}
	if signIn(t, s, sessionOf(2, "nobody", noon())) {
		t.Error("an account that is not there signed in")
	}
}

func TestLoginLinks(t *testing.T) {
	s := openTemp(t)
	withAccount(t, s, 2005, "ada", "admin")
	keepLink := func(l LoginLink, now time.Time) {
		t.Helper()
		if _, err := s.NewLink(t.Context(), l, Account{Name: l.Account, Scope: "admin", Created: now}); err != nil {
			t.Fatal(err)
		}
	}
	use := func(n int, now time.Time) bool {
		t.Helper()
		a, ok, err := s.UseLink(t.Context(), digestOf(n), sessionOf(5000+n, "ignored", now))
		if err != nil || ok && a.Name != "ada" {
			t.Fatalf("link %d: %+v, %v", n, a, err)
		}
		return ok
	}
	keepLink(link(1, "ada", after(15*time.Minute)), noon())
	keepLink(link(2, "ada", after(15*time.Minute)), noon())
	s = reopen(t, s)
	if use(9, noon()) {
		t.Error("an unknown link was taken")
	}
	if !use(1, after(14*time.Minute)) || use(1, after(14*time.Minute)) {
		t.Error("a link is good once")
	}
	if use(2, after(15*time.Minute)) {
		t.Error("a link was taken after its time")
	}
	got, a, ok, err := s.Session(t.Context(), digestOf(5001), after(time.Hour))
	want := Session{Hash: digestOf(5001), Account: "ada", ByLink: true, Created: after(14 * time.Minute), Ends: after(14*time.Minute + 8*time.Hour)}
	if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil || a.Scope != "admin" {
		t.Errorf("%t, %v, %+v (-want +got):\n%s", ok, err, a, diff)
	}
	for n := range mostLinks + 3 {
		keepLink(link(100+n, "ada", after(time.Duration(n)*time.Minute+time.Hour)), noon())
	}
	if use(100, noon()) || use(102, noon()) || !use(103, noon()) {
		t.Errorf("not the newest %d links are good", mostLinks)
	}
}

func TestSessions(t *testing.T) {
	s := openTemp(t)
	withAccount(t, s, 2006, "ada", "admin")
	withAccount(t, s, 2007, "bea", "read")
	there := func(n int, now time.Time) bool {
		t.Helper()
		got, a, ok, err := s.Session(t.Context(), digestOf(n), now)
		if err != nil || ok && (a.Name != got.Account || !bytes.Equal(got.Hash, digestOf(n))) {
			t.Fatalf("session %d: %+v, %+v, %v", n, got, a, err)
		}
		return ok
	}
	for n, name := range []string{"ada", "ada", "ada", "bea"} {
		signIn(t, s, sessionOf(n, name, noon()))
	}
	if !there(0, after(8*time.Hour-time.Millisecond)) || there(0, after(8*time.Hour)) {
		t.Error("a session ends at its time")
	}
	for _, ends := range []time.Time{after(10 * time.Hour), after(9 * time.Hour)} { // it never ends earlier
		if err := s.ExtendSession(t.Context(), digestOf(0), ends); err != nil {
			t.Fatal(err)
		}
	}
	if !there(0, after(10*time.Hour-time.Second)) || there(1, after(9*time.Hour)) {
		t.Error("one session was to be extended")
	}
	if err := s.EndSession(t.Context(), digestOf(0)); err != nil || there(0, noon()) || !there(1, noon()) {
		t.Errorf("one session was to be ended: %v", err)
	}
	if _, err := s.SetPassword(t.Context(), "ada", another, digestOf(1)); err != nil || !there(1, noon()) || there(2, noon()) || !there(3, noon()) {
		t.Errorf("the other sessions of the account were to be ended: %v", err)
	}
	if _, ok, err := s.UseLink(t.Context(), digestOf(2006), sessionOf(9, "", noon())); ok || err != nil {
		t.Errorf("a link is good after a change of the password: %v", err)
	}
	if _, err := s.DeleteAccount(t.Context(), "bea"); err != nil || there(3, noon()) {
		t.Errorf("a session without its account: %v", err)
	}
	signIn(t, s, sessionOf(5, "ada", after(8*time.Hour)))
	var left int
	if err := s.readers.GetContext(t.Context(), &left, "SELECT count(*) FROM sessions"); err != nil || left != 1 {
		t.Errorf("%d sessions are left, %v; want one, as the others have ended", left, err)
	}
}

func TestSessionsOfAnAccountAreBounded(t *testing.T) {
	s := openTemp(t)
	withAccount(t, s, 2008, "ada", "admin")
	for n := range mostSessions + 5 {
		signIn(t, s, sessionOf(n, "ada", after(time.Duration(n)*time.Second)))
	}
	for n, want := range map[int]bool{0: false, 4: false, 5: true, mostSessions + 4: true} {
		if _, _, ok, err := s.Session(t.Context(), digestOf(n), after(time.Hour)); ok != want || err != nil {
			t.Errorf("session %d: %t, %v", n, ok, err)
		}
	}
}

// TestAccountsAreCarriedOver: they outlive damage, and sessions with them.
func TestAccountsAreCarriedOver(t *testing.T) {
	s := openTemp(t)
	ada := withAccount(t, s, 2009, "ada", "admin")
	ada.Used = noon()
	signIn(t, s, sessionOf(1, "ada", noon()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := read(t, s.path)
	clear(file[:pageSize])
	s = openAt(t, lay(t, file, nil))
	got, found, err := s.Account(t.Context(), "ada")
	if got != ada || !found || err != nil {
		t.Errorf("got %+v, %t, %v", got, found, err)
	}
	if _, _, ok, err := s.Session(t.Context(), digestOf(1), noon()); !ok || err != nil {
		t.Error(fmt.Errorf("the session: %t, %w", ok, err))
	}
}
