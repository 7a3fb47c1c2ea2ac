package rules

import (
	"fmt"
	"net/netip"
	"time"
)

// decodeWebhook decodes the block about who may post events.
//
//	webhook {
//	  secret   = secret("webhook") # without one, closed to remote callers
//	  old_secret = secret("webhook_old") # taken too, while callers change
//	  max_age  = "5m"              # drift allowed for the timestamp header
//	  allow    = ["10.0.0.0/8"]    # optional, in addition to the secret
//	  rate     = "120/m"           # a remote address
//	  loopback = "open"            # or "secret": loopback needs it too
//	}
func (l *loading) decodeWebhook(b *block) {
	s := &l.config.Settings.Webhook
	s.Place = place(b.head)
	r := l.read(b)
	secret := r.secret("secret")
	s.Secret, s.Held = secret.value, secret.held
	if r.argument("old_secret") != nil {
		s.OldSecret = r.secret("old_secret").value
		r.require("secret")
	}
	r.span("max_age", &s.MaxAge, time.Second, day)
	r.networks("allow", &s.Allow)
	r.rate("rate", &s.Rate)
	var loopback string
	r.choice("loopback", &loopback, "open", "secret")
	if s.LoopbackSecret = loopback == "secret"; s.LoopbackSecret {
		r.require("secret")
	}
	r.done()
}

// networks reads a list of addresses and networks.
func (r *reader) networks(name string, to *[]netip.Prefix) {
	words, ok := r.words(name)
	if !ok {
		return
	}
	for _, w := range words {
		if prefix, err := netip.ParsePrefix(w.text); err == nil {
			*to = append(*to, prefix.Masked())
		} else if ip, err := netip.ParseAddr(w.text); err == nil && ip.Zone() == "" {
			*to = append(*to, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		} else {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("%q is no address", w.text),
				detail: `Write an address or a network: "192.0.2.7", "10.0.0.0/8", "fd00::/8".`,
			})
		}
	}
}
