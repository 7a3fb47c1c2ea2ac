package builtin_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
	"tocsin/sources/probe"
)

// probes are the pack's sources that look at something now and then, by name.
func probes(t testing.TB) map[string]*probe.Rule {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "barn"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	list := map[string]*probe.Rule{}
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(*probe.Rule); ok {
			list[s.Name] = rule
		}
	}
	return list
}

// found is what a look brings, as package look makes it of raw output or a file.
func found(r *probe.Rule, raw string) probe.Result {
	res := probe.Result{Values: map[string]any{}, Texts: []probe.Text{{Body: raw}}, Mark: "of " + raw}
	switch r.Kind {
	case probe.Command:
		res.Values["code"], res.Values["stdout"] = 0.0, raw
	case probe.File:
		res.Values["exists"], res.Values["content"] = true, raw
		res.Texts[0].Path = r.Path
	case probe.Cert:
		var days float64
		fmt.Sscan(raw, &days)
		res.Values["days_left"] = days
		res.Values["not_after"] = time.Date(2025, 2, 3, 4, 0, 0, 0, time.UTC).Add(time.Duration(days*24) * time.Hour)
	}
	return res
}

// simulated is what apt-get -s writes over a host with updates.
const simulated = `NOTE: This is only a simulation!
Reading package lists...
Inst pve-manager [8.2.2] (8.2.7 Proxmox VE:8.x [amd64])
Inst proxmox-kernel-6.8.12-4-pve-signed (6.8.12-4 Proxmox VE:8.x [amd64])
Inst libpve-common-perl [8.2.1] (8.2.5 Proxmox VE:8.x [all])
Inst libssl3 [3.0.11-1~deb12u2] (3.0.15-1~deb12u1 Debian:12.8/stable, Debian-Security:12/stable-security [amd64]) []
Inst openssl [3.0.11-1~deb12u2] (3.0.15-1~deb12u1 Debian-Security:12/stable-security [amd64])
Inst nano [7.2-1] (7.2-1+deb12u1 Debian:12.8/stable [amd64])
Inst tocsin [1.2.0] (1.3.0 Barn:stable [amd64])
Inst nvidia-driver [535.183.01-1] (550.54.14-1 Debian:12.8/stable [amd64])
Inst gasket-dkms [1.0-18] (1.0-18.2 Coral:stable [all])
Conf pve-manager (8.2.7 Proxmox VE:8.x [amd64])
Conf nano (7.2-1+deb12u1 Debian:12.8/stable [amd64])
`

// aptHistory is what apt notes of two runs; the second one is under way.
const aptHistory = `
Start-Date: 2025-02-01  06:10:11
Commandline: /usr/bin/apt-get -y install tree
Install: tree:amd64 (2.1.0-1)
End-Date: 2025-02-01  06:10:14

Start-Date: 2025-02-03  07:00:00
Commandline: apt full-upgrade
Requested-By: ann (1000)
Install: proxmox-kernel-6.8.12-4-pve-signed:amd64 (6.8.12-4, automatic)
Upgrade: pve-manager:amd64 (8.2.2, 8.2.7), nano:amd64 (7.2-1, 7.2-1+deb12u1)
`

const uevent = "DRIVER=%s\nPCI_CLASS=30000\nPCI_ID=10DE:2204\nPCI_SUBSYS_ID=1458:403B\nPCI_SLOT_NAME=0000:0a:00.0\nMODALIAS=pci:v000010DE\n"

const members = `{
"nodename": "barn",
"version": 7,
"cluster": { "name": "farm", "version": 3, "nodes": 2, "quorate": 1 },
"nodelist": {
  "barn": { "id": 1, "online": 1, "ip": "192.0.2.1"},
  "shed": { "id": 2, "online": %d, "ip": "192.0.2.2"}
  }
}
`

const replication = `{"4100": {"local/shed": {"last_sync": %d, "last_try": 1738555260, "fail_count": %d, "duration": 5.2%s, "storeid_list": ["tank"]}}}`

