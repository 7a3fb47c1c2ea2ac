package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// taskHouse is a house whose host has the folder of Proxmox VE's tasks.
func taskHouse(t *testing.T) (h *house, end func(n int, status string)) {
	t.Helper()
	h = &house{t: t, config: t.TempDir(), data: t.TempDir(), tasks: filepath.Join(t.TempDir(), "tasks")}
	if err := os.Mkdir(h.tasks, 0o755); err != nil {
		t.Fatal(err)
	}
	end = func(n int, status string) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(h.tasks, "index"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		now := time.Now().Unix()
		if _, err := fmt.Fprintf(f, "UPID:barn:%08X:00C0FFEE:%08X:qmstart:%d:ann@pam: %08X %s\n", n, now, 4000+n, now, status); err != nil {
			t.Fatal(err)
		}
	}
	end(1, "an old failure")
	h.write("tocsin.hcl", quietDefaults)
	h.write("console.hcl", "channel \"log\" \"console\" {}\n")
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	h.eventually("the position is kept", func() bool { return h.position("tasks") != "" })
	return h, end
}

// A task that failed is told once, also when the daemon was down meanwhile.
func TestTasksAreToldOnce(t *testing.T) {
	h, end := taskHouse(t)
	var told strings.Builder
	check := func(n int) {
		t.Helper()
		h.eventually(fmt.Sprintf("task %d is told", n), func() bool { return strings.Contains(h.out.String(), fmt.Sprintf("VM %d: start failed", 4000+n)) })
	}
	end(2, "the disk is gone")
	check(2)
	told.WriteString(h.out.String())
	h.stop()
	end(3, "the disk is gone")
	h.start()
	check(3)
	end(4, "the disk is gone")
	check(4)
	told.WriteString(h.out.String())
	for n := 1; n <= 4; n++ {
		want := 1
		if n == 1 {
			want = 0 // it ended before the first start
		}
		if got := strings.Count(told.String(), fmt.Sprintf("VM %d: start failed", 4000+n)); got != want {
			t.Errorf("task %d is told %d times, want %d\n%s", n, got, want, told.String())
		}
	}
	if s := h.source("tasks"); s.State != "ok" || s.Events != 2 {
		t.Errorf("%+v", s)
	}
}
