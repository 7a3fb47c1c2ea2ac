package host

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"
)

const pingTime = 15 * time.Second // for all of a gateway's pings

func readGateways(h *Host, ctx context.Context) ([]item, error) {
	v4, err := h.text("/proc/net/route")
	if err != nil && !gone(err) {
		return nil, err
	}
	v6, err := h.text("/proc/net/ipv6_route")
	if err != nil && !gone(err) {
		return nil, err
	}
	var items []item
	for _, g := range append(parseRoutes4(v4), parseRoutes6(v6)...) {
		it, err := h.ping(ctx, g)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// gateway is where a default route leads.
type gateway struct {
	address netip.Addr
	link    string
}

// String returns the address as ping takes it: one of a link with the link.
func (g gateway) String() string {
	if g.address.IsLinkLocalUnicast() {
		return g.address.WithZone(g.link).String()
	}
	return g.address.String()
}

const maxGateways = 8

// parseRoutes4 reads /proc/net/route, in which addresses are little-endian.
func parseRoutes4(text []byte) []gateway {
	var all []gateway
	fieldsOf(text, 8, func(words []string) {
		raw, err := hex.DecodeString(words[2])
		if err != nil || len(raw) != 4 || words[1] != "00000000" || words[7] != "00000000" {
			return
		}
		all = addGateway(all, netip.AddrFrom4([4]byte{raw[3], raw[2], raw[1], raw[0]}), words[0])
	})
	return all
}

// parseRoutes6 reads /proc/net/ipv6_route.
func parseRoutes6(text []byte) []gateway {
	var all []gateway
	fieldsOf(text, 10, func(words []string) {
		raw, err := hex.DecodeString(words[4])
		if err != nil || len(raw) != 16 || strings.Trim(words[0], "0") != "" || words[1] != "00" {
			return
		}
		all = addGateway(all, netip.AddrFrom16([16]byte(raw)), words[9])
	})
	return all
}

func addGateway(all []gateway, address netip.Addr, link string) []gateway {
	g := gateway{address, link}
	if address.IsUnspecified() || link == "lo" || len(all) >= maxGateways {
		return all
	}
	for _, other := range all {
		if other.String() == g.String() {
			return all
		}
	}
	return append(all, g)
}

// ping asks a gateway three times.
func (h *Host) ping(ctx context.Context, g gateway) (item, error) {
	out, err := h.run(ctx, pingTime, "ping", "-n", "-q", "-c", "3", "-i", "0.3", "-W", "2", g.String())
	if errors.Is(err, errAbsent) {
		return nil, errors.New("gateways are asked by ping, which is not installed: apt-get install iputils-ping")
	}
	if err != nil {
		return nil, err
	}
	if out.unprivileged() {
		return nil, fmt.Errorf("ping may not send as tocsin's user: allow it by sysctl net.ipv4.ping_group_range=\"0 2147483647\"")
	}
	it, err := parsePing(out.stdout)
	if err != nil && out.code == 2 && strings.Contains(string(out.stderr), "nreachable") { // no route to it: its link is down
		it, err = item{"reachable": false, "loss_percent": 100.0}, nil
	}
	if err != nil {
		return nil, out.failed()
	}
	it["gateway"], it["interface"] = g.String(), g.link
	return it, nil
}

var (
	pingLoss = regexp.MustCompile(`([0-9]{1,5}) packets transmitted, ([0-9]{1,5})(?: packets)? received`)
	pingTrip = regexp.MustCompile(`(?m)^(?:rtt|round-trip) min/avg/max(?:/mdev)? = [0-9.]+/([0-9.]+)/`)
)

// parsePing reads the summary of ping, of iputils or BusyBox.
func parsePing(text []byte) (item, error) {
	m := pingLoss.FindSubmatch(text)
	if m == nil {
		return nil, errors.New("ping did not tell how many of its packets came back")
	}
	sent, _ := decimal(string(m[1]))
	back, _ := decimal(string(m[2]))
	lost, ok := percent(sent-back, sent)
	if !ok {
		return nil, errors.New("ping sent nothing")
	}
	it := item{"reachable": back > 0, "loss_percent": lost}
	if m := pingTrip.FindSubmatch(text); m != nil && back > 0 {
		ms, ok := decimal(string(m[1]))
		put(it, "latency_ms", ms, ok)
	}
	return it, nil
}
