package host

import (
	"context"
	"net"
	"strconv"
	"strings"
)

// readLinks reads the interfaces of the host. Those of guests come and go with them, and
// the loopback is always there.
func readLinks(h *Host, _ context.Context) ([]item, error) {
	var items []item
	addressed := h.addressed()
	for _, name := range h.names("/sys/class/net") {
		if isGuestLink(name) || len(items) > maxItems {
			continue
		}
		dir := "/sys/class/net/" + name
		flags, err := strconv.ParseUint(strings.TrimPrefix(h.word(dir+"/flags"), "0x"), 16, 32)
		if err != nil || flags&flagLoopback != 0 {
			continue
		}
		// An interface that is set to be up, but has no carrier, is down. Tunnels and the
		// like do not know and count as up.
		state := h.word(dir + "/operstate")
		it := item{
			"interface": name, "kind": h.kindOfLink(dir), "enabled": flags&flagUp != 0,
			"up":      flags&flagUp != 0 && (state == "up" || state == "unknown"),
			"carrier": h.word(dir+"/carrier") == "1", "has_address": addressed[name],
		}
		received, _ := h.number(dir + "/statistics/rx_packets")
		it["in_use"] = addressed[name] || received > 0
		speed, ok := h.number(dir + "/speed")
		put(it, "speed_mbps", speed, ok && speed > 0) // -1 when it is not known
		master := h.link(dir + "/master")
		put(it, "master", master, master != "")
		h.members(it, dir)
		items = append(items, it)
	}
	return items, nil
}

// Flags of interfaces (IFF_UP, IFF_LOOPBACK).
const (
	flagUp       = 1
	flagLoopback = 8
)

// members tells of the interfaces below a bridge or bond, without those of guests.
func (h *Host) members(it item, dir string) {
	var list []string
	switch it["kind"] {
	case "bridge":
		list = h.names(dir + "/brif")
	case "bond":
		list = strings.Fields(h.word(dir + "/bonding/slaves"))
	default:
		return
	}
	all, down := []any{}, []any{}
	for _, name := range list {
		if isGuestLink(name) || !isFileName(name) {
			continue
		}
		all = append(all, name)
		if h.word("/sys/class/net/"+name+"/carrier") != "1" {
			down = append(down, name)
		}
	}
	it["members"], it["down_members"] = all, down
}

func (h *Host) kindOfLink(dir string) string {
	switch {
	case h.has(dir + "/bridge"):
		return "bridge"
	case h.has(dir + "/bonding"):
		return "bond"
	case strings.Contains(h.word(dir+"/uevent"), "DEVTYPE=vlan"):
		return "vlan"
	case h.has(dir + "/device"):
		return "physical"
	}
	return "virtual"
}

// isGuestLink reports whether an interface is one end of a guest's: of a machine, a
// container, its firewall or a container runtime.
func isGuestLink(name string) bool {
	return hasPrefix(name, "tap", "veth", "fwbr", "fwln", "fwpr")
}

// addressed returns the interfaces that have an address of more than their own link. On
// the host itself the kernel is asked; a folder in place of / tells by its files.
func (h *Host) addressed() map[string]bool {
	has := map[string]bool{}
	if h.root != "/" {
		routes, _ := h.text("/proc/net/route")
		fieldsOf(routes, 8, func(words []string) { has[words[0]] = true })
		return has
	}
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		addresses, _ := i.Addrs()
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
				has[i.Name] = true
			}
		}
	}
	return has
}
