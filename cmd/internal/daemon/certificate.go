package daemon

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"tocsin/api"
	"tocsin/rules"
)

// certificateEvery is how often the files are looked at, when somebody connects.
const certificateEvery = time.Second

// certificate is the pair that the API shows. It is read again when its files
// change, as whoever renews certificates cannot be asked to tell: the two are often
// written one after the other, so a pair that is broken leaves the one before in
// use.
type certificate struct {
	paths func() (cert, key string)
	log   *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	state  string    // of the files that the pair was read from
	looked time.Time // last
	fault  string    // why the files as they are now are not in use; empty: they are
}

// openCertificate reads the certificate that the API is to show; nil: none. A
// configuration that has TLS no longer goes on with the files of before until the
// restart.
func (d *Daemon) openCertificate(last rules.API, log *slog.Logger) (*certificate, error) {
	if last.TLSCert == "" {
		return nil, nil
	}
	c, err := newCertificate(func() (string, string) {
		if now := d.running.Load().config.Settings.API; now.TLSCert != "" {
			last = now
		}
		return last.TLSCert, last.TLSKey
	}, log)
	if err != nil {
		return nil, err
	}
	d.metrics.watchCertificate(func() time.Time { return c.report().Expires })
	return c, nil
}

// newCertificate reads the pair for the first time.
func newCertificate(paths func() (cert, key string), log *slog.Logger) (*certificate, error) {
	c := &certificate{paths: paths, log: log}
	cert, key := paths()
	pair, state, err := readPair(cert, key)
	if err != nil {
		return nil, err
	}
	c.pair, c.state, c.looked = pair, state, time.Now()
	return c, nil
}

// forClient returns the pair for a connection.
func (c *certificate) forClient(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= certificateEvery {
		c.look(now)
	}
	return c.pair, nil
}

// refresh looks at the files now.
func (c *certificate) refresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look(time.Now())
}

// look is called with mu held.
func (c *certificate) look(now time.Time) {
	c.looked = now
	cert, key := c.paths()
	if state := pairState(cert, key); state == c.state && c.fault == "" {
		return
	}
	pair, state, err := readPair(cert, key)
	if err != nil {
		if fault := err.Error(); fault != c.fault { // once for each
			c.fault = fault
			c.log.Error("the changed certificate is not in use; the one before is shown", "err", err, "expires", expiryOf(c.pair))
		}
		return
	}
	was := expiryOf(c.pair)
	c.pair, c.state, c.fault = pair, state, ""
	c.log.Info("the certificate was read again", "cert", cert, "expires", expiryOf(pair), "before", was)
}

// report tells how the certificate is doing; nil: there is none.
func (c *certificate) report() *api.Certificate {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return &api.Certificate{Expires: expiryOf(c.pair), Problem: c.fault}
}

func expiryOf(pair *tls.Certificate) time.Time { return pair.Leaf.NotAfter }

// readPair reads a pair, and says what the files looked like before it did.
func readPair(cert, key string) (*tls.Certificate, string, error) {
	state := pairState(cert, key)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err == nil && pair.Leaf == nil {
		pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	if err != nil {
		return nil, "", fmt.Errorf("read api.tls_cert and api.tls_key: %w: both must be PEM files that belong together and that the daemon's user may read", err)
	}
	return &pair, state, nil
}

// pairState tells one state of two files from another.
func pairState(paths ...string) (state string) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return cmp.Or(state, path) + " " + err.Error()
		}
		state += fmt.Sprintf("%s %d %d ", path, info.ModTime().UnixNano(), info.Size())
	}
	return state
}
