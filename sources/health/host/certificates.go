package host

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"time"
)

// readCertificates reads those that pveproxy serves, and the one that signs them.
func readCertificates(h *Host, _ context.Context) ([]item, error) {
	var items []item
	for _, path := range []string{h.ownFolder() + "/pve-ssl.pem", h.ownFolder() + "/pveproxy-ssl.pem", pve + "/pve-root-ca.pem"} {
		text, err := h.text(path)
		if gone(err) { // only the first is always there
			continue
		}
		if err != nil {
			return nil, err
		}
		it, err := parseCertificate(text, time.Now())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		it["path"] = path
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, h.absent("pve-root-ca.pem")
	}
	return items, nil
}

// parseCertificate reads a file of certificates, of which the first is the server's. The
// one that ends first is what counts.
func parseCertificate(text []byte, now time.Time) (item, error) {
	var first *x509.Certificate
	var end time.Time
	for range 20 {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("it holds a certificate that cannot be read: %w", err)
		}
		if first == nil {
			first, end = cert, cert.NotAfter
		}
		if cert.NotAfter.Before(end) {
			end = cert.NotAfter
		}
	}
	if first == nil {
		return nil, errors.New("it holds no certificate in PEM")
	}
	return item{
		"subject": first.Subject.String(), "issuer": first.Issuer.String(), "not_after": end.UTC(),
		"days_left": math.Floor(end.Sub(now).Hours() / 24),
	}, nil
}
