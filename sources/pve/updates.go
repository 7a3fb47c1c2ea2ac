package pve

import (
	"regexp"
	"strings"
)

// upgrade is one package that could be newer.
type upgrade struct{ name, from, to string }

// backupServerUpgrade is how Proxmox Backup Server lists a package.
var backupServerUpgrade = regexp.MustCompile(`^\s+(\S+): (\S*) -> (\S+)$`)

// readUpdates reads the list of new packages. It does not tell which of them
// mend a security fault: nothing in the list says where a package comes from.
func (p *Post) readUpdates() {
	var all, important []string
	pve, kernel := 0, 0
	for _, u := range parseUpgrades(p.message) {
		all = append(all, u.String())
		switch {
		case isKernel(u.name):
			kernel++
		case isProxmox(u.name):
			pve++
		default:
			continue
		}
		important = append(important, u.String())
	}
	p.facts.put("packages", all)
	p.facts.put("important_list", important)
	if len(all) > 0 {
		p.facts.put("total_count", len(all))
		p.facts.put("pve_count", pve)
		p.facts.put("kernel_count", kernel)
	}
}

// parseUpgrades reads the table of Proxmox VE or the list of Proxmox Backup
// Server.
func parseUpgrades(message string) []upgrade {
	var found []upgrade
	inTable := false
	for line := range strings.SplitSeq(message, "\n") {
		if m := backupServerUpgrade.FindStringSubmatch(line); m != nil {
			found = append(found, upgrade{m[1], m[2], m[3]})
			continue
		}
		c := columns(line)
		switch {
		case len(c) != 3:
			inTable = false
		case strings.HasPrefix(line, "Package Name "):
			inTable = true
		case inTable:
			found = append(found, upgrade{c[0], c[1], c[2]})
		}
	}
	return found
}

// String shows the step: "pve-manager 9.0.6 → 9.0.10".
func (u upgrade) String() string {
	if u.from == "" || u.from == "null" { // nothing is installed yet
		return u.name + " " + u.to + " (new)"
	}
	return u.name + " " + u.from + " → " + u.to
}

// isKernel reports whether a package brings a kernel, which asks for a reboot.
func isKernel(name string) bool {
	for _, prefix := range [...]string{"proxmox-kernel", "proxmox-default-kernel", "pve-kernel", "linux-image"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// isProxmox reports whether a package is Proxmox's own.
func isProxmox(name string) bool {
	switch name {
	case "qemu-server", "lxc-pve", "ifupdown2":
		return true
	}
	for _, prefix := range [...]string{"pve-", "proxmox-", "libpve-", "libproxmox-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
