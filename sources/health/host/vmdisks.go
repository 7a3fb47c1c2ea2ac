package host

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const agentTime = 10 * time.Second // for the agent of one machine

// readVMDisks asks the guest agents of running machines. Of one that does not answer now,
// as its machine is starting or busy, it is not known how full its file systems are.
func readVMDisks(h *Host, ctx context.Context) ([]item, error) {
	own, told, err := h.ownStatus()
	if err != nil {
		return nil, err
	}
	if _, err := h.find("qm"); err != nil {
		return nil, nil
	}
	var asked []guest
	for _, g := range own {
		if g.kind == "vm" && g.conf.agent && !g.conf.template && !told.stopped(g, time.Now()) {
			asked = append(asked, g)
		}
	}
	var items []item
	known := map[string][]item{}
	for i, answer := range each(asked, func(g guest) agentAnswer { return h.askAgent(ctx, g) }) {
		g := asked[i]
		if answer.err != nil {
			return nil, answer.err
		}
		if answer.disks == nil {
			for _, it := range h.agents[g.id] {
				answer.disks = append(answer.disks, item{"mount": it["mount"], "fstype": it["fstype"]})
			}
		}
		known[g.id] = answer.disks
		for _, it := range answer.disks {
			it["place"] = g.id + ":" + it["mount"].(string)
			it["vmid"], it["name"] = numeric(g.id), told.word("vm/"+g.id, guestName)
			items = append(items, it)
		}
	}
	h.agents = known
	return items, nil
}

// agentAnswer is what came of asking an agent: nothing when it does not answer. An error
// is one of all: the right to ask is missing, or the time.
type agentAnswer struct {
	disks []item
	err   error
}

func (h *Host) askAgent(ctx context.Context, g guest) agentAnswer {
	out, err := h.run(ctx, agentTime, "qm", "guest", "cmd", g.id, "get-fsinfo")
	switch {
	case ctx.Err() != nil:
		return agentAnswer{err: ctx.Err()}
	case err == nil && out.unprivileged():
		return agentAnswer{err: out.failed()}
	case err == nil && out.code != 0:
		err = out.failed()
	}
	var disks []item
	if err == nil {
		disks, err = parseAgent(out.stdout)
	}
	if err != nil {
		h.log.Debug("the agent of a guest does not answer", "vmid", g.id, "err", err)
	}
	return agentAnswer{disks: disks}
}

// parseAgent reads what the guest agent says of the file systems of its machine.
func parseAgent(text []byte) ([]item, error) {
	var list []struct {
		Mount string   `json:"mountpoint"`
		Type  string   `json:"type"`
		Used  *float64 `json:"used-bytes"`
		Total float64  `json:"total-bytes"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("qm guest cmd get-fsinfo did not answer with its JSON: %w", err)
	}
	var items []item
	for _, fs := range list[:min(len(list), maxList)] {
		if fs.Used == nil || fs.Mount == "" || fs.Type == "squashfs" || fs.Type == "iso9660" || fs.Type == "CDFS" || fs.Type == "UDF" {
			continue // full by nature, or not told by the agent
		}
		if n, ok := percent(*fs.Used, fs.Total); ok {
			items = append(items, item{"mount": fs.Mount, "fstype": fs.Type, "used_percent": n, "disk_bytes": size(*fs.Used), "maxdisk_bytes": size(fs.Total)})
		}
	}
	return items, nil
}
