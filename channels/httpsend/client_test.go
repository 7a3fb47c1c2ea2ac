package httpsend

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/event"
)

// token stands in the path and the query of every request; no error may show it.
const token = "s3cr3t-t0k3n"

// serve starts a loopback server and returns its URL with the token in it.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/" + token + "?key=" + token
}

func post(t *testing.T, c *Client, url string) (*Answer, error) {
	t.Helper()
	return c.PostJSON(t.Context(), event.NewSecret(url), http.Header{"X-Key": {"k"}}, map[string]string{"text": "a <b> & ü"})
}

// failure returns the error of a request that must fail, without the token.
func failure(t *testing.T, err error) *event.SendError {
	t.Helper()
	e, ok := errors.AsType[*event.SendError](err)
	if !ok {
		t.Fatalf("got the error %v, want a *event.SendError", err)
	}
	if strings.Contains(e.Error(), token) {
		t.Errorf("the error shows the token: %v", e)
	}
	if e.Code == "" || e.Why == "" || e.Do == "" {
		t.Errorf("the error is not complete: %#v", e)
	}
	return e
}

func TestPostJSON(t *testing.T) {
	var got *http.Request
	var body []byte
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, "fine")
	})
	a, err := post(t, New(Options{}), address)
	if err != nil {
		t.Fatal(err)
	}
	if !a.OK() || a.Status != http.StatusCreated || string(a.Body) != "fine" || a.Partial {
		t.Errorf("answer %+v", a)
	}
	if want := `{"text":"a <b> & ü"}`; string(body) != want {
		t.Errorf("body %s, want %s", body, want)
	}
	for name, want := range map[string]string{"User-Agent": "tocsin", "Content-Type": "application/json", "X-Key": "k"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

func TestDoKeepsCredentialsOfTheURL(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "it's" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	a, err := post(t, New(Options{}), strings.Replace(address, "http://", "http://me:it%27s@", 1))
	if err != nil || !a.OK() {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestBadURL(t *testing.T) {
	for _, address := range []string{"http://a b/" + token, "ftp://127.0.0.1/" + token, "/" + token, "http:///" + token} {
		_, err := post(t, New(Options{}), address)
		if e := failure(t, err); e.Class != event.Target || e.Code != "bad_url" {
			t.Errorf("%q: %s %s (%v)", address, e.Class, e.Code, e)
		}
	}
}

func TestBodyIsBounded(t *testing.T) {
	for _, size := range []int{mostBody, mostBody + 1, 4 * mostBody} {
		address := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat("x", size)) })
		a, err := post(t, New(Options{}), address)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Body) != mostBody || a.Partial != (size > mostBody) {
			t.Errorf("%d bytes sent: %d read, partial %v", size, len(a.Body), a.Partial)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for _, location := range []string{"/elsewhere", "http://[broken", ""} {
		hits := 0
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			hits++
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusPermanentRedirect)
		})
		a, err := post(t, New(Options{}), address)
		if err != nil {
			t.Fatalf("Location %q: %v", location, err)
		}
		if e := a.Refusal("Service"); hits != 1 || e.Class != event.Temporary || e.Code != "redirected" {
			t.Errorf("Location %q: %d requests, %s %s", location, hits, e.Class, e.Code)
		}
	}
}

// piped makes a client whose connections are answered by serve, so that time
// can be virtual.
func piped(t *testing.T, serve func(net.Conn)) *Client {
	c := New(Options{})
	c.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go serve(theirs)
		return ours, nil
	}
	t.Cleanup(c.transport.CloseIdleConnections)
	return c
}

