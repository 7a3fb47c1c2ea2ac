package httpsend

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := l.Addr().String()
	l.Close()
	_, err = post(t, New(Options{}), "http://"+host+"/"+token)
	e := failure(t, err)
	if e.Class != event.Temporary || e.Code != "refused" || e.Maybe || !strings.Contains(e.Why, host) {
		t.Errorf("got %#v", e)
	}
}

// raw starts a server that hands each connection to do.
func raw(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			do(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func TestBrokenExchange(t *testing.T) {
	taken := func(conn net.Conn) { conn.Read(make([]byte, 64<<10)) }
	for name, c := range map[string]struct {
		do    func(net.Conn)
		code  string
		maybe bool
	}{
		"closed after the request": {taken, "reset", true},
		"reset after the request":  {func(conn net.Conn) { taken(conn); conn.(*net.TCPConn).SetLinger(0) }, "reset", true},
		"half an answer":           {func(conn net.Conn) { taken(conn); io.WriteString(conn, "HTTP/1.1 200") }, "reset", true},
		"another protocol": {func(conn net.Conn) {
			taken(conn)
			io.WriteString(conn, "220 mail ESMTP "+token+"\r\n")
		}, "protocol", true},
	} {
		t.Run(name, func(t *testing.T) {
			host := raw(t, c.do)
			_, err := post(t, New(Options{}), "http://"+host+"/"+token)
			e := failure(t, err)
			if e.Class != event.Temporary || e.Code != c.code || e.Maybe != c.maybe || !strings.Contains(e.Why, host) {
				t.Errorf("got %#v", e)
			}
		})
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	address := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err := post(t, New(Options{}), strings.Replace(address, "http:", "https:", 1))
	if e := failure(t, err); e.Code != "tls" || e.Class != event.Temporary || !strings.Contains(e.Why, "no TLS") {
		t.Errorf("got %#v", e)
	}
}

func TestOldTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	s.StartTLS()
	defer s.Close()
	_, err := post(t, New(Options{}), s.URL+"/"+token)
	if e := failure(t, err); e.Code != "tls" || e.Class != event.Temporary || e.Maybe {
		t.Errorf("got %#v", e)
	}
}

// certificate makes a self-signed certificate.
func certificate(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "House CA\n" + name}, DNSNames: []string{name},
		NotBefore: until.Add(-1000 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestCertificates(t *testing.T) {
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		name    string
		until   time.Time
		trusted bool
		why     string
	}{
		"unknown authority": {"127.0.0.1", soon, false, "does not trust"},
		"expired":           {"127.0.0.1", past, true, "valid only from"},
		"another name":      {"other.example", soon, true, "another name ([other.example])"},
		"another address":   {"192.0.2.9", soon, true, "another name ([192.0.2.9])"},
	} {
		t.Run(name, func(t *testing.T) {
			cert := certificate(t, c.name, c.until)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") }))
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
			s.StartTLS()
			defer s.Close()
			client := New(Options{})
			if c.trusted {
				pool := x509.NewCertPool()
				pool.AddCert(cert.Leaf)
				client.transport.TLSClientConfig = &tls.Config{RootCAs: pool}
			}
			_, err := post(t, client, s.URL+"/"+token)
			e := failure(t, err)
			if e.Class != event.Target || e.Code != "tls" || e.Maybe {
				t.Errorf("got %#v", e)
			}
			if !strings.Contains(e.Why, c.why) || !strings.Contains(e.Why, s.Listener.Addr().String()) || strings.Contains(e.Why, "\n") {
				t.Errorf("why: %s", e.Why)
			}
		})
	}
}

// TestFaults covers what cannot be had from a loopback server.
func TestFaults(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for name, c := range map[string]struct {
		err   error
		class event.Class
		code  string
	}{
		"no such name":     {dial(&net.DNSError{Err: "no such host", Name: "peer.example", IsNotFound: true}), event.Temporary, "dns"},
		"name server dead": {dial(&net.DNSError{Err: "server misbehaving", Name: "peer.example", IsTemporary: true}), event.Temporary, "dns"},
		"name server slow": {dial(&net.DNSError{Err: "i/o timeout", Name: "peer.example", IsTimeout: true}), event.Temporary, "dns"},
		"no network":       {dial(&osError{syscall.ENETUNREACH}), event.Temporary, "unreachable"},
		"no host":          {dial(&osError{syscall.EHOSTUNREACH}), event.Temporary, "unreachable"},
		"firewall":         {dial(&osError{syscall.EPERM}), event.Temporary, "unreachable"},
		"kernel time-out":  {dial(&osError{syscall.ETIMEDOUT}), event.Temporary, "timeout"},
		"alert":            {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, event.Temporary, "tls"},
		"bad certificate":  {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}}, event.Target, "tls"},
		"empty authority":  {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, event.Target, "tls"},
		"empty name":       {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}}}, event.Target, "tls"},
		"something else":   {errors.New("no words for it"), event.Temporary, "network"},
	} {
		t.Run(name, func(t *testing.T) {
			address := "https://peer.example/" + token
			req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			x := &exchange{}
			x.reach(connecting)
			x.reach(resolving) // late: must not count
			e := failure(t, x.fault(req, &url.Error{Op: "Post", URL: address, Err: c.err}))
			if e.Class != c.class || e.Code != c.code || e.Maybe {
				t.Errorf("got %#v", e)
			}
			if !strings.Contains(e.Why, "peer.example") {
				t.Errorf("why does not name the host: %s", e.Why)
			}
		})
	}
}

// osError wraps an errno as net does.
type osError struct{ errno syscall.Errno }

func (e *osError) Error() string { return fmt.Sprintf("connect: %v", e.errno) }
func (e *osError) Unwrap() error { return e.errno }
func (e *osError) Timeout() bool { return e.errno.Timeout() }
