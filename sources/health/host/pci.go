package host

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
)

const pciDevices = "/sys/bus/pci/devices"

// readPCI reads which devices the guests of this node have in their configurations.
func readPCI(h *Host, _ context.Context) ([]item, error) {
	own, told, err := h.ownStatus()
	if err != nil {
		return nil, err
	}
	mapped, err := h.text(pve + "/mapping/pci.cfg")
	if err != nil && !gone(err) {
		return nil, err
	}
	mappings := parseMappings(mapped, h.node())
	present := h.names(pciDevices)
	takers := map[string][]guest{}
	for _, g := range own {
		if g.conf.template || g.kind != "vm" {
			continue
		}
		for _, address := range devicesOf(g.conf.devices, mappings, present) {
			if !slices.ContainsFunc(takers[address], func(o guest) bool { return o.id == g.id }) {
				takers[address] = append(takers[address], g)
			}
		}
	}
	var items []item
	for address, list := range takers {
		it := item{"device_pci": address, "guest_count": float64(len(list)), "conflict": len(list) > 1, "present": slices.Contains(present, address)}
		names, running := []any{}, 0.0
		for _, g := range list {
			names = append(names, strings.TrimSpace(g.id+" "+told.word("vm/"+g.id, guestName)))
			if told.word("vm/"+g.id, guestStatus) == "running" {
				running++
			}
		}
		it["guest_list"], it["running_count"] = names, running
		driver := h.link(pciDevices + "/" + address + "/driver")
		it["driver"], it["vfio"] = driver, driver == "vfio-pci"
		items = append(items, it)
	}
	return items, nil
}

// pciAddress is one with or without domain and function.
var pciAddress = regexp.MustCompile(`^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[0-9a-f]{2})(?:\.([0-7]))?$`)

// devicesOf returns the addresses that values of hostpciN take for one guest alone. A
// device that is shared by parts (mdev), or picked from several, is taken by nobody.
func devicesOf(values []string, mappings map[string][]string, present []string) []string {
	var all []string
	for _, value := range values {
		if strings.Contains(value, "mdev=") {
			continue
		}
		for part := range strings.SplitSeq(value, ",") {
			key, of, named := strings.Cut(strings.TrimSpace(part), "=")
			switch choices := mappings[of]; {
			case !named: // host's key may be left out
				of = key
			case key == "mapping" && len(choices) == 1:
				of = choices[0]
			case key != "host":
				continue
			}
			for address := range strings.SplitSeq(of, ";") {
				all = append(all, functions(strings.ToLower(address), present)...)
			}
		}
		if len(all) > maxItems {
			break
		}
	}
	return all
}

// functions returns the devices that an address means: without a function all of them.
func functions(address string, present []string) []string {
	m := pciAddress.FindStringSubmatch(address)
	if m == nil {
		return nil
	}
	domain := m[1]
	if domain == "" {
		domain = "0000"
	}
	slot := domain + ":" + m[2]
	if m[3] != "" {
		return []string{slot + "." + m[3]}
	}
	var all []string
	for _, name := range present {
		if strings.HasPrefix(name, slot+".") {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return []string{slot + ".0"}
	}
	return all
}

// parseMappings reads the paths that names in /etc/pve/mapping/pci.cfg have on a node.
func parseMappings(text []byte, node string) map[string][]string {
	all := map[string][]string{}
	name := ""
	for raw := range bytes.Lines(text) {
		line := strings.TrimSpace(string(raw))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if raw[0] != ' ' && raw[0] != '\t' {
			name = strings.TrimSpace(strings.TrimPrefix(line, "pci:"))
			continue
		}
		value, ok := strings.CutPrefix(line, "map ")
		if !ok {
			continue
		}
		on, path := "", ""
		for part := range strings.SplitSeq(value, ",") {
			key, v, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch key {
			case "node":
				on = v
			case "path":
				path = v
			}
		}
		if on == node && path != "" && len(all[name]) < maxList {
			all[name] = append(all[name], path)
		}
	}
	return all
}
