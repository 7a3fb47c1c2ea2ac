package declared

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/service"
	"tocsin/engine/event"
)

func notice(id string) *event.Message {
	return &event.Message{ID: id, EventID: "01E", Type: "vm_start", Title: "Guest 101 started", Body: "It is up.", Host: "pve1", Rich: true}
}

// A message to several targets goes on behind those that were reached.
func TestTargets(t *testing.T) {
	p := open(t, channels.Values{"rooms": []string{"hall", "attic", "cellar"}})
	fail := true
	p.refuse = func(w http.ResponseWriter, r *http.Request) {
		var m rung
		body := p.raw[len(p.raw)-1]
		json.Unmarshal([]byte(body[strings.Index(body, "{"):]), &m)
		if m.Room == "attic" && fail {
			refuse(w, 500, "out of order")
			return
		}
		p.seen = append(p.seen, m)
		io.WriteString(w, `{"ok":true,"id":"x"}`)
	}
	if _, err := p.Channel.Send(t.Context(), notice("m1")); err == nil {
		t.Fatal("the attic did not ring")
	}
	fail = false
	if _, err := p.Channel.Send(t.Context(), notice("m1")); err != nil {
		t.Fatal(err)
	}
	var rooms []string
	for _, m := range p.seen {
		rooms = append(rooms, m.Room)
	}
	if want := []string{"hall", "attic", "cellar"}; !slices.Equal(rooms, want) {
		t.Errorf("rang in %v, want %v", rooms, want)
	}
}

// session is a stand-in that wants a sign-in before a message.
type session struct {
	logins, messages int
	token            string
	polite           bool // it says in an answer of status 200 that a session has ended
}

func (s *session) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		s.logins++
		s.token = fmt.Sprintf("session-%d", s.logins)
		fmt.Fprintf(w, `{"token":%q,"expires":3600}`, s.token)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		if s.polite {
			io.WriteString(w, `{"error":"the session has ended"}`)
			return
		}
		w.WriteHeader(401)
		return
	}
	s.messages++
}

// A sign-in holds for as long as the service says, and is done anew when the
// service has forgotten it.
func TestSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{}
		server := httptest.NewUnstartedServer(s)
		spec := declare(t, "testdata/gate.hcl")["gate"]
		client := httpsend.New(httpsend.Options{Dial: pipeTo(t, server)})
		ch, err := Kind(client, service.App{}, spec).New(channels.Values{"user": "ops", "password": event.NewSecret("hush-7731")})
		if err != nil {
			t.Fatal(err)
		}
		send := func(id string) {
			t.Helper()
			if _, err := ch.Send(t.Context(), notice(id)); err != nil {
				t.Fatal(err)
			}
		}
		check := func(logins, messages int) {
			t.Helper()
			if s.logins != logins || s.messages != messages {
				t.Fatalf("%d sign-ins and %d messages, want %d and %d", s.logins, s.messages, logins, messages)
			}
		}
		send("a")
		send("b")
		check(1, 2)
		time.Sleep(2 * time.Hour)
		send("c")
		check(2, 3)
		s.token = "restarted"
		send("d")
		check(3, 4)
		s.token, s.polite = "restarted again", true
		send("e")
		check(4, 5)
	})
}

// pipeTo dials a server within the test's own time.
func pipeTo(t *testing.T, server *httptest.Server) func(context.Context, string, string) (net.Conn, error) {
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		near, far := net.Pipe()
		select {
		case l.conns <- far:
			return near, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pipes is a listener without a network.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
