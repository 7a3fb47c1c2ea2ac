package email

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"

	"tocsin/channels"
)

// Options are what all e-mail channels of a program share.
type Options struct {
	// Refuse reports whether an address must not be connected to, in addition
	// to those that are never: link-local, unspecified and multicast ones.
	Refuse func(netip.AddrPort) bool
	// Roots are the authorities whose certificates are trusted; nil: the
	// system's.
	Roots *x509.CertPool
	// Dial makes the connections in place of the network, as to a stand-in of a
	// server. Then no address is refused.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Kind returns the kind "email".
func Kind(opts Options) channels.Kind {
	return channels.Kind{
		Name: "email",
		Doc:  "Delivers by e-mail over SMTP; needs a mail server that takes mail from this host, most often with a login.",
		Fields: []channels.Field{
			{
				Name: "host", Type: channels.String, Required: true,
				Doc:     "The name or address of the mail server.",
				Example: `"smtp.example.org"`,
			},
			{
				Name: "port", Type: channels.Number,
				Doc:     "The port of the mail server.",
				Example: "587", Default: "587 for starttls, 465 for tls, 25 for none",
			},
			{
				Name: "tls", Type: channels.String,
				Doc: "How the connection is encrypted: starttls and tls insist on a valid certificate, none sends in the clear. " +
					"An own authority belongs into the certificates of the system.",
				Example: `"starttls"`, Default: "starttls; none for a server on this host without a login",
			},
			{
				Name: "username", Type: channels.String,
				Doc:     "The user to log in as.",
				Example: `"alerts@example.org"`, Default: "no login",
			},
			{
				Name: "password", Type: channels.Secret,
				Doc:     "The password of the user; Gmail and other large services want one made for apps.",
				Example: `secret("smtp_password")`,
			},
			{
				Name: "from", Type: channels.String, Required: true,
				Doc:     "The sender's address, with a name if you like.",
				Example: `"tocsin <alerts@example.org>"`,
			},
			{
				Name: "to", Type: channels.List, Required: true,
				Doc:     "The recipients' addresses; each sees the others.",
				Example: `["ana@example.org", "Ops <ops@example.org>"]`,
			},
			{
				Name: "subject_prefix", Type: channels.String,
				Doc:     "What stands before the severity in the subject.",
				Example: `"[lab]"`, Default: "the name of the event's host in brackets",
			},
		},
		Schemes: []string{"mailto", "mailtos"},
		FromURL: fromURL,
		New:     func(v channels.Values) (channels.Channel, error) { return newChannel(opts, v) },
	}
}
