package email

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/engine/event"
)

const (
	testUser     = "alerts@lab.example"
	testPassword = "p\"4ss wörd \\ 7731"
)

// arrival is a mail that arrived.
type arrival struct {
	from string
	to   []string
	text string
	user string // who logged in
	tls  bool
}

// server is a real SMTP server on loopback, which keeps what it takes and
// refuses what it is told to.
type server struct {
	t         *testing.T
	authority *channeltest.Authority
	security  security
	addr      *net.TCPAddr
	over      chan struct{} // closed with the test

	mu       sync.Mutex
	arrived  []arrival
	on       func(step, arg string) error // asked before each step; may be nil
	sessions int
}

// serve starts a server. Steps are "greet", "login", "mail", "rcpt" and "data",
// the last after the text has come.
func serve(t *testing.T, s security, adjust ...func(*smtp.Server)) *server {
	t.Helper()
	x := &server{t: t, security: s, authority: channeltest.NewAuthority(t), over: make(chan struct{})}
	backend := smtp.NewServer(x)
	backend.Domain = "mail.lab.example"
	backend.AllowInsecureAuth = true
	backend.ErrorLog = log.New(io.Discard, "", 0)
	backend.ReadTimeout, backend.WriteTimeout = 20*time.Second, 20*time.Second
	for _, change := range adjust {
		change(backend)
	}
	config := &tls.Config{Certificates: []tls.Certificate{x.authority.Certify(t, "127.0.0.1", time.Now().Add(time.Hour))}}
	if s == startTLS {
		backend.TLSConfig = config
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.addr = l.Addr().(*net.TCPAddr)
	if s == implicit {
		l = tls.NewListener(l, config)
	}
	served := make(chan error, 1)
	go func() { served <- backend.Serve(l) }()
	t.Cleanup(func() {
		close(x.over)
		backend.Close()
		l.Close() // Serve may not have begun
		if err := <-served; err != nil {
			t.Errorf("SMTP server: %v", err)
		}
	})
	return x
}

// channel returns a channel that sends by the server; values change its fields.
func (x *server) channel(values ...channels.Values) channels.Channel {
	x.t.Helper()
	v := channels.Values{
		"host": "127.0.0.1", "port": float64(x.addr.Port), "tls": string(x.security),
		"from": "Tocsin im Lab <tocsin@lab.example>", "to": []string{"ana@lab.example"},
	}
	for _, more := range values {
		for name, value := range more {
			v[name] = value
		}
	}
	c, err := Kind(Options{Roots: x.authority.Roots}).New(v)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// login are the fields that log in.
func login() channels.Values {
	return channels.Values{"username": testUser, "password": event.NewSecret(testPassword)}
}

// refuse makes the server ask on at every step.
func (x *server) refuse(on func(step, arg string) error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.on = on
}

// mails returns what arrived so far.
func (x *server) mails() []arrival {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.arrived)
}

func (x *server) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sessions
}

func (x *server) ask(step, arg string) error {
	x.mu.Lock()
	on := x.on
	x.mu.Unlock()
	if on == nil {
		return nil
	}
	return on(step, arg)
}

// NewSession implements smtp.Backend.
func (x *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	x.mu.Lock()
	x.sessions++
	x.mu.Unlock()
	_, secure := c.TLSConnectionState()
	return &serverSession{server: x, conn: c, mail: arrival{tls: secure}}, x.ask("greet", c.Hostname())
}

// serverSession is one session of the server.
type serverSession struct {
	*server
	conn *smtp.Conn
	mail arrival
}

func (s *serverSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *serverSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if err := s.step("login", username); err != nil {
			return err
		}
		if username != testUser || password != testPassword {
			return smtp.ErrAuthFailed
		}
		s.mail.user = username
		return nil
	}), nil
}

func (s *serverSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.from = from
	return s.step("mail", from)
}

func (s *serverSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	err := s.step("rcpt", to)
	if err == nil {
		s.mail.to = append(s.mail.to, to)
	}
	return err
}

func (s *serverSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.text = string(text)
	if err := s.step("data", s.mail.from); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrived = append(s.arrived, s.mail)
	return nil
}

// step asks on, and cuts the connection when that is the answer.
func (s *serverSession) step(name, arg string) error {
	err := s.ask(name, arg)
	if errors.Is(err, errCut) {
		s.conn.Conn().Close()
	}
	return err
}

func (s *serverSession) Reset()        { s.mail.from, s.mail.to, s.mail.text = "", nil, "" }
func (s *serverSession) Logout() error { return nil }

// errCut makes the server close the connection without a word.
var errCut = errors.New("cut the connection")

// at returns a refusal with one answer at one step; code 0 cuts the connection.
func at(step string, code int, text string) func(string, string) error {
	return func(now, _ string) error {
		if now != step {
			return nil
		}
		if code == 0 {
			return errCut
		}
		return answer(code, text)
	}
}

// answer returns an answer of the server; text may begin with a status code.
func answer(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// script plays a server that says its lines: the first at once, each other one
// after a command came. After the last line it goes on to read, or closes the
// connection when the last line is empty.
func script(t *testing.T, lines ...string) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		perform(conn, lines)
	})
	t.Cleanup(func() { l.Close(); conns.Wait() })
	return l.Addr().(*net.TCPAddr)
}

func perform(conn net.Conn, lines []string) {
	buffer := make([]byte, 64<<10)
	for i, line := range lines {
		if i > 0 {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
		}
		if line == "" {
			return
		}
		io.WriteString(conn, strings.ReplaceAll(line, "\n", "\r\n")+"\r\n")
	}
	io.Copy(io.Discard, conn)
}
