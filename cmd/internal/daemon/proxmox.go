package daemon

import (
	"net"
	"net/netip"
	"path/filepath"

	"tocsin/api"
	"tocsin/builtin"
	"tocsin/rules"
	"tocsin/sources/pve/notifications"
	"tocsin/sources/pve/register"
)

// ProxmoxTarget is what Proxmox VE has to be told: where it posts, and the shared
// secret, if it is asked for or the configuration demands it of this host too. No
// settings stand for a host that has no configuration yet.
func ProxmoxTarget(s *rules.Settings, secret bool) (notifications.Target, error) {
	if s == nil {
		config, _ := rules.Load(rules.Input{Pack: builtin.Files()}) // a test holds that it loads
		s = &config.Settings
	}
	address, err := postAddress(s.API.Listen)
	if err != nil {
		return notifications.Target{}, err
	}
	t := notifications.Target{URL: "http://" + address + api.Prefix + "/webhook"}
	if !secret && !s.Webhook.LoopbackSecret {
		return t, nil
	}
	switch {
	case s.Webhook.Held != "":
		return t, &register.Refusal{Why: "webhook.secret is not there: " + s.Webhook.Held, Do: "mend that, then run it again"}
	case s.Webhook.Secret.Reveal() == "":
		return t, &register.Refusal{Why: "there is no shared secret", Do: `write webhook { secret = secret("webhook") } and run tocsin secret set webhook; loopback = "secret" in the block makes it needed`}
	}
	t.Secret = s.Webhook.Secret
	return t, nil
}

// postAddress is where a program of this host reaches the API. All nodes of a cluster
// read one file, and each posts to itself, so it is an address that each has.
func postAddress(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "", host == "localhost", err == nil && (addr.IsUnspecified() || addr == netip.AddrFrom4([4]byte{127, 0, 0, 1})):
		return net.JoinHostPort("127.0.0.1", port), nil
	case err == nil && addr.IsLoopback():
		return net.JoinHostPort(addr.String(), port), nil
	}
	return "", &register.Refusal{
		Why: "api.listen is " + listen + ", where posts to 127.0.0.1 do not arrive",
		Do:  `listen on "127.0.0.1:` + port + `", or on all addresses (":` + port + `") with tls_cert and tls_key: each node of a cluster posts to itself`,
	}
}

// ProxmoxCopies is the folder below the data folder with copies of Proxmox VE's files.
func ProxmoxCopies(data string) string { return filepath.Join(data, "pve") }
