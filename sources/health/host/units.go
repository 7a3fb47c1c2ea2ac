package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// core are the services that Proxmox VE cannot do without: with those of a cluster where
// there is one, and none on another host.
func (h *Host) core() map[string]bool {
	core := map[string]bool{}
	if !h.isProxmox() {
		return core
	}
	for _, name := range []string{"pve-cluster", "pvedaemon", "pveproxy", "pvestatd", "pvescheduler"} {
		core[name+".service"] = true
	}
	if h.has("/etc/corosync/corosync.conf") {
		core["corosync.service"] = true
	}
	return core
}

func readUnits(h *Host, ctx context.Context) ([]item, error) {
	if !h.has("/run/systemd/system") { // another init, as in some containers
		return nil, nil
	}
	text, err := h.ask(ctx, toolTime, "systemctl", "list-units", "--all", "--full", "--no-pager", "--output=json")
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseUnits(text, h.core())
}

// parseUnits reads what systemctl lists. A core service that is not on the list has been
// stopped and was never asked for again.
func parseUnits(text []byte, core map[string]bool) ([]item, error) {
	var list []struct {
		Unit, Load, Active, Sub, Description string
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("systemctl list-units did not answer with its JSON: it must be of systemd 246 or later: %w", err)
	}
	var items []item
	listed := map[string]bool{}
	for _, u := range list {
		if u.Active != "failed" && !core[u.Unit] {
			continue
		}
		listed[u.Unit] = true
		items = append(items, item{
			"unit": u.Unit, "summary": u.Description, "state": u.Active, "substate": u.Sub,
			"active": u.Active == "active" || u.Active == "reloading", "failed": u.Active == "failed", "core": core[u.Unit],
		})
	}
	for unit := range core {
		if !listed[unit] {
			items = append(items, item{"unit": unit, "state": "inactive", "substate": "dead", "active": false, "failed": false, "core": true})
		}
	}
	return items, nil
}
