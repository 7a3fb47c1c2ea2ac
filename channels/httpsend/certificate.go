package httpsend

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"tocsin/engine/event"
)

// certificateFault says what is wrong with a certificate. It is the channel's
// fault until somebody acts: nothing is sent to a stranger.
func certificateFault(host string, bad *tls.CertificateVerificationError) *event.SendError {
	e := &event.SendError{Class: event.Target, Code: "tls"}
	var leaf *x509.Certificate
	if len(bad.UnverifiedCertificates) > 0 {
		leaf = bad.UnverifiedCertificates[0]
	}
	if _, ok := errors.AsType[x509.HostnameError](bad.Err); ok {
		e.Why = "the certificate of " + host + " is for another name" + names(leaf)
		e.Do = "use one of the names of the certificate in the channel's address, or give the service a certificate for this name"
		return e
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](bad.Err); ok {
		e.Why = "the certificate of " + host + " is signed by an authority that this machine does not trust" + issuer(unknown.Cert)
		e.Do = "put the authority's certificate into /usr/local/share/ca-certificates, run update-ca-certificates, and restart tocsin"
		return e
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](bad.Err); ok && invalid.Reason == x509.Expired && invalid.Cert != nil {
		from, until := invalid.Cert.NotBefore.UTC(), invalid.Cert.NotAfter.UTC()
		e.Why = fmt.Sprintf("the certificate of %s is valid only from %s until %s", host, from.Format(time.DateTime), until.Format(time.DateTime))
		e.Do = "renew the service's certificate, or set the clock of this machine"
		return e
	}
	e.Why = "the certificate of " + host + " is not valid"
	e.Do = "look at it with openssl s_client, and give the service a valid one"
	return e
}

// names returns the names that a certificate is for, in parentheses.
func names(leaf *x509.Certificate) string {
	if leaf == nil {
		return ""
	}
	all := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		all = append(all[:len(all):len(all)], ip.String())
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", said(fmt.Sprint(all)))
}

// issuer returns who signed a certificate, in parentheses.
func issuer(cert *x509.Certificate) string {
	if cert == nil || cert.Issuer.String() == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", said(cert.Issuer.String()))
}

// said makes what a stranger's certificate says fit for one line.
func said(text string) string { return event.Clip(event.OneLine(event.Clean(text)), 160) }
