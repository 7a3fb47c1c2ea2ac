package host

import (
	"context"
	"errors"
	"strings"
	"syscall"
)

func readMemory(h *Host, _ context.Context) ([]item, error) {
	text, err := h.text("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	arc, _ := h.text("/proc/spl/kstat/zfs/arcstats") // there is none without ZFS
	it, err := parseMemory(text, arc)
	if err != nil {
		return nil, err
	}
	return []item{it}, nil
}

// parseMemory reads /proc/meminfo, and what ZFS says of its cache: the kernel counts that
// as used, though ZFS gives back what is above a least size.
func parseMemory(meminfo, arcstats []byte) (item, error) {
	has := map[string]float64{}
	fieldsOf(meminfo, 2, func(words []string) {
		if n, ok := decimal(words[1]); ok {
			has[strings.TrimSuffix(words[0], ":")] = n * 1024
		}
	})
	cache := map[string]float64{}
	fieldsOf(arcstats, 3, func(words []string) {
		if n, ok := decimal(words[2]); ok {
			cache[words[0]] = n
		}
	})
	total := has["MemTotal"]
	free, known := has["MemAvailable"]
	if !known {
		free = has["MemFree"] + has["Buffers"] + has["Cached"]
	}
	if total <= 0 {
		return nil, errors.New("/proc/meminfo does not tell how much memory there is")
	}
	free = min(free+max(cache["size"]-cache["c_min"], 0), total)
	it := item{"total": size(total), "available": size(free), "used": size(total - free), "swap_total": size(has["SwapTotal"])}
	used, _ := percent(total-free, total)
	it["used_percent"] = used
	put(it, "zfs_cache", size(cache["size"]), len(cache) > 0)
	swapped := max(has["SwapTotal"]-has["SwapFree"]-has["SwapCached"], 0)
	it["swap_used"] = size(swapped)
	n, _ := percent(swapped, has["SwapTotal"])
	it["swap_used_percent"] = n // 0 without swap
	return it, nil
}

func readPressure(h *Host, _ context.Context) ([]item, error) {
	it := item{}
	for _, resource := range []string{"cpu", "memory", "io"} {
		text, err := h.text("/proc/pressure/" + resource)
		if err != nil {
			if gone(err) || errors.Is(err, syscall.EOPNOTSUPP) { // an old kernel, or switched off
				continue
			}
			return nil, err
		}
		for kind, n := range parsePressure(text) {
			put(it, resource+"_"+kind, n, resource != "cpu" || kind == "some") // full means nothing of processors
		}
	}
	if len(it) == 0 {
		return nil, nil
	}
	return []item{it}, nil
}

// parsePressure reads the average of a minute from lines such as "some avg10=0.00
// avg60=0.12 avg300=0.08 total=123".
func parsePressure(text []byte) map[string]float64 {
	of := map[string]float64{}
	fieldsOf(text, 3, func(words []string) {
		if words[0] != "some" && words[0] != "full" {
			return
		}
		for _, word := range words[1:] {
			if n, ok := strings.CutPrefix(word, "avg60="); ok {
				if n, ok := decimal(n); ok && n >= 0 && n <= 100 {
					of[words[0]] = n
				}
			}
		}
	})
	return of
}
