package host

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// replicationState is where Proxmox VE keeps how the jobs of this node went.
const replicationState = "/var/lib/pve-manager/pve-replication-state.json"

func readReplication(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text(replicationState)
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	items, err := parseReplication(text)
	node := h.node()
	for _, it := range items {
		it["name"] = h.guests.Guest(fmt.Sprintf("%.0f", it["vmid"]), node).Name
	}
	return items, err
}

// parseReplication reads the state of replication: by guest, then by target.
func parseReplication(text []byte) ([]item, error) {
	var jobs map[string]map[string]struct {
		Synced   number `json:"last_sync"`
		Tried    number `json:"last_try"`
		Duration number `json:"duration"`
		Failures number `json:"fail_count"`
		Error    string `json:"error"`
		PID      number `json:"pid"`
	}
	if err := json.Unmarshal(text, &jobs); err != nil {
		return nil, fmt.Errorf("%s is no JSON as Proxmox VE writes it: %w", replicationState, err)
	}
	var items []item
	for id, targets := range jobs {
		for target, job := range targets {
			it := item{
				"place": id + " to " + target, "vmid": numeric(id), "target": target, "failures": float64(job.Failures),
				"running": job.PID != 0,
			}
			put(it, "duration", span(seconds(float64(job.Duration))), job.Duration > 0)
			put(it, "error", job.Error, job.Error != "")
			put(it, "synced", moment(job.Synced), job.Synced > 0) // 0: never
			put(it, "tried", moment(job.Tried), job.Tried > 0)
			items = append(items, it)
		}
	}
	return items, nil
}

// moment is a time in seconds as fields have it.
func moment(s number) time.Time { return time.Unix(int64(min(s, 1e11)), 0).UTC() }
