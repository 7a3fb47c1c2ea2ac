package api

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

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