func TestTimeLimits(t *testing.T) {
	silent := func(conn net.Conn) { io.Copy(io.Discard, conn) }
	deaf := func(net.Conn) {}
	for name, c := range map[string]struct {
		url   string
		serve func(net.Conn)
		limit time.Duration
		maybe bool
		why   string
	}{
		"no headers":   {"http://peer.example/", silent, headerTime, true, "did not answer in time"},
		"no handshake": {"https://peer.example/", silent, headerTime, false, "TLS handshake"},
		"takes naught": {"http://peer.example/", deaf, totalTime, false, "did not take the whole request"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				text := strings.Repeat("x", 32<<10) // more than the transport keeps in its buffer
				_, err := piped(t, c.serve).PostJSON(t.Context(), event.NewSecret(c.url+token), nil, text)
				e := failure(t, err)
				if e.Class != event.Temporary || e.Code != "timeout" || e.Maybe != c.maybe || !strings.Contains(e.Why, c.why) {
					t.Errorf("got %#v", e)
				}
				if took := time.Since(started); took != c.limit {
					t.Errorf("took %v, want %v", took, c.limit)
				}
			})
		})
	}
}

func TestDialTimeLimits(t *testing.T) {
	for name, c := range map[string]struct {
		hook func(*httptrace.ClientTrace)
		code string
	}{
		"look-up": {func(h *httptrace.ClientTrace) { h.DNSStart(httptrace.DNSStartInfo{}) }, "dns"},
		"connect": {func(h *httptrace.ClientTrace) { h.ConnectStart("tcp", "192.0.2.1:443") }, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := New(Options{})
				client.transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
					c.hook(httptrace.ContextClientTrace(ctx))
					ctx, cancel := context.WithTimeout(ctx, headerTime) // as the dialer does
					defer cancel()
					<-ctx.Done()
					return nil, ctx.Err()
				}
				_, err := post(t, client, "https://peer.example/"+token)
				if e := failure(t, err); e.Code != c.code || e.Maybe || e.Class != event.Temporary {
					t.Errorf("got %#v", e)
				}
			})
		})
	}
}

func TestSlowBodyAfterSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(t, func(conn net.Conn) {
			req, err := http.ReadRequest(bufio.NewReader(conn))
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":")
			io.Copy(io.Discard, conn) // until the client leaves
		})
		started := time.Now()
		a, err := post(t, c, "http://peer.example/")
		if err != nil {
			t.Fatal(err)
		}
		if !a.OK() || !a.Partial || string(a.Body) != `{"ok":` {
			t.Errorf("answer %+v", a)
		}
		if took := time.Since(started); took != totalTime {
			t.Errorf("took %v, want %v", took, totalTime)
		}
	})
}

func TestCancel(t *testing.T) {
	arrived := make(chan struct{})
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := New(Options{}).PostJSON(ctx, event.NewSecret(address), nil, "x")
	if e := failure(t, err); e.Class != event.Temporary || e.Code != "cancelled" || !e.Maybe {
		t.Errorf("got %#v", e)
	}
	_, err = New(Options{}).PostJSON(ctx, event.NewSecret(address), nil, "x")
	if e := failure(t, err); e.Code != "cancelled" || e.Maybe {
		t.Errorf("cancelled before: got %#v", e)
	}
}

func TestNoTimeLeft(t *testing.T) {
	address := serve(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err := New(Options{}).PostJSON(ctx, event.NewSecret(address), nil, "x")
	if e := failure(t, err); e.Class != event.Temporary || e.Code != "timeout" || e.Maybe || !strings.Contains(e.Why, "no time was left") {
		t.Errorf("got %#v", e)
	}
}

func TestBodyThatIsNoJSON(t *testing.T) {
	_, err := New(Options{}).PostJSON(t.Context(), event.NewSecret("http://127.0.0.1:1/"+token), nil, func() {})
	if e := failure(t, err); e.Class != event.Unfit || e.Code != "internal" {
		t.Errorf("got %#v", e)
	}
}

func TestManyAtOnce(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	c := New(Options{})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 8 {
				if a, err := post(t, c, address); err != nil || !a.OK() {
					t.Errorf("got %+v, %v", a, err)
				}
			}
		})
	}
	all.Wait()
}