// TestProbes shows each source one look after the other, and names the event of
// each, with fields of it. Blanks in values are dots in the middle.
func TestProbes(t *testing.T) {
	shown := map[string]bool{}
	rules := probes(t)
	for _, c := range []struct {
		source string
		looks  [][2]string // raw, and what comes of it
	}{
		{"updates_pending", [][2]string{
			{"Reading package lists...\n", ""},
			{simulated, "update_summary total_count=9 security_count=2 pve_count=2 kernel_count=1 important_list=pve-manager·8.2.2·→·8.2.7,·proxmox-kernel-6.8.12-4-pve-signed·6.8.12-4,·libpve-common-perl·8.2.1·→·8.2.5"},
			{simulated, ""},
			{"Inst nano [7.2-1] (7.2-1+deb12u1 Debian:12.8/stable [amd64])\n", "update_summary total_count=1 security_count=0 pve_count=0 kernel_count=0 important_list="},
			{"", ""},
		}},
		{"pve_version", [][2]string{
			{"", ""},
			{simulated, "pve_update current_version=8.2.2 new_version=8.2.7"},
			{simulated, ""},
			{strings.ReplaceAll(simulated, "8.2.7", "8.3.0"), "pve_update current_version=8.2.2 new_version=8.3.0"},
			{"", ""},
		}},
		{"upgrade_done", [][2]string{
			{aptHistory, ""},
			{aptHistory + "End-Date: 2025-02-03  07:01:02\n", "update_complete count=2 reboot=true details=pve-manager·8.2.2·→·8.2.7/nano·7.2-1·→·7.2-1+deb12u1"},
			{aptHistory + "End-Date: 2025-02-03  07:01:02\n", ""},
			{"", ""}, // a new month
			{"\nStart-Date: 2025-03-01  07:00:00\nUpgrade: nano:amd64 (7, 8)\nEnd-Date: 2025-03-01  07:00:01\n", "update_complete count=1 reboot=false details=nano·7·→·8"},
		}},
		{"tocsin_version", [][2]string{{simulated, "tocsin_update current_version=1.2.0 new_version=1.3.0"}, {simulated, ""}}},
		{"nvidia_driver_version", [][2]string{{simulated, "nvidia_driver_update_available current_version=535.183.01-1 latest_version=550.54.14-1"}}},
		{"coral_driver_version", [][2]string{{simulated, "coral_driver_update_available variant_label=gasket-dkms latest_version=1.0-18.2"}}},
		{"cluster_nodes", [][2]string{
			{fmt.Sprintf(members, 1), ""},
			{fmt.Sprintf(members, 0), "node_disconnect node= node_id=2 reason=It·is·the·node·shed·(192.0.2.2)."},
			{fmt.Sprintf(members, 0), ""},
			{`{"nodename": "barn", "version": 0}`, ""}, // the cluster's file system starts: nobody knows
			{fmt.Sprintf(members, 1), "node_reconnect node_id=2"},
		}},
		{"replication_failed", [][2]string{
			{fmt.Sprintf(replication, 1738555200, 0, ""), ""},
			{fmt.Sprintf(replication, 1738555200, 1, `, "error": "no route to shed"`), "replication_fail vmid=4100 target_node=shed failures=1 reason=no·route·to·shed last_sync=2025-02-03·04:00:00"},
			{fmt.Sprintf(replication, 1738555200, 2, `, "error": "no route to shed"`), ""},
			{fmt.Sprintf(replication, 1738556200, 0, ""), ""},
			{fmt.Sprintf(replication, 0, 1, `, "error": "x"`), "replication_fail last_sync=never"},
		}},
		{"replication_done", [][2]string{
			{fmt.Sprintf(replication, 1738555200, 0, ""), ""},
			{fmt.Sprintf(replication, 1738555200, 1, ""), ""},
			{fmt.Sprintf(replication, 1738556200, 0, ""), "replication_complete vmid=4100 target_node=shed duration=5s"},
			{fmt.Sprintf(replication, 1738556200, 0, ""), ""},
		}},
		{"gpu_driver", [][2]string{
			{fmt.Sprintf(uevent, "nvidia"), ""},
			{fmt.Sprintf(uevent, "nvidia"), ""},
			{fmt.Sprintf(uevent, "vfio-pci"), "gpu_mode_switch gpu_pci=0000:0a:00.0 old_mode=host·(nvidia) new_mode=guests·(vfio-pci)"},
			{strings.Replace(uevent, "DRIVER=%s\n", "", 1), "gpu_mode_switch old_mode=guests·(vfio-pci) new_mode=no·driver"},
			{fmt.Sprintf(strings.Replace(uevent, "30000", "20000", 1), "e1000e"), ""},
		}},
	} {
		shown[c.source] = true
		r := rules[c.source]
		if r == nil {
			t.Errorf("the pack has no source %s", c.source)
			continue
		}
		state := &probe.State{}
		for n, look := range c.looks {
			at := time.Date(2025, 2, 3, 4, n, 0, 0, time.UTC)
			v := r.Judge(state, found(r, look[0]), at)
			checkProbe(t, fmt.Sprintf("%s, look %d", c.source, n), v, look[1])
			var err error
			if state, err = probe.ParseState(state.String()); err != nil { // as after a restart
				t.Fatal(err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if !shown[name] {
			t.Errorf("no look shows what source %s makes", name)
		}
	}
}

// checkProbe holds what came of a look against an event and fields of it.
func checkProbe(t *testing.T, name string, v probe.Verdict, want string) {
	t.Helper()
	typ, fields, _ := strings.Cut(want, " ")
	if len(v.Faults) > 0 || v.Trouble != "" {
		t.Errorf("%s: %v %s", name, v.Faults, v.Trouble)
	}
	if len(v.Findings) > 1 || (len(v.Findings) == 1) != (typ != "") {
		t.Errorf("%s: %d events, want %q", name, len(v.Findings), want)
		return
	}
	if typ == "" {
		return
	}
	e := v.Findings[0].Event
	if e.Type != typ {
		t.Errorf("%s: %s, want %s", name, e.Type, typ)
	}
	for _, pair := range strings.Fields(fields) {
		key, value, _ := strings.Cut(pair, "=")
		have := strings.ReplaceAll(event.Text(e.Data[key]), "\n", "/")
		if key == "severity" {
			have = e.Severity
		}
		if have != strings.ReplaceAll(value, "·", " ") {
			t.Errorf("%s: %s is %q, want %q in %v", name, key, have, value, e.Data)
		}
	}
}

// TestRecordedReplication holds the sources over replication against recorded states.
func TestRecordedReplication(t *testing.T) {
	dir := os.Getenv("TOCSIN_FIXTURES")
	if dir == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of samples")
	}
	rules := probes(t)
	for source, want := range map[string]string{
		"replication_failed": "replication_fail vmid=105 target_node=pve3 failures=1 last_sync=never",
		"replication_done":   "replication_complete vmid=100 target_node=pve2 duration=5s",
	} {
		state := &probe.State{}
		for i, file := range []string{"state-before.json", "state-after.json"} {
			text, err := os.ReadFile(filepath.Join(dir, "replication", file))
			if err != nil {
				t.Skip(err)
			}
			v := rules[source].Judge(state, found(rules[source], string(text)), time.Unix(1_773_450_700, 0))
			checkProbe(t, source+" "+file, v, []string{"", want}[i])
		}
	}
}

// configured is the pack on a host with a channel for everything, and a text over it.
func configured(t *testing.T, text string) *rules.Config {
	t.Helper()
	text = "tocsin {\n  enabled = true\n}\nchannel \"log\" \"console\" {}\n" + text
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Host: "barn", Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Files: map[string][]byte{"a.hcl": []byte(text)},
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return config
}

// newNight is a judge with the pack, and what a channel for everything was told.
func newNight(t *testing.T) (*ruletest.World, *[]string) {
	t.Helper()
	config := configured(t, "")
	var told []string
	w := ruletest.NewWorld(config.Policy, config.Templates, time.Date(2025, 2, 3, 4, 0, 0, 0, time.UTC))
	w.Told = func(_ string, m event.Message) { told = append(told, m.Type) }
	return w, &told
}

// A node that leaves is told once, by whichever source sees it first, and so is its
// return; the next time it leaves is news.
func TestANodeIsToldOnce(t *testing.T) {
	w, told := newNight(t)
	began := w.Now
	arrive := func(seconds int, typ string, data map[string]any) {
		w.Until(began.Add(time.Duration(seconds) * time.Second))
		w.Arrive(event.Incoming{Type: typ, Data: data})
	}
	byNumber, byName := map[string]any{"node_id": "2"}, map[string]any{"node_id": "2", "reason": "It is the node shed."}
	for _, start := range []int{0, 1200} {
		arrive(start, "node_disconnect", byNumber)
		arrive(start+12, "node_disconnect", byName)
		arrive(start+300, "node_reconnect", byName)
		arrive(start+305, "node_reconnect", byNumber)
	}
	w.Until(began.Add(time.Hour))
	single := slices.DeleteFunc(*told, func(typ string) bool { return typ == "burst_cluster" }) // which counts all that is said
	if want := []string{"node_disconnect", "node_reconnect", "node_disconnect", "node_reconnect"}; !slices.Equal(single, want) {
		t.Errorf("told %v, want %v", single, want)
	}
}

// A replication that fails is told once, although Proxmox VE posts it and its state
// shows it, and what comes well ends both.
func TestAReplicationIsToldOnce(t *testing.T) {
	w, told := newNight(t)
	began := w.Now
	for _, start := range []time.Duration{0, time.Hour} {
		w.Until(began.Add(start))
		w.Arrive(event.Incoming{Type: "replication_fail", Data: map[string]any{"vmid": 4100, "job_id": "4100-0", "target_node": "shed"}})
		w.Until(began.Add(start + 20*time.Second))
		w.Arrive(event.Incoming{Type: "replication_fail", Data: map[string]any{"vmid": "4100", "target_node": "shed"}})
		w.Until(began.Add(start + 20*time.Minute))
		w.Arrive(event.Incoming{Type: "replication_complete", Data: map[string]any{"vmid": "4100", "target_node": "shed"}})
	}
	if want := []string{"replication_fail", "replication_fail"}; !slices.Equal(*told, want) {
		t.Errorf("told %v, want %v", *told, want)
	}
}
