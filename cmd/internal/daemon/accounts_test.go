package daemon

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/api"
)

const herons = "ten herons stand still"

// person is somebody with a browser.
type person struct {
	h    *house
	at   *http.Client
	csrf string
}

func (h *house) person() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &person{h: h, at: &http.Client{Jar: jar}}
}

// ask sends a request as a page of the daemon's own does, and reads the answer.
func (p *person) ask(method, path string, in any, out any) int {
	p.h.t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		p.h.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.h.t.Context(), method, "http://"+p.h.daemon.Addr()+api.Prefix+path, bytes.NewReader(text))
	if err != nil {
		p.h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", p.csrf)
	resp, err := p.at.Do(req)
	if err != nil {
		p.h.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && out != nil && resp.StatusCode < 300 {
		err = json.Unmarshal(body, out)
	}
	if err != nil {
		p.h.t.Fatalf("%s %s answers %s %s: %v", method, path, resp.Status, body, err)
	}
	return resp.StatusCode
}

// enter signs in and remembers the page's token.
func (p *person) enter(path string, in any) int {
	p.h.t.Helper()
	var session struct{ CSRF string }
	status := p.ask("POST", path, in, &session)
	p.csrf = session.CSRF
	return status
}

// link makes a login link over the API and returns its code.
func (h *house) link(name string) string {
	h.t.Helper()
	status, text := h.request("POST", api.Prefix+"/auth/links", strings.NewReader(`{"name":"`+name+`"}`), map[string]string{"Authorization": "Bearer " + h.token()})
	var made struct{ Link string }
	if err := json.Unmarshal([]byte(text), &made); status != 201 || err != nil {
		h.t.Fatalf("a link is answered %d %s", status, text)
	}
	base, code, _ := strings.Cut(made.Link, "/#login=")
	if base != "http://"+h.daemon.Addr() {
		h.t.Errorf("the link leads to %s", base)
	}
	return code
}

// TestPeopleSignIn: by a link, then by a password, over a restart; what is on disk
// and in the log lets nobody in.
func TestPeopleSignIn(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	p, code := h.person(), h.link("ada")
	if status := p.enter("/auth/link", map[string]string{"code": code}); status != 200 {
		t.Fatalf("the link is answered %d", status)
	}
	if status := h.person().enter("/auth/link", map[string]string{"code": code}); status != 401 {
		t.Errorf("the used link is answered %d", status)
	}
	if status := p.ask("POST", "/auth/password", map[string]string{"password": herons}, nil); status != 200 {
		t.Fatalf("the password is answered %d", status)
	}
	second := h.person()
	if status := second.enter("/auth/login", map[string]string{"name": "ada", "password": herons}); status != 200 {
		t.Fatalf("signing in is answered %d", status)
	}
	url := p.cookies(t)
	cookies := []string{url, second.cookies(t)}
	h.stop()
	h.start()
	var who struct{ Name, Kind, CSRF string }
	if status := p.ask("GET", "/auth/session", nil, &who); status != 200 || who.Name != "ada" || who.CSRF != p.csrf {
		t.Errorf("after a restart: %d, %+v", status, who)
	}
	if status := p.ask("POST", "/reload", struct{}{}, nil); status != 200 {
		t.Errorf("a reload is answered %d", status)
	}
	p.csrf = ""
	if status := p.ask("POST", "/reload", struct{}{}, nil); status != 403 {
		t.Errorf("a reload without the page's token is answered %d", status)
	}
	if status := second.ask("POST", "/auth/logout", nil, nil); status != 200 {
		t.Errorf("signing out is answered %d", status)
	}
	h.counted(`tocsin_sign_ins_total{by="password",outcome="accepted"}`, "0") // counted since the start
	if status := h.person().enter("/auth/login", map[string]string{"name": "ada", "password": "wrong"}); status != 401 {
		t.Errorf("a wrong password is answered %d", status)
	}
	h.counted(`tocsin_sign_ins_total{by="password",outcome="refused"}`, "1")
	if status, text := h.request("DELETE", api.Prefix+"/accounts/ada", nil, map[string]string{"Authorization": "Bearer " + h.token()}); status != 200 {
		t.Errorf("removing the account is answered %d %s", status, text)
	}
	if status := p.ask("GET", "/auth/session", nil, nil); status != 401 {
		t.Errorf("without its account the session is answered %d", status)
	}
	h.stop()
	h.holdsNone(append(cookies, code, herons))
}

func (p *person) cookies(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequest("GET", "http://"+p.h.daemon.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	list := p.at.Jar.Cookies(req.URL)
	if len(list) != 1 {
		t.Fatalf("the browser has %v", list)
	}
	return list[0].Value
}

// counted holds a metric to a value; 0: it may be missing.
func (h *house) counted(name, value string) {
	h.t.Helper()
	_, text := h.request("GET", "/metrics", nil, nil)
	line := name + " " + value
	if value == "0" && !strings.Contains(text, name) {
		return
	}
	if !strings.Contains(text, line) {
		h.t.Errorf("the metrics lack %s", line)
	}
}

// holdsNone looks for texts in the log and in every file of the data folder.
func (h *house) holdsNone(secrets []string) {
	h.t.Helper()
	places := map[string]string{"the log": h.err.String() + h.out.String()}
	files, err := filepath.Glob(filepath.Join(h.data, "*"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil {
			places[name] = string(text)
		}
	}
	for place, text := range places {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				h.t.Errorf("%s holds %s", place, secret)
			}
		}
	}
}

// TestASessionIsOneOnAllNodes: it is good on each, and ends on all at once.
func TestASessionIsOneOnAllNodes(t *testing.T) {
	c := newCluster(t, 2, map[string]string{"tocsin.hcl": quietDefaults + console})
	first, second := c.nodes[0], c.nodes[1]
	p := first.person()
	if status := p.enter("/auth/link", map[string]string{"code": first.link("ada")}); status != 200 {
		t.Fatalf("the link is answered %d", status)
	}
	p.h = second // a cookie heeds no port
	if status := p.ask("POST", "/reload", struct{}{}, nil); status != 200 {
		t.Errorf("the other node answers %d", status)
	}
	if status := p.ask("POST", "/auth/logout", nil, nil); status != 200 {
		t.Errorf("signing out is answered %d", status)
	}
	p.h = first
	if status := p.ask("GET", "/auth/session", nil, nil); status != 401 {
		t.Errorf("the first node answers %d", status)
	}
}

// TestASessionIsExtended: what a request does with it is on disk.
func TestASessionIsExtended(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	people := &accounts{store: h.daemon.store, log: h.daemon.Log}
	now := time.Now().Round(time.Millisecond)
	hash := bytes.Repeat([]byte{7}, 32)
	if _, err := people.NewLink(t.Context(), api.LoginLink{Hash: hash, Account: "ada", Expires: now.Add(time.Hour)}, api.Account{Name: "ada", Scope: api.ScopeRead, Created: now}); err != nil {
		t.Fatal(err)
	}
	if _, found, err := people.SignIn(t.Context(), api.Session{Hash: hash, Account: "ada", Created: now, Ends: now.Add(time.Hour)}); !found || err != nil {
		t.Fatal(found, err)
	}
	people.Extend(hash, now.Add(2*time.Hour))
	h.eventually("it ends later", func() bool {
		s, a, found, err := people.Session(t.Context(), hash, now)
		return err == nil && found && a.Name == "ada" && s.Ends.Equal(now.Add(2*time.Hour))
	})
}

// TestARepeatIsRefusedAfterARestart: what a remote caller sent once stays used up.
func TestARepeatIsRefusedAfterARestart(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console + "webhook {\n  secret     = \"hunter2\"\n  old_secret = \"hunter1\"\n  loopback   = \"secret\"\n}\n"})
	body := `{"title":"once","message":"alone","severity":"info","timestamp":1,"fields":{}}`
	stamp := time.Now().Unix()
	post := func(secret string, at int64) int {
		t.Helper()
		status, _ := h.request("POST", api.Prefix+"/webhook", strings.NewReader(body), map[string]string{"X-Webhook-Secret": secret, "X-Tocsin-Timestamp": jsonNumber(at)})
		return status
	}
	if got := post("hunter2", stamp); got != 202 {
		t.Fatalf("got %d", got)
	}
	h.stop()
	h.start()
	for secret, want := range map[string]int{"hunter2": 409, "hunter1": 409, "hunter0": 401} {
		if got := post(secret, stamp); got != want {
			t.Errorf("%s: got %d, want %d", secret, got, want)
		}
	}
	if got := post("hunter1", stamp+1); got != 202 {
		t.Errorf("another time: got %d", got)
	}
}

