package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// wire is a front behind a real listener, for what only a connection shows.
type wire struct {
	*front
	addr string
}

func newWire(t *testing.T, f *front) *wire {
	t.Helper()
	server := httptest.NewServer(f.serve())
	t.Cleanup(server.Close)
	return &wire{f, server.Listener.Addr().String()}
}

// say writes a request as it is and reads the answer.
func (w *wire) say(method, request string) reply {
	w.tb.Helper()
	conn, err := net.DialTimeout("tcp", w.addr, 5*time.Second)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	go func() { _, _ = io.WriteString(conn, request) }() // the answer may come before the end of it
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		w.tb.Fatalf("%.80q: %v", request, err)
	}
	defer resp.Body.Close()
	return w.check(resp, method)
}

func (w *wire) post(path, headers, body string) reply {
	w.tb.Helper()
	return w.say("POST", "POST "+path+" HTTP/1.1\r\nHost: "+w.addr+"\r\nContent-Type: application/json\r\n"+headers+"\r\n"+body)
}

func TestBodiesOnTheWire(t *testing.T) {
	w := newWire(t, newFront(t))
	auth := "Authorization: Bearer " + w.texts[ScopeSend] + "\r\n"
	chunked := func(size int) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, strings.Repeat(" ", size)) }
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	good := `{"event_type":"a"}`
	for name, tt := range map[string]struct {
		path, headers, body string
		status              int
	}{
		"as told":           {sendPath, auth + length(len(good)), good, 202},
		"in chunks":         {sendPath, auth + "Transfer-Encoding: chunked\r\n", "12\r\n" + good + "\r\n0\r\n\r\n", 202},
		"large, as told":    {sendPath, auth + length(maxBody+1), "", 413}, // before any of it is sent
		"huge, as told":     {hook, "Content-Length: 9223372036854775807\r\n", "", 413},
		"large, in chunks":  {sendPath, auth + "Transfer-Encoding: chunked\r\n", chunked(maxBody + 1), 413},
		"webhook, chunks":   {hook, "Transfer-Encoding: chunked\r\n", chunked(maxBody + 1), 413},
		"as large as may":   {sendPath, auth + "Transfer-Encoding: chunked\r\n", chunked(maxBody), 400}, // blanks alone
		"no such chunk":     {sendPath, auth + "Transfer-Encoding: chunked\r\n", "zz\r\n", 400},
		"no body":           {sendPath, auth + length(0), "", 400},
		"waits to be asked": {sendPath, auth + "Expect: 100-continue\r\n" + length(maxBody+1), "", 413},
		"no token, large":   {sendPath, length(maxBody + 1), "", 401},
	} {
		t.Run(name, func(t *testing.T) {
			w.tb = t
			w.post(tt.path, tt.headers, tt.body).want(t, tt.status)
		})
	}
}

// A caller that breaks off is at fault, and no reason to write an error into the
// log: anybody could fill it.
func TestBodyThatBreaksOff(t *testing.T) {
	w := newWire(t, newFront(t))
	conn, err := net.DialTimeout("tcp", w.addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "POST "+hook+" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"title\":")
	_ = conn.(*net.TCPConn).CloseWrite()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	w.check(resp, "cut").want(t, 400, "the body breaks off")
	if w.log.String() != "" || len(w.taken) > 0 {
		t.Errorf("%d events were taken; the log: %s", len(w.taken), w.log.String())
	}
}

// timed notes the deadlines that are set for reading a body.
type timed struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

// SetReadDeadline is what a http.ResponseController calls.
func (w *timed) SetReadDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t)
	return nil
}

// A body has little time, and what comes after it has the server's again.
func TestBodiesHaveADeadline(t *testing.T) {
	f := newFront(t)
	for _, path := range []string{hook, sendPath, Prefix + "/test", tokensPath} {
		r := httptest.NewRequestWithContext(WithLocal(t.Context()), "POST", path, strings.NewReader(`{}`))
		r.Header.Set("Content-Type", "application/json")
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		f.serve().ServeHTTP(w, r)
		if len(w.deadlines) != 2 || time.Until(w.deadlines[0]) > bodyTime || time.Until(w.deadlines[0]) < bodyTime/2 || !w.deadlines[1].IsZero() {
			t.Errorf("%s: got the deadlines %v", path, w.deadlines)
		}
	}
}

func TestRequestLinesOnTheWire(t *testing.T) {
	w := newWire(t, newFront(t))
	for request, want := range map[string]int{
		"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n":                                        200,
		"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n":                                       200,
		"GET /healthz HTTP/1.0\r\n\r\n":                                                           421, // no Host
		"GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n":                     421, // the line counts, not the header
		"GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n":                     200,
		"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n":                         421,
		"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n":                               404,
		"GET /healthz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n":                                     404, // the router panics at it
		"GET /%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: localhost\r\n\r\n":                              404,
		"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: localhost\r\n\r\n":                           404,
		"GET " + Prefix + "/tokens/x/ HTTP/1.1\r\nHost: localhost\r\n\r\n":                        404,
		"OPTIONS " + hook + " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n": 405,
	} {
		method, _, _ := strings.Cut(request, " ")
		got := w.say(method, request)
		if got.status != want || got.header.Get("X-Evil") != "" {
			t.Errorf("%.60q: got %d, want %d: %s", request, got.status, want, got.body)
		}
		if method == "HEAD" && got.body != "" {
			t.Errorf("HEAD has the body %s", got.body)
		}
	}
	if strings.Contains(w.log.String(), "panic") {
		t.Errorf("the log: %s", w.log.String())
	}
}

// Many callers at once: what is counted is what was answered.
func TestManyCallersAtOnce(t *testing.T) {
	f := newFront(t)
	w := newWire(t, f)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	t.Cleanup(client.CloseIdleConnections)
	const callers, each = 8, 25
	var group sync.WaitGroup
	for n := range callers {
		group.Go(func() {
			for i := range each {
				body := fmt.Sprintf(`{"event_type":"a","data":{"caller":%d,"n":%d,"text":%q}}`, n, i, strings.Repeat("x", 5000*n))
				req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), "POST", "http://"+w.addr+sendPath, strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Authorization", "Bearer "+f.texts[ScopeSend])
				resp, err := client.Do(req)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 202 {
					t.Errorf("got %d", resp.StatusCode)
				}
			}
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, s := range f.taken {
		seen[fmt.Sprint(s.Event.Data["caller"], s.Event.Data["n"])] = true
	}
	if len(f.taken) != callers*each || len(seen) != callers*each {
		t.Errorf("%d events were taken, %d of them different", len(f.taken), len(seen))
	}
}
