package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

func readThinPools(h *Host, ctx context.Context) ([]item, error) {
	if !h.hasThinPool() {
		return nil, nil
	}
	text, err := h.ask(ctx, toolTime, "lvs", "--reportformat", "json", "--units", "b", "--nosuffix", "-o", "vg_name,lv_name,lv_attr,lv_size,data_percent,metadata_percent")
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseVolumes(text)
}

// hasThinPool reports whether the kernel maps a pool, so that nobody needs rights for
// pools that there are none of.
func (h *Host) hasThinPool() bool {
	for _, name := range h.names("/sys/block") {
		uuid := h.word("/sys/block/" + name + "/dm/uuid")
		if strings.HasPrefix(uuid, "LVM-") && (strings.HasSuffix(uuid, "-tpool") || strings.HasSuffix(uuid, "_tdata")) {
			return true
		}
	}
	return false
}

// parseVolumes reads what lvs reports, and takes the thin pools.
func parseVolumes(text []byte) ([]item, error) {
	var said struct {
		Report []struct {
			Volumes []struct {
				Group    string `json:"vg_name"`
				Name     string `json:"lv_name"`
				Attr     string `json:"lv_attr"`
				Size     number `json:"lv_size"`
				Data     string `json:"data_percent"`
				Metadata string `json:"metadata_percent"`
			} `json:"lv"`
		} `json:"report"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, fmt.Errorf("lvs did not answer with its JSON: %w", err)
	}
	var items []item
	for _, report := range said.Report {
		for _, v := range report.Volumes {
			if !strings.HasPrefix(v.Attr, "t") {
				continue
			}
			it := item{"place": v.Group + "/" + v.Name, "volume_group": v.Group, "total": size(float64(v.Size))}
			data, ok := parsePercent(v.Data) // an inactive pool has none
			put(it, "data_percent", data, ok)
			metadata, ok := parsePercent(v.Metadata)
			put(it, "metadata_percent", metadata, ok)
			items = append(items, it)
		}
	}
	return items, nil
}
