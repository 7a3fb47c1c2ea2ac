package host

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

const toolTime = 20 * time.Second

// readPools asks zpool. Where that may not look, or hangs on a suspended pool, the
// kernel still tells the states of the pools, though not how full they are.
func readPools(h *Host, ctx context.Context) ([]item, error) {
	const kstat = "/proc/spl/kstat/zfs"
	if !h.has(kstat) { // the module is not loaded
		return nil, nil
	}
	text, err := h.ask(ctx, toolTime, "zpool", "list", "-Hp", "-o", "name,size,allocated,free,fragmentation,health")
	if err == nil {
		return parsePools(text)
	}
	var items []item
	for _, pool := range h.names(kstat) {
		if state := h.word(kstat + "/" + pool + "/state"); state != "" {
			items = append(items, item{"pool_name": pool, "health": state, "error": err.Error()})
			h.warnOnce("how full the pools of ZFS are is not known, only their states", err)
		}
	}
	return items, nil
}

// parsePools reads what zpool list -Hp says: words between tabs.
func parsePools(text []byte) ([]item, error) {
	var items []item
	for line := range bytes.Lines(text) {
		words := strings.Split(strings.TrimRight(string(line), "\r\n"), "\t")
		if len(words) == 1 && words[0] == "" {
			continue
		}
		if len(words) != 6 {
			return nil, fmt.Errorf("zpool list wrote a line of %d columns where 6 were asked for", len(words))
		}
		it := item{"pool_name": words[0], "health": words[5]}
		total, _ := decimal(words[1]) // a pool that failed has dashes
		used, known := decimal(words[2])
		free, _ := decimal(words[3])
		if n, ok := percent(used, total); ok && known {
			it["used_percent"] = n
			it["total"], it["used"], it["available"] = size(total), size(used), size(free)
		}
		fragmented, ok := parsePercent(words[4])
		put(it, "fragmentation_percent", fragmented, ok)
		items = append(items, it)
	}
	return items, nil
}
