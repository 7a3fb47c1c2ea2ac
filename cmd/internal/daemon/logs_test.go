package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A ban that Fail2Ban writes to its file is told once: after the first start, over a
// rotation, and also when the daemon was down meanwhile.
func TestLogsAreToldOnce(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "var", "log", "fail2ban.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	ban := func(n int) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		stamp := time.Now().Format("2006-01-02 15:04:05,000")
		if _, err := fmt.Fprintf(f, "%s fail2ban.actions        [812]: NOTICE  [sshd] Ban 198.51.100.%d\n", stamp, n); err != nil {
			t.Fatal(err)
		}
	}
	ban(1)
	h := &house{t: t, config: t.TempDir(), data: t.TempDir(), root: root}
	h.write("tocsin.hcl", quietDefaults)
	h.write("console.hcl", singly+"burst \"burst_ip_block\" {\n  enabled = false\n}\n")
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	h.eventually("the position is kept", func() bool { return h.position("log") != "" })
	var told strings.Builder
	check := func(n int) {
		t.Helper()
		h.eventually(fmt.Sprintf("ban %d is told", n), func() bool { return strings.Contains(h.out.String(), fmt.Sprintf("banned 198.51.100.%d", n)) })
	}
	ban(2)
	check(2)
	h.eventually("it is counted", func() bool { s := h.source("log"); return s.State == "ok" && s.Events == 1 })
	told.WriteString(h.out.String())
	h.stop()
	ban(3)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	ban(4)
	h.start()
	check(3)
	check(4)
	ban(5)
	check(5)
	told.WriteString(h.out.String())
	for n := 1; n <= 5; n++ {
		want := 1
		if n == 1 {
			want = 0 // it was before the first start
		}
		if got := strings.Count(told.String(), fmt.Sprintf("Fail2Ban banned 198.51.100.%d", n)); got != want {
			t.Errorf("ban %d is told %d times, want %d\n%s", n, got, want, told.String())
		}
	}
}
