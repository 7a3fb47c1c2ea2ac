package guests

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tocsin/engine/event"
)

// Local is a guest of this node.
type Local struct {
	event.Guest
	Container bool
	OnBoot    bool // it is to be started when the node starts
}

// Node is the name of this node among those of the cluster; empty: there is no
// Proxmox VE.
func (r *Reader) Node() string {
	target, err := os.Readlink(filepath.Join(r.root, "local"))
	if err != nil {
		return ""
	}
	return filepath.Base(target)
}

// Locals returns the guests whose configuration is on this node, by number.
// Templates are none.
func (r *Reader) Locals() ([]Local, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	node := r.Node()
	if node == "" {
		return nil, nil
	}
	var list []Local
	for _, kind := range []string{"qemu-server", "lxc"} {
		dir := filepath.Join(r.root, "nodes", node, kind)
		entries, err := os.ReadDir(dir)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, e := range entries[:min(len(entries), maxKept)] {
			id, ok := strings.CutSuffix(e.Name(), ".conf")
			if !ok || !isNumber(id) {
				continue
			}
			if c, ok := r.conf(filepath.Join(dir, e.Name())); ok && !c.template {
				guest := event.Guest{ID: id, Name: c.name, Node: node, Pool: r.pool(id), Tags: c.tags}
				list = append(list, Local{Guest: guest, Container: kind == "lxc", OnBoot: c.onBoot})
			}
		}
	}
	slices.SortFunc(list, func(a, b Local) int { return cmp.Compare(number(a.ID), number(b.ID)) })
	return list, nil
}

func number(id string) int {
	n, _ := strconv.Atoi(id)
	return n
}
