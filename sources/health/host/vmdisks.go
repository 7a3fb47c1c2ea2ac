package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const agentTime = 10 * time.Second // for the agent of one machine

// readVMDisks asks the guest agents of running machines. One that does not answer is
// left out: its machine may be starting.
func readVMDisks(h *Host, ctx context.Context) ([]item, error) {
	own, told, err := h.ownStatus()
	if err != nil {
		return nil, err
	}
	var items []item
	for _, g := range own {
		if g.kind != "vm" || !g.conf.agent || told.word("vm/"+g.id, guestStatus) != "running" {
			continue
		}
		out, err := h.run(ctx, agentTime, "qm", "guest", "cmd", g.id, "get-fsinfo")
		switch {
		case errors.Is(err, errAbsent):
			return nil, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			h.log.Debug("the agent of a guest does not answer", "vmid", g.id, "err", err)
			continue
		case out.unprivileged():
			return nil, out.failed()
		case out.code != 0:
			h.log.Debug("the agent of a guest does not answer", "vmid", g.id, "err", out.failed())
			continue
		}
		disks, err := parseAgent(out.stdout)
		if err != nil {
			return nil, fmt.Errorf("guest %s: %w", g.id, err)
		}
		for _, it := range disks {
			it["place"] = g.id + ":" + it["mount"].(string)
			it["vmid"], it["name"] = numeric(g.id), told.word("vm/"+g.id, guestName)
			items = append(items, it)
		}
	}
	return items, nil
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