func jsonNumber(n int64) string {
	text, _ := json.Marshal(n)
	return string(text)
}

func TestAddressForBrowsers(t *testing.T) {
	for name, tt := range map[string]struct{ addr, hcl, want string }{
		"loopback":         {"127.0.0.1:8008", "", "http://127.0.0.1:8008"},
		"loopback, named":  {"127.0.0.1:8008", `allowed_hosts = ["pve.lan"]`, "http://127.0.0.1:8008"},
		"everywhere":       {"[::]:8008", "", "http://127.0.0.1:8008"},
		"everywhere named": {"[::]:8008", `allowed_hosts = ["pve.lan", "b.lan"]`, "http://pve.lan:8008"},
		"IPv6":             {"[2001:db8::1]:8008", "", "http://[2001:db8::1]:8008"},
		"behind a proxy":   {"127.0.0.1:8008", "allowed_hosts = [\"hub.example\"]\n  trusted_proxies = [\"127.0.0.1\"]", "https://hub.example"},
		"IPv6 proxy":       {"127.0.0.1:8008", "allowed_hosts = [\"2001:db8::1\"]\n  trusted_proxies = [\"127.0.0.1\"]", "https://[2001:db8::1]"},
	} {
		h := &house{t: t, config: t.TempDir()}
		h.write("tocsin.hcl", quietDefaults+console+"api {\n  "+tt.hcl+"\n}\n")
		l := newLoader(Options{Config: h.config, Data: t.TempDir(), Err: &syncBuffer{}})
		v, err := l.start()
		if err != nil {
			t.Fatal(err)
		}
		d := &Daemon{front: &front{addr: tt.addr}}
		d.running.Store(v)
		if got := d.address(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
		if d.front.cert = (&certificate{}); name == "everywhere named" && d.address() != "https://pve.lan:8008" {
			t.Errorf("with TLS: got %s", d.address())
		}
	}
}
