package main

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	softMemory  = 160 << 20 // from here on the garbage collector works harder
	leastMemory = 48 << 20  // with less it would do nothing else
)

// limitMemory keeps a flood of large events from growing the daemon for no
// reason but that the garbage collector had no hurry. GOMEMLIMIT overrides it.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit(os.DirFS("/")))
	}
}

// memoryLimit is softMemory, or less where the service's control group gets
// less: seven tenths of that, as the kernel counts its caches too.
func memoryLimit(root fs.FS) int64 {
	limit := int64(softMemory)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return limit
	}
	for line := range strings.Lines(string(groups)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/") // of version 2
		if !ok {
			continue
		}
		for _, name := range []string{"memory.high", "memory.max"} {
			text, err := fs.ReadFile(root, path.Join("sys/fs/cgroup", group, name))
			bytes, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // or "max"
			if err == nil && parseErr == nil {
				limit = min(limit, bytes/10*7)
			}
		}
	}
	return max(limit, leastMemory)
}
