package daemon

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/api"
)

// pemPair makes a certificate for localhost with a serial number, and its key.
func pemPair(t *testing.T, serial int64) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Duration(serial) * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

// writeCertificate writes a certificate for localhost and its key, and returns the
// HCL that names them and a client that trusts it.
func writeCertificate(t *testing.T) (hcl string, client *http.Client) {
	t.Helper()
	cert, key := pemPair(t, 1)
	f := newPairFiles(t)
	f.write(cert, key)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	t.Cleanup(client.CloseIdleConnections)
	return f.hcl(), client
}

// pairFiles are the files of a certificate and its key. Each that is written looks
// newer than the one before, however fast that goes.
type pairFiles struct {
	t         *testing.T
	cert, key string
	written   time.Time
}

func newPairFiles(t *testing.T) *pairFiles {
	dir := t.TempDir()
	return &pairFiles{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), time.Now().Add(-time.Hour)}
}

func (f *pairFiles) hcl() string {
	return fmt.Sprintf("api {\n  tls_cert = %q\n  tls_key  = %q\n}\n", f.cert, f.key)
}

func (f *pairFiles) paths() (cert, key string) { return f.cert, f.key }

// write writes what is not nil.
func (f *pairFiles) write(cert, key []byte) {
	f.t.Helper()
	f.written = f.written.Add(time.Second)
	for name, text := range map[string][]byte{f.cert: cert, f.key: key} {
		if text == nil {
			continue
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			f.t.Fatal(err)
		}
		if err := os.Chtimes(name, f.written, f.written); err != nil {
			f.t.Fatal(err)
		}
	}
}

// shows returns the serial number of the certificate that somebody who connects a
// while later is shown.
func shows(t *testing.T, c *certificate) int64 {
	t.Helper()
	c.mu.Lock()
	c.looked = time.Time{}
	c.mu.Unlock()
	pair, err := c.forClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

// TestAChangedCertificateIsUsed: from the next connection on. While the files do not
// fit together the one before is shown, which is said once.
func TestAChangedCertificateIsUsed(t *testing.T) {
	log, f := &syncBuffer{}, newPairFiles(t)
	f.write(pemPair(t, 1))
	c, err := newCertificate(f.paths, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	step := func(what string, want int64, broken bool, said int) {
		t.Helper()
		for range 3 { // more often than it is said
			if got := shows(t, c); got != want {
				t.Errorf("%s: shows %d, want %d", what, got, want)
			}
		}
		r := c.report()
		if (r.Problem != "") != broken || !r.Expires.Equal(c.pair.Leaf.NotAfter) {
			t.Errorf("%s: reports %+v", what, r)
		}
		if n := strings.Count(log.String(), "is not in use"); n != said {
			t.Errorf("%s: said %d times that it is not in use, want %d:\n%s", what, n, said, log)
		}
	}
	step("as it was", 1, false, 0)
	cert, key := pemPair(t, 2)
	f.write(cert, nil) // as a program does that renews it
	step("with the old key", 1, true, 1)
	f.write(nil, key)
	step("with its key", 2, false, 1)
	f.write([]byte("-----BEGIN NOTHING"), nil)
	step("with rubbish", 2, true, 2)
	if err := os.Remove(f.cert); err != nil {
		t.Fatal(err)
	}
	step("gone", 2, true, 3)
	f.write(cert, nil)
	step("there again", 2, false, 3)
	f.write(pemPair(t, 3))
	pair, err := c.forClient(nil) // within the same second
	if err != nil || pair.Leaf.SerialNumber.Int64() != 2 {
		t.Errorf("the files are looked at for each connection: %v", err)
	}
	c.refresh() // as a reload does
	step("when it is asked for", 3, false, 3)
	if text := log.String(); !holds(text, []string{"api.tls_cert", "PEM files that belong together", f.cert}) || strings.Contains(text, "PRIVATE") {
		t.Errorf("the log is\n%s", text)
	}
}

// TestAnotherCertificateIsNamed: other files are used after a reload, without a
// restart; a broken one is told by the status.
func TestAnotherCertificateIsNamed(t *testing.T) {
	first, second := newPairFiles(t), newPairFiles(t)
	first.write(pemPair(t, 1))
	second.write(pemPair(t, 2))
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console + first.hcl()})
	reload := func(hcl string) *api.Certificate {
		t.Helper()
		h.write("tocsin.hcl", quietDefaults+console+hcl)
		if r, err := h.daemon.Reload(t.Context()); err != nil || !r.OK {
			t.Fatalf("%+v, %v", r, err)
		}
		st, err := h.daemon.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st.Certificate
	}
	if r := reload(second.hcl()); shows(t, h.daemon.front.cert) != 2 || r.Problem != "" {
		t.Errorf("the other one is not in use: %+v", r)
	}
	if strings.Contains(h.err.String(), "after a restart") {
		t.Error("it asks for a restart")
	}
	_, wrong := pemPair(t, 3)
	second.write(nil, wrong)
	if r := reload(second.hcl()); shows(t, h.daemon.front.cert) != 2 || !holds(r.Problem, []string{"api.tls_key"}) {
		t.Errorf("a broken one: %+v", r)
	}
	if got := h.daemon.impaired(); !strings.Contains(got, "certificate") {
		t.Errorf("readiness says %q", got)
	}
	if r := reload(""); r.Problem == "" || !strings.Contains(h.err.String(), "TLS switched on or off, is used after a restart") {
		t.Errorf("without TLS: %+v\n%s", r, h.err)
	}
}

