package channeltest

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"tocsin/engine/event"
)

// TLSFaults are what may be wrong with the encryption of a service at 127.0.0.1.
// serve is a stand-in that encrypts as config says. The verdict on certificates
// is the same for every adapter; that on handshakes is, too.
func TLSFaults(t *testing.T, serve func(config *tls.Config) func(net.Conn)) []Fault {
	good, stranger := NewAuthority(t), NewAuthority(t)
	soon, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	by := func(cert tls.Certificate, version uint16) func(net.Conn) {
		return serve(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: version})
	}
	wrong := &Verdict{Class: event.Target, Code: "tls"}
	broken := &Verdict{Class: event.Temporary, Code: "tls"}
	const address = "127.0.0.1"
	return []Fault{
		{Name: "unknown authority", Serve: by(stranger.Certify(t, address, soon), tls.VersionTLS13), Roots: good.Roots, Secure: true, Want: wrong},
		{Name: "expired certificate", Serve: by(good.Certify(t, address, past), tls.VersionTLS13), Roots: good.Roots, Secure: true, Want: wrong},
		{Name: "certificate of another name", Serve: by(good.Certify(t, "other.example", soon), tls.VersionTLS13), Roots: good.Roots, Secure: true, Want: wrong},
		{Name: "certificate of another address", Serve: by(good.Certify(t, "192.0.2.9", soon), tls.VersionTLS13), Roots: good.Roots, Secure: true, Want: wrong},
		{Name: "TLS too old", Serve: by(good.Certify(t, address, soon), tls.VersionTLS11), Roots: good.Roots, Secure: true, Want: broken},
	}
}

// Encrypted is serve behind TLS.
func Encrypted(config *tls.Config, serve func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		secure := tls.Server(conn, config)
		if secure.Handshake() != nil {
			io.Copy(io.Discard, conn) // until the channel leaves: it shall see the alert
			return
		}
		serve(secure)
	}
}
