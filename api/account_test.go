package api

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

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
	for _, bad := range []string{`{}`, `{"code":""}`, `{"code":"` + strings.Repeat("x", 2000) + `"}`} {
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
