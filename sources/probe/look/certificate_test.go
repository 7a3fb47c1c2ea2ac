package look

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/sources/probe"
)

// cert is a rule over a certificate.
func cert(address, path string) *probe.Rule {
	return &probe.Rule{Kind: probe.Cert, Address: address, Path: path, Timeout: time.Minute}
}

func TestCertificate(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	own, roots := server.Certificate(), x509.NewCertPool()
	roots.AddCert(own)
	address := server.Listener.Addr().String()
	res := New(Options{Roots: roots}).Look(t.Context(), cert(address, ""))
	if res.Failure != "" || res.Values["chain_error"] != nil || res.Values["not_after"] != own.NotAfter || res.Values["days_left"].(float64) < 100 || !strings.Contains(fmt.Sprint(res.Values["names"]), "127.0.0.1") {
		t.Errorf("%+v", res)
	}
	stranger := look(t, cert(address, ""))
	if why, _ := stranger.Values["chain_error"].(string); !strings.Contains(why, "unknown authority") || stranger.Mark != res.Mark {
		t.Errorf("%+v", stranger)
	}
	path := filepath.Join(t.TempDir(), "cert.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if file := New(Options{Roots: roots}).Look(t.Context(), cert("", path)); file.Mark != res.Mark || file.Values["chain_error"] != nil || file.Values["subject"] != res.Values["subject"] {
		t.Errorf("%+v", file)
	}
}

func TestCertificateThatFails(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		address, path, want string
		lacking             bool
	}{
		"no TLS":    {plain.Listener.Addr().String(), "", "no TLS connection to", false},
		"silence":   {silent.Addr().String(), "", "the time was up", false},
		"nobody":    {closed.Listener.Addr().String(), "", "nobody listens at", true},
		"metadata":  {"169.254.169.254:443", "", "link-local", false},
		"no file":   {"", "/no/such.pem", "/no/such.pem does not exist", true},
		"empty PEM": {"", empty, "holds no certificate in PEM", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := cert(c.address, c.path)
			if name == "silence" {
				r.Timeout = 100 * time.Millisecond
			}
			if res := look(t, r); !strings.Contains(res.Failure, c.want) || res.Lacking != c.lacking {
				t.Errorf("%q %v, want %q", res.Failure, res.Lacking, c.want)
			}
		})
	}
}

// Whatever a file says, reading it ends.
func FuzzParsePEM(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n := len(parsePEM(text)); n > maxChain {
			t.Errorf("%d certificates", n)
		}
	})
}
