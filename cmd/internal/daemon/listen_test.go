package daemon

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/api"
)

func TestAnAddressThatCannotBeUsedSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string][]string{
		taken.Addr().String(): {taken.Addr().String(), "another program", "ss -ltnp", "api.listen"},
		"192.0.2.1:8008":      {"192.0.2.1:8008", "no interface", "api.listen"},
		"127.0.0.1":           {"missing port", "HOST:PORT"},
	} {
		if l, err := listenTCP(addr); err == nil {
			l.Close()
			t.Errorf("%s can be listened on", addr)
		} else if !holds(err.Error(), want) {
			t.Errorf("%s: %v, want %q", addr, err, want)
		}
	}
}

// certificate writes a certificate for localhost and its key, and returns the
// HCL that names them and a client that trusts it.
func certificate(t *testing.T) (hcl string, client *http.Client) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	t.Cleanup(client.CloseIdleConnections)
	return fmt.Sprintf("api {\n  tls_cert = %q\n  tls_key  = %q\n}\n", certFile, keyFile), client
}

func TestWithTLSOnlyTheWebhookStaysPlain(t *testing.T) {
	hcl, client := certificate(t)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console + hcl})
	addr := h.daemon.Addr()
	for url, want := range map[string]int{
		"https://" + addr + "/healthz":              200,
		"https://" + addr + api.Prefix + "/status":  401,
		"http://" + addr + "/healthz":               400,
		"http://" + addr + api.Prefix + "/status":   400,
		"http://" + addr + api.Prefix + "/webhook/": 400,
		"http://" + addr + api.Prefix + "/webhook":  405,
	} {
		resp, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", url, resp.Status, want)
		}
		if proto := resp.Proto; strings.HasPrefix(url, "https") && proto != "HTTP/2.0" {
			t.Errorf("GET %s speaks %s", url, proto)
		}
	}
	if status, answer := h.webhook(`{"title":"plain","message":"from this host","severity":"info","timestamp":1,"fields":{}}`); status != 202 {
		t.Errorf("the plain webhook answered %d %v", status, answer)
	}
	// Connections that say nothing must not hold up the end.
	for range 3 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > stopTime {
		t.Errorf("it took %v to stop", took)
	}
	if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		conn.Close()
		t.Error("the door is still open")
	}
}

func TestACertificateThatCannotBeRead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := splitDoors(l, "/nowhere/cert.pem", "/nowhere/key.pem"); err == nil || !holds(err.Error(), []string{"api.tls_cert", "/nowhere/cert.pem", "PEM"}) {
		t.Errorf("error is %v", err)
	}
}

func TestTheSocketIsForItsOwnersAndOfAnyLength(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: filepath.Join(t.TempDir(), strings.Repeat("long-", 20))}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	info, err := os.Stat(filepath.Join(h.data, SocketName))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); mode.Perm() != 0o660 || mode.Type() != os.ModeSocket {
		t.Errorf("its mode is %v, want a socket with 0660", mode)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, release, err := SocketAddress(h.data)
		if err != nil {
			return nil, err
		}
		defer release()
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://localhost" + api.Prefix + "/status") // without a token
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || !bytes.Contains(text, []byte("home-lab")) {
		t.Errorf("status answers %s %s", resp.Status, text)
	}
}

func TestATurnstileLetsInOnlySoMany(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newTurnstile(inner, 2)
	conns := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			conns <- conn
		}
	}()
	for range 3 {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first, second := <-conns, <-conns
	select {
	case <-conns:
		t.Fatal("a third one came in")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives back its room once
	third := <-conns
	second.Close()
	third.Close()
	l.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
}