func TestProxy(t *testing.T) {
	var seen []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.Host)
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer proxy.Close()
	c := newClient(Options{}, func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) })
	if a, err := post(t, c, "http://service.example/"+token); err != nil || !a.OK() {
		t.Errorf("through the proxy: %+v, %v", a, err)
	}
	_, err := post(t, c, "https://service.example/"+token)
	if e := failure(t, err); e.Code != "proxy" || e.Class != event.Temporary || !strings.Contains(e.Why, "403") {
		t.Errorf("refused by the proxy: %#v", e)
	}
	for _, host := range []string{"169.254.169.254", "[::ffff:169.254.169.254]", "2852039166", "0xa9.0xfe.0xa9.0xfe", "0"} {
		_, err := post(t, c, "http://"+host+"/"+token)
		if e := failure(t, err); e.Code != "blocked_address" || e.Class != event.Target {
			t.Errorf("%s: %#v", host, e)
		}
	}
	if len(seen) != 2 {
		t.Errorf("the proxy saw %q", seen)
	}
	seen = nil
	direct := serve(t, func(http.ResponseWriter, *http.Request) {})
	if a, err := post(t, c, direct); err != nil || !a.OK() || len(seen) != 0 {
		t.Errorf("loopback: %+v, %v; the proxy saw %q", a, err, seen)
	}
	proxy.Close()
	_, err = post(t, c, "https://service.example/"+token)
	if e := failure(t, err); e.Code != "refused" || !strings.Contains(e.Why, "proxy") {
		t.Errorf("proxy down: %#v", e)
	}
}

func TestRefuse(t *testing.T) {
	address := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a refused address was connected to") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	closed := netip.MustParseAddrPort(u.Host)
	c := New(Options{Refuse: func(ap netip.AddrPort) bool { return ap == closed }})
	for _, host := range []string{u.Host, "localhost:" + u.Port(), "[::ffff:127.0.0.1]:" + u.Port()} {
		_, err := post(t, c, "http://"+host+"/"+token)
		if e := failure(t, err); host != u.Host && e.Code == "refused" {
			continue // a machine whose localhost is ::1 first
		} else if e.Code != "blocked_address" || e.Class != event.Target {
			t.Errorf("%s: %#v", host, e)
		}
	}
}

func TestSpeaksHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	c := New(Options{})
	c.transport.TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	a, err := post(t, c, s.URL)
	if err != nil || string(a.Body) != "HTTP/2.0" {
		t.Errorf("got %+v, %v", a, err)
	}
}

// A certificate that nobody signed is refused, unless the operator takes any.
func TestUnverified(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	c := New(Options{})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, nil)
	if _, err := c.Do(req); err == nil || event.AsSendError(err).Code != "tls" {
		t.Errorf("verified: %v", err)
	}
	if a, err := c.Unverified().Do(req); err != nil || a.Status != 204 {
		t.Errorf("unverified: %v, %v", a, err)
	}
	if _, err := c.Do(req); err == nil {
		t.Error("the first client takes any certificate now")
	}
}

// A client may be told to wait longer, and to read more, than is usual.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
					return
				}
				time.Sleep(40 * time.Second)
				fmt.Fprintf(theirs, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", 2*mostBody, strings.Repeat("x", 2*mostBody))
			}()
			return ours, nil
		}
		_, err := post(t, New(Options{Dial: dial}), "http://slow.example/")
		if e := failure(t, err); e.Code != "timeout" {
			t.Errorf("the usual client: %v", err)
		}
		a, err := post(t, New(Options{Dial: dial, Patience: time.Minute, MostBody: 4 * mostBody}), "http://slow.example/")
		if err != nil || len(a.Body) != 2*mostBody || a.Partial {
			t.Errorf("the patient one: %v", err)
		}
		synctest.Wait()
		time.Sleep(time.Minute) // the first exchange's peer ends
	})
}
