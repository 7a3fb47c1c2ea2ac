package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const unitFile = "systemd/tocsin.service"

// TestUnit holds the unit against what the daemon does: it tells systemd how it
// is, waits for the verdict over a reload, and stops within fifteen seconds.
func TestUnit(t *testing.T) {
	src, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"Type=notify", "WatchdogSec=30", "Restart=always", "StartLimitIntervalSec=0", "TimeoutStopSec=20", "StateDirectory=tocsin",
		"ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "UMask=0077",
	} {
		if !strings.Contains(string(src), "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
	for pattern, why := range map[string]string{
		`(?m)^ExecReload=/usr/bin/tocsin reload `: "a reload that does not wait for the verdict",
		`(?m)^ExecStart=/usr/bin/tocsin serve `:   "another command",
	} {
		if !regexp.MustCompile(pattern).Match(src) {
			t.Errorf("the unit has %s: nothing matches %s", why, pattern)
		}
	}
	for _, word := range []string{"ProcSubset=pid", "PrivateUsers=yes", "notify-reload"} { // hides meminfo, breaks groups, needs systemd 253
		if strings.Contains(string(src), word) {
			t.Errorf("the unit has %s", word)
		}
	}
}

// TestUnitIsTaken lets systemd read the unit and rate what it leaves open.
func TestUnitIsTaken(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze: systemd's own judgement of the unit is not tested")
	}
	src, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	installed := filepath.Join(t.TempDir(), "tocsin.service") // with a program that is there
	if err := os.WriteFile(installed, []byte(strings.ReplaceAll(string(src), "/usr/bin/tocsin", "/bin/true")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", "--man=no", installed).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=20", installed).CombinedOutput()
	if err != nil {
		t.Errorf("it is rated worse than 2.0: %v\n%s", err, out)
	}
}
