package host

import (
	"context"
	"strconv"
	"strings"
)

// readBtrfs reads what the kernel counts on each device of a Btrfs file system.
func readBtrfs(h *Host, _ context.Context) ([]item, error) {
	const folder = "/sys/fs/btrfs"
	var items []item
	for _, id := range h.names(folder) {
		if !strings.Contains(id, "-") { // a UUID, beside features and debug
			continue
		}
		name := h.word(folder + "/" + id + "/label")
		if name == "" {
			name = id
		}
		for _, device := range h.names(folder + "/" + id + "/devinfo") {
			n, err := strconv.ParseUint(device, 10, 32)
			if err != nil {
				continue
			}
			dir := folder + "/" + id + "/devinfo/" + device
			it := item{"place": id + ":" + device, "filesystem": name, "device_id": float64(n), "missing": h.word(dir+"/missing") == "1"}
			stats, err := h.text(dir + "/error_stats")
			if err != nil && !gone(err) { // a kernel before 5.14 has none
				return nil, err
			}
			for field, count := range parseBtrfs(stats) {
				it[field] = count
			}
			items = append(items, it)
		}
		if len(items) > maxItems {
			break
		}
	}
	return items, nil
}

// parseBtrfs reads lines such as "write_errs 0".
func parseBtrfs(text []byte) item {
	names := map[string]string{
		"write_errs": "write_errors", "read_errs": "read_errors", "flush_errs": "flush_errors",
		"corruption_errs": "corruption_errors", "generation_errs": "generation_errors",
	}
	it := item{}
	fieldsOf(text, 2, func(words []string) {
		n, err := strconv.ParseUint(words[1], 10, 64)
		put(it, names[words[0]], float64(n), err == nil && names[words[0]] != "")
	})
	return it
}
