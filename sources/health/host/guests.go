package host

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// guest is a virtual machine or container of this node.
type guest struct {
	id, kind string // kind is vm or ct
	conf     conf
}

// conf is what the configuration of a guest says that facts are made of.
type conf struct {
	onboot, template, agent bool
	devices                 []string // values of hostpciN
}

// parseConf reads the configuration of a guest up to that of its first snapshot.
func parseConf(text []byte) conf {
	var c conf
	for raw := range bytes.Lines(text) {
		line := strings.TrimSpace(string(raw))
		if strings.HasPrefix(line, "[") {
			break
		}
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "onboot":
			c.onboot = value == "1"
		case key == "template":
			c.template = value == "1"
		case key == "agent":
			first, _, _ := strings.Cut(value, ",")
			c.agent = strings.TrimPrefix(first, "enabled=") == "1"
		case strings.HasPrefix(key, "hostpci") && len(c.devices) < maxList:
			c.devices = append(c.devices, value)
		}
	}
	return c
}

// parseGuests reads /etc/pve/.vmlist and returns kinds of the guests of a node by id.
func parseGuests(text []byte, node string) (map[string]string, error) {
	var list struct {
		IDs map[string]struct{ Node, Type string } `json:"ids"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s/.vmlist is no JSON as Proxmox VE writes it: %w", pve, err)
	}
	own := map[string]string{}
	for id, g := range list.IDs {
		kind := map[string]string{"qemu": "vm", "lxc": "ct"}[g.Type]
		if _, err := strconv.ParseUint(id, 10, 32); err == nil && kind != "" && g.Node == node {
			own[id] = kind
		}
	}
	return own, nil
}

// ownGuests returns the guests of this node; none where there is no Proxmox VE.
func (h *Host) ownGuests() ([]guest, error) {
	text, err := h.text(pve + "/.vmlist")
	if gone(err) {
		return nil, h.absent(".vmlist")
	}
	if err != nil {
		return nil, err
	}
	own, err := parseGuests(text, h.node())
	if err != nil {
		return nil, err
	}
	var all []guest
	configs := h.ownFolder()
	for _, id := range slices.Sorted(maps.Keys(own)) {
		folder := "/qemu-server/"
		if own[id] == "ct" {
			folder = "/lxc/"
		}
		g := guest{id: id, kind: own[id]}
		if text, err := h.text(configs + folder + id + ".conf"); err == nil { // gone: it moved meanwhile
			g.conf = parseConf(text)
		}
		all = append(all, g)
	}
	return all, nil
}

// The places of a guest's values in what pvestatd tells.
const (
	guestUptime = iota
	guestName
	guestStatus
	_ // template
	_ // time
	_ // processors
	guestCPU
	guestMaxMemory
	guestMemory
	guestMaxDisk
	guestDisk
)

// ownStatus returns the guests of this node and what pvestatd told of them.
func (h *Host) ownStatus() ([]guest, status, error) {
	own, err := h.ownGuests()
	if err != nil || len(own) == 0 {
		return nil, nil, err
	}
	told, err := h.status()
	return own, told, err
}

func readGuests(h *Host, _ context.Context) ([]item, error) {
	own, told, err := h.ownStatus()
	if err != nil {
		return nil, err
	}
	var items []item
	node := h.node()
	for _, g := range own {
		it := told.guest(g, time.Now())
		it["node"] = node
		if it["name"] == "" {
			it["name"] = h.guests.Guest(g.id, node).Name
		}
		items = append(items, it)
	}
	return items, nil
}

// guest is the item of a guest.
func (s status) guest(g guest, now time.Time) item {
	key := "vm/" + g.id
	it := item{
		"vmid": numeric(g.id), "name": s.word(key, guestName), "kind": g.kind, "status": "unknown",
		"onboot": g.conf.onboot, "template": g.conf.template,
	}
	if !s.fresh(key, now) {
		return it
	}
	it["status"] = s.word(key, guestStatus)
	it["running"] = it["status"] == "running"
	up, ok := s.number(key, guestUptime)
	put(it, "duration", span(seconds(up)), ok && up > 0)
	cpu, ok := s.number(key, guestCPU)
	put(it, "cpu_percent", 100*cpu, ok)
	used, known := s.number(key, guestMemory)
	whole, _ := s.number(key, guestMaxMemory)
	n, ok := percent(used, whole)
	put(it, "memory_percent", n, ok && known)
	return it
}

// stopped reports whether a guest is known not to run. Nothing is missed of one that does
// not; of one that nobody tells of, its facts are not known.
func (s status) stopped(g guest, now time.Time) bool {
	key := "vm/" + g.id
	return s.fresh(key, now) && s.word(key, guestStatus) != "running"
}

func numeric(id string) float64 {
	n, _ := decimal(id)
	return n
}

func readContainerDisks(h *Host, _ context.Context) ([]item, error) {
	own, told, err := h.ownStatus()
	if err != nil {
		return nil, err
	}
	var items []item
	for _, g := range own {
		key := "vm/" + g.id
		if g.kind != "ct" || g.conf.template || told.stopped(g, time.Now()) {
			continue
		}
		it := item{"vmid": numeric(g.id), "name": told.word(key, guestName)}
		used, known := told.number(key, guestDisk)
		whole, _ := told.number(key, guestMaxDisk)
		if n, ok := percent(used, whole); ok && known && told.fresh(key, time.Now()) {
			it["used_percent"], it["disk_bytes"], it["maxdisk_bytes"] = n, size(used), size(whole)
		}
		items = append(items, it)
	}
	return items, nil
}
