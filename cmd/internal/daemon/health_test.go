package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tocsin/api"
)

const thirsty = `
source "health" "thirst" {
  category = "memory"
  every    = "1h"
  value    = "host.memory.used_percent"
  warning  = "value >= 60"
  critical = "value >= 80"
  clear    = "value < 50"
  emit     = "ram_high"
  data     = { error_key = "thirst" }
}
`

// healthHouse is a house whose host has some memory; use fills a part of it.
func healthHouse(t *testing.T) (h *house, use func(percent int)) {
	t.Helper()
	h = &house{t: t, config: t.TempDir(), data: t.TempDir(), root: t.TempDir()}
	proc := filepath.Join(h.root, "proc")
	if err := os.Mkdir(proc, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(proc, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("stat", "cpu  10 0 10 1000 0 0 0 0 0 0\ncpu0 10 0 10 1000 0 0 0 0 0 0\n")
	use = func(percent int) {
		t.Helper()
		put("meminfo", fmt.Sprintf("MemTotal: 1000000 kB\nMemFree: %[1]d kB\nMemAvailable: %[1]d kB\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n", 10000*(100-percent)))
	}
	use(10)
	h.write("tocsin.hcl", quietDefaults)
	h.write("console.hcl", "channel \"log\" \"console\" {}\n"+thirsty)
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	return h, use
}

// A block of the configuration makes events of what is read of the host: what is new,
// worse, better and over, also when the daemon was down meanwhile.
func TestHealthIsWatched(t *testing.T) {
	h, use := healthHouse(t)
	all := ""
	for _, step := range []struct {
		percent int
		want    string
	}{
		{70, "[WARNING] ram_high"},
		{85, "[CRITICAL] ram_high"},
		{55, "[WARNING] ram_high"},
		{40, "[INFO] error_resolved"},
	} {
		all += h.out.String()
		h.stop()
		use(step.percent)
		h.start()
		h.eventually(step.want, func() bool { return strings.Contains(h.out.String(), step.want) })
	}
	all += h.out.String()
	for line, want := range map[string]int{"[WARNING] ram_high": 2, "[CRITICAL] ram_high": 1, "[INFO] error_resolved": 1} {
		if got := strings.Count(all, line); got != want {
			t.Errorf("%s is told %d times, want %d:\n%s", line, got, want, all)
		}
	}
	st, err := h.daemon.Status(t.Context())
	if err != nil || !slices.ContainsFunc(st.Sources, func(c api.Collector) bool { return c.Name == "health" }) {
		t.Errorf("%+v, %v", st.Sources, err)
	}
}
