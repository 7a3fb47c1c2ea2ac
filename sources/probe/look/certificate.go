package look

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"net"
	"syscall"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
	"tocsin/sources/probe"
)

const (
	maxChain = 20
	maxNames = 100
	maxName  = 300 // bytes
)

// certificate looks at the certificate of a server or in a file.
func (l *Looker) certificate(ctx context.Context, r *probe.Rule) probe.Result {
	chain, host, failed := l.chain(ctx, r)
	if failed != nil {
		return *failed
	}
	leaf, now := chain[0], time.Now()
	sum := sha256.Sum256(leaf.Raw)
	values := map[string]any{
		"subject": shown(leaf.Subject.String()), "issuer": shown(leaf.Issuer.String()), "serial": fmt.Sprintf("%X", leaf.SerialNumber),
		"names": names(leaf), "not_before": leaf.NotBefore, "not_after": leaf.NotAfter,
		"days_left": math.Floor(leaf.NotAfter.Sub(now).Hours() / 24), "fingerprint": hex.EncodeToString(sum[:]),
	}
	if why := l.mistrust(chain, host, now); why != "" {
		values["chain_error"] = why
	}
	return probe.Result{Values: values, Mark: hex.EncodeToString(sum[:])}
}

// chain returns the certificates, the one that counts first, and the name that it
// must be for.
func (l *Looker) chain(ctx context.Context, r *probe.Rule) (chain []*x509.Certificate, host string, failed *probe.Result) {
	fail := func(res probe.Result) ([]*x509.Certificate, string, *probe.Result) { return nil, "", &res }
	if r.Path != "" {
		f, err := read(r.Path, true)
		if err != nil {
			return fail(probe.Unreadable(r.Path, err))
		}
		if chain = parsePEM([]byte(f.text.Body)); len(chain) == 0 {
			return fail(probe.Failed("%s holds no certificate in PEM", r.Path))
		}
		return chain, "", nil
	}
	host, _, _ = net.SplitHostPort(r.Address)
	dialer := &tls.Dialer{
		NetDialer: &net.Dialer{Control: httpsend.Control(l.Refuse)},
		Config:    &tls.Config{ServerName: host, InsecureSkipVerify: true}, // what is wrong with the chain is what is asked for
	}
	conn, err := dialer.DialContext(ctx, "tcp", r.Address)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fail(probe.Missing("nobody listens at %s", r.Address))
	}
	if err != nil {
		return fail(probe.Failed("no TLS connection to %s: %s", r.Address, cause(ctx, err)))
	}
	defer conn.Close()
	chain = conn.(*tls.Conn).ConnectionState().PeerCertificates
	if len(chain) == 0 {
		return fail(probe.Failed("%s shows no certificate", r.Address))
	}
	return chain[:min(len(chain), maxChain)], host, nil
}

// parsePEM returns the certificates in a text. What else stands there, such as a
// key, is left alone.
func parsePEM(text []byte) (chain []*x509.Certificate) {
	for len(chain) < maxChain {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return chain
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			chain = append(chain, c)
		}
	}
	return chain
}

// cause tells why a connection failed, without what a peer may have said.
func cause(ctx context.Context, err error) string {
	switch op, isOp := errors.AsType[*net.OpError](err); {
	case ctx.Err() != nil:
		return "the time was up"
	case isOp && op.Err != nil:
		return event.Clip(event.OneLine(event.Clean(op.Err.Error())), maxName)
	}
	return event.Clip(event.OneLine(event.Clean(err.Error())), maxName)
}

// mistrust says why a chain is not trusted; empty: it is.
func (l *Looker) mistrust(chain []*x509.Certificate, host string, now time.Time) string {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		DNSName: host, Roots: l.Roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err == nil {
		return ""
	}
	return shown(err.Error())
}

// names are what a certificate is for.
func names(c *x509.Certificate) []any {
	out := []any{}
	for _, name := range c.DNSNames {
		out = append(out, shown(name))
	}
	for _, ip := range c.IPAddresses {
		out = append(out, ip.String())
	}
	return out[:min(len(out), maxNames)]
}

// shown makes what a stranger wrote fit for one line.
func shown(text string) string { return event.Clip(event.OneLine(event.Clean(text)), maxName) }
