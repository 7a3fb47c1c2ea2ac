package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

func readThinPools(h *Host, ctx context.Context) ([]item, error) {
	if len(h.names("/dev/mapper")) <= 1 && len(h.names("/etc/lvm/archive")) == 0 && len(h.names("/etc/lvm/backup")) == 0 {
		return nil, nil // nothing is mapped but the control device: there is no LVM here
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
