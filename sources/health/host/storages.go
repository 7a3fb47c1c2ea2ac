package host

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// storage is a section of /etc/pve/storage.cfg.
type storage struct {
	name, kind       string
	disabled, shared bool
	nodes            []string // empty: all
}

// isNetwork reports whether storages of this kind are shared without saying so.
func (s storage) isNetwork() bool {
	switch s.kind {
	case "nfs", "cifs", "pbs", "cephfs", "rbd", "iscsi", "iscsidirect", "glusterfs", "zfs", "esxi":
		return true
	}
	return false
}

// parseStorages reads /etc/pve/storage.cfg.
func parseStorages(text []byte) []storage {
	var all []storage
	for raw := range bytes.Lines(text) {
		line := string(bytes.TrimRight(raw, "\r\n"))
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		value = strings.TrimSpace(value)
		switch {
		case key == "" || strings.HasPrefix(key, "#"):
		case line[0] != ' ' && line[0] != '\t':
			kind, name, ok := strings.Cut(line, ":")
			if name = strings.TrimSpace(name); !ok || name == "" || len(all) >= maxItems {
				continue
			}
			all = append(all, storage{name: name, kind: strings.TrimSpace(kind)})
		case len(all) > 0:
			switch s := &all[len(all)-1]; key {
			case "disable":
				s.disabled = value != "0"
			case "shared":
				s.shared = value != "0"
			case "nodes":
				s.nodes = strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",; ", r) })
			}
		}
	}
	return all
}

// readStorages tells which storages of this node pvestatd sees. What it cannot reach it
// leaves out of its report.
func readStorages(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text(pve + "/storage.cfg")
	if gone(err) {
		return nil, h.absent("storage.cfg")
	}
	if err != nil {
		return nil, err
	}
	told, err := h.status()
	if err != nil {
		return nil, err
	}
	return judgeStorages(parseStorages(text), told, h.node(), time.Now())
}

func judgeStorages(all []storage, told status, node string, now time.Time) ([]item, error) {
	var items []item
	heard := false
	for _, s := range all {
		if s.disabled || len(s.nodes) > 0 && !slices.Contains(s.nodes, node) {
			continue
		}
		key := "storage/" + node + "/" + s.name
		it := item{"storage": s.name, "storage_type": s.kind, "shared": s.shared || s.isNetwork(), "status": "unavailable"}
		if told.fresh(key, now) {
			heard = true
			it["status"] = "available"
			total, _ := told.number(key, 1)
			used, known := told.number(key, 2)
			if n, ok := percent(used, total); ok && known { // PBS hides its size from some users
				it["used_percent"] = n
				it["used"], it["available"], it["total"] = size(used), size(total-used), size(total)
			}
		}
		items = append(items, it)
	}
	if len(items) > 0 && !heard {
		return nil, fmt.Errorf("pvestatd on %s told of no storage within %v: see systemctl status pvestatd; a storage that hangs holds it up", node, maxSilence)
	}
	return items, nil
}

// absent is the error of a file of Proxmox VE that is missing where it is installed:
// /etc/pve is not mounted then.
func (h *Host) absent(file string) error {
	if !h.isProxmox() || h.has(pve+"/.version") {
		return nil
	}
	return fmt.Errorf("%s/%s is not there though Proxmox VE is installed: see systemctl status pve-cluster", pve, file)
}
