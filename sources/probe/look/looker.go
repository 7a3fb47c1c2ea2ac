package look

import (
	"context"
	"crypto/x509"
	"net/netip"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/sources/probe"
)

// Options are what looks share.
type Options struct {
	// Refuse reports whether an address must not be connected to, in addition to
	// those that are never.
	Refuse func(netip.AddrPort) bool
	// Roots are the authorities whose certificates are trusted; nil: the system's.
	Roots *x509.CertPool
}

// Looker looks at what rules say. It is safe for concurrent use.
type Looker struct {
	Options
	client, any *httpsend.Client // any takes any certificate
}

// longest is how long a server may take: rules have less.
const longest = 2 * time.Minute

// New returns a looker.
func New(opts Options) *Looker {
	client := httpsend.New(httpsend.Options{Refuse: opts.Refuse, Roots: opts.Roots, Patience: longest, MostBody: probe.MaxText})
	return &Looker{opts, client, client.Unverified()}
}

// Look looks once, at most for the rule's timeout.
func (l *Looker) Look(ctx context.Context, r *probe.Rule) probe.Result {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	switch r.Kind {
	case probe.Command:
		return command(ctx, r)
	case probe.HTTP:
		return l.request(ctx, r)
	case probe.File:
		return files(ctx, r)
	}
	return l.certificate(ctx, r)
}
