package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const unitDir = "systemd"

// TestUnit holds the unit against what the daemon does: it tells systemd how it
// is, waits for the verdict over a reload, and stops within fifteen seconds.
func TestUnit(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(unitDir, "tocsin.service"))
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

// TestAnnounceUnit holds the unit against when it must run: behind what starts guests,
// and so, at the end, before what stops them; with network and daemon on both ends.
func TestAnnounceUnit(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(unitDir, "tocsin-announce.service"))
	if err != nil {
		t.Fatal(err)
	}
	after := regexp.MustCompile(`(?m)^After=(.*)$`).FindSubmatch(src)
	if after == nil {
		t.Fatal("it has no order")
	}
	for _, unit := range []string{"tocsin.service", "network-online.target", "dbus.service", "pve-cluster.service", "pve-guests.service"} {
		if !slices.Contains(strings.Fields(string(after[1])), unit) {
			t.Errorf("it does not run behind %s", unit)
		}
	}
	for _, line := range []string{
		"Type=exec", "RemainAfterExit=yes", "ExecStart=-/usr/bin/tocsin announce startup --data /var/lib/tocsin",
		"ExecStop=-/usr/bin/tocsin announce shutdown --data /var/lib/tocsin", "WantedBy=multi-user.target",
	} {
		if !strings.Contains(string(src), "\n"+line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
	for _, word := range []string{"Requires=", "PartOf=", "BindsTo=", "ProtectProc=", "ProcSubset="} { // stops with the daemon; hides when the first process began
		if strings.Contains(string(src), word) {
			t.Errorf("the unit has %s", word)
		}
	}
}

// TestSocketUnit wants the address that the daemon has without it.
func TestSocketUnit(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(unitDir, "tocsin.socket"))
	if err != nil {
		t.Fatal(err)
	}
	config, _, _ := load(t, "quickstart")
	if config == nil || !strings.Contains(string(src), "\nListenStream="+config.Settings.API.Listen+"\n") {
		t.Errorf("the socket is not that of api.listen:\n%s", src)
	}
}

// TestFactsUnits wants a helper that only the daemon's group may ask, and that can reach
// nothing but this host.
func TestFactsUnits(t *testing.T) {
	for name, lines := range map[string][]string{
		"tocsin-facts.socket":  {"ListenStream=/run/tocsin-facts.sock", "SocketUser=root", "SocketGroup=tocsin", "SocketMode=0660"},
		"tocsin-facts.service": {"ExecStart=/usr/bin/tocsin facts --serve", "PrivateNetwork=yes", "NoNewPrivileges=yes", "ProtectSystem=strict"},
	} {
		src, err := os.ReadFile(filepath.Join(unitDir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(src), "\n"+line+"\n") {
				t.Errorf("%s lacks %s", name, line)
			}
		}
	}
}

// TestUnitsAreTaken lets systemd read the units and rate what they leave open.
func TestUnitsAreTaken(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze: systemd's own judgement of the units is not tested")
	}
	units, err := filepath.Glob(filepath.Join(unitDir, "*"))
	if err != nil || len(units) < 3 {
		t.Fatalf("%d units, %v", len(units), err)
	}
	dir := t.TempDir()
	for i, unit := range units {
		src, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		units[i] = filepath.Join(dir, filepath.Base(unit)) // with a program that is there
		if err := os.WriteFile(units[i], []byte(strings.ReplaceAll(string(src), "/usr/bin/tocsin", "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(analyze, append([]string{"verify", "--man=no"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for _, unit := range units {
		if !strings.HasSuffix(unit, ".service") {
			continue
		}
		limit := "20" // tenths
		if filepath.Base(unit) == "tocsin-facts.service" {
			limit = "45" // root, for disks and containers
		}
		out, err := exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold="+limit, unit).CombinedOutput()
		if err != nil {
			t.Errorf("%s is rated worse than %s tenths: %v\n%s", filepath.Base(unit), limit, err, out)
		}
	}
}