func TestACertificateThatCannotBeRead(t *testing.T) {
	nowhere := func() (string, string) { return "/nowhere/cert.pem", "/nowhere/key.pem" }
	if _, err := newCertificate(nowhere, slog.New(slog.DiscardHandler)); err == nil || !holds(err.Error(), []string{"api.tls_cert", "/nowhere/cert.pem", "PEM"}) {
		t.Errorf("error is %v", err)
	}
}

// ownAddress returns an address of this host that is none of the loopback.
func ownAddress(t *testing.T) netip.Addr {
	t.Helper()
	list, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p.Addr()
		}
	}
	t.Skip("NOT TESTED, this host has only the loopback")
	return netip.Addr{}
}

// TestTheWebhookStaysOnTheLoopback: also when the API listens at another address,
// since Proxmox posts to 127.0.0.1. Nothing else is plain there.
func TestTheWebhookStaysOnTheLoopback(t *testing.T) {
	f := newPairFiles(t)
	f.write(pemPair(t, 1))
	c, err := newCertificate(f.paths, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	served := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "served") })
	doors, err := openFront(netip.AddrPortFrom(ownAddress(t), 0).String(), t.TempDir(), c, served, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	doors.begin()
	defer doors.close(t.Context())
	own := netip.MustParseAddrPort(doors.addr)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // whom it shows is not the question
	defer client.CloseIdleConnections()
	for url, want := range map[string]string{
		fmt.Sprintf("https://%s/healthz", own):                               "served",
		fmt.Sprintf("http://127.0.0.1:%d%s/webhook", own.Port(), api.Prefix): "served",
		fmt.Sprintf("http://127.0.0.1:%d/healthz", own.Port()):               "only the webhook is plain",
		fmt.Sprintf("http://%s%s/webhook", own, api.Prefix):                  "HTTP request to an HTTPS server",
	} {
		resp, err := client.Get(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(text), want) || err != nil {
			t.Errorf("%s: got %q, %v; want %q", url, text, err, want)
		}
	}
	taken, err := openFront(doors.addr, t.TempDir(), c, served, slog.New(slog.DiscardHandler))
	if err == nil {
		taken.close(t.Context())
		t.Error("the address can be taken twice")
	}
}
