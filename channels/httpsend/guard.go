package httpsend

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// nat64 is the prefix under which networks without IPv4 reach IPv4 addresses.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// guard keeps connections away from addresses that no service has.
type guard struct {
	refuse func(netip.AddrPort) bool
}

// blocked is the error of an address that must not be connected to.
type blocked struct {
	address string
	because string
}

func (b *blocked) Error() string { return fmt.Sprintf("%s is %s", b.address, b.because) }

// Control returns a function for a net.Dialer's Control that keeps connections away
// from the addresses that a Client does not connect to either; refuse adds to
// them, and may be nil.
func Control(refuse func(netip.AddrPort) bool) func(network, address string, c syscall.RawConn) error {
	return guard{refuse: refuse}.control
}

// control is called by the dialer with each address that it is about to connect
// to: after the look-up of names, so that no name can lead around it.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &blocked{address: "the address", because: "not an IP address"}
	}
	return g.check(ap)
}

// check returns a *blocked error for an address that is closed. Private
// addresses are open: many services stand in the same house.
func (g guard) check(ap netip.AddrPort) error {
	ap = netip.AddrPortFrom(plainAddr(ap.Addr()), ap.Port())
	addr := ap.Addr()
	because := ""
	switch {
	case addr.IsLinkLocalUnicast():
		because = "link-local, where machines keep their metadata"
	case addr.IsUnspecified():
		because = "not the address of a machine"
	case addr.IsMulticast():
		because = "a multicast address"
	case g.refuse != nil && g.refuse(ap):
		because = "closed to channels"
	default:
		return nil
	}
	return &blocked{address: addr.String(), because: because}
}

// plainAddr returns the IPv4 address that an IPv6 address stands for, or addr
// without its zone.
func plainAddr(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr
}

// proxy wraps choose so that this machine is never asked for through a proxy.
// Behind a proxy the look-up is not ours, so there the name itself is checked.
func (g guard) proxy(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		host := strings.ToLower(strings.TrimSuffix(req.URL.Hostname(), "."))
		addr, err := netip.ParseAddr(host)
		literal := err == nil
		if host == "localhost" || strings.HasSuffix(host, ".localhost") || literal && plainAddr(addr).IsLoopback() {
			return nil, nil
		}
		via, err := choose(req)
		if err != nil || via == nil {
			return via, err
		}
		if literal {
			return via, g.check(netip.AddrPortFrom(addr, port(req.URL)))
		}
		if numeric(host) {
			return via, &blocked{address: "the address", because: "an IP address in an unusual notation"}
		}
		return via, nil
	}
}

// port returns the port that u leads to.
func port(u *url.URL) uint16 {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(n)
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// numeric reports whether a host that is no proper IP address may yet be read
// as one, such as 2130706433 or 0x7f.1.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil {
		return true
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}
