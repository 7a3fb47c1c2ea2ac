package daemon

import (
	"net"
	"net/netip"
	"strconv"
)

// Addr returns the address that the API listens on.
func (d *Daemon) Addr() string { return d.front.addr }

// address is what a browser reaches the API by: the first of the names that may be
// asked for, or where it listens.
func (d *Daemon) address() string {
	set := d.running.Load().config.Settings.API
	named := len(set.AllowedHosts) > 0
	if named && len(set.Proxies) > 0 { // which have a port of their own, and TLS
		return "https://" + bracketed(set.AllowedHosts[0])
	}
	scheme := "http"
	if d.front.cert != nil {
		scheme = "https"
	}
	at, err := netip.ParseAddrPort(d.front.addr)
	if err != nil { // it is listened on, so it is one
		return scheme + "://" + d.front.addr
	}
	host := at.Addr().String()
	switch {
	case at.Addr().IsLoopback():
	case named:
		host = set.AllowedHosts[0]
	case at.Addr().IsUnspecified():
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(at.Port())))
}

func bracketed(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return "[" + host + "]"
	}
	return host
}
