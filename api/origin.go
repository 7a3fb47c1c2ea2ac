package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// peer is the address that a request came from, without the wrapping of IPv4
// addresses in IPv6; the zero Addr when it did not come over IP.
func peer(r *http.Request) netip.Addr {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	return from.Addr().Unmap().WithZone("")
}

// client is the address that a request began at: the peer's or, when that is a
// trusted proxy, the last one in the proxies' list that is none. What stands left
// of it anybody may have written. The zero Addr stands for what cannot be read.
func (set Settings) client(r *http.Request) netip.Addr {
	addr := peer(r)
	list := r.Header["X-Forwarded-For"]
	if !set.trusts(addr) || len(list) == 0 {
		return addr
	}
	for _, hop := range slices.Backward(strings.Split(strings.Join(list, ","), ",")) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return netip.Addr{}
		}
		if addr = next.Unmap().WithZone(""); !set.trusts(addr) {
			break
		}
	}
	return addr
}

func (set Settings) trusts(addr netip.Addr) bool { return within(set.Proxies, addr) }

func within(list []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// isSecure reports whether what a request says cannot be read on its way: it came
// over TLS, to here or to a trusted proxy.
func (set Settings) isSecure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	schemes := r.Header["X-Forwarded-Proto"]
	return set.trusts(peer(r)) && len(schemes) == 1 && schemes[0] == "https"
}

// isPrivate reports whether a request may carry what signs in: over TLS, or
// without leaving this host.
func (set Settings) isPrivate(r *http.Request) bool {
	return isLocal(r) || set.isSecure(r) || set.cameDirectly(r)
}

// callerAddress names the network that a request comes from, for limits: one caller
// has all the addresses of a network of IPv6.
func callerAddress(addr netip.Addr) string {
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}

// cameDirectly reports whether a request was made on this host: from a loopback
// address, asked by a loopback name and forwarded by no proxy. That a proxy's
// header is not there proves nothing, so where a proxy is trusted at a loopback
// address, nothing from there is of this host.
func (set Settings) cameDirectly(r *http.Request) bool {
	from := peer(r)
	if !from.IsLoopback() || !isLoopbackName(hostName(r.Host)) || set.trusts(from) {
		return false
	}
	for name := range r.Header {
		if isForwarding(name) {
			return false
		}
	}
	return true
}

// cameOnItsOwn reports whether a request was made by a program on this host: by no
// page in a browser.
func (set Settings) cameOnItsOwn(r *http.Request) bool {
	isForeign := func(site string) bool { return site != "none" }
	return set.cameDirectly(r) && !slices.ContainsFunc(r.Header["Sec-Fetch-Site"], isForeign) && r.Header["Origin"] == nil
}

// isForwarding reports whether a header is one that proxies add. There is no
// list of all of them: what speaks of another client, host or hop is one.
func isForwarding(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if name == "via" || name == "cdn-loop" {
		return true
	}
	for _, part := range [...]string{"forward", "client-ip", "clientip", "real-ip", "connecting-ip", "originating-ip", "remote-ip", "remote-addr", "x-original-", "external-address"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
