package boot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/sources/tasks"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// task is one of Proxmox VE that began so many seconds after noon and lasted two; one
// without a status runs.
func task(worker, id string, second int, status string) tasks.Task {
	at := noon.Add(time.Duration(second) * time.Second)
	t := tasks.Task{UPID: tasks.UPID{Text: fmt.Sprint(worker, id, second), Type: worker, ID: id, Start: at}, Status: status}
	if status != "" {
		t.End = at.Add(2 * time.Second)
	}
	return t
}

func TestReport(t *testing.T) {
	web := Guest{ID: "101", Name: "web", OnBoot: true}
	dns := Guest{ID: "205", Name: "dns", Container: true, OnBoot: true}
	up := func(g Guest) Guest {
		g.Running = true
		return g
	}
	for name, c := range map[string]struct {
		facts    Facts
		severity string
		data     map[string]any // those that are looked at
	}{
		"nothing but the host": {Facts{ID: "b1", Took: 61400 * time.Millisecond}, "", map[string]any{
			"boot": "b1", "startup_duration_seconds": 61.0, "has_issues": false, "summary": "", "vms_started": []any{}, "services_failed": []any{},
		}},
		"all is well": {Facts{Guests: []Guest{up(web), up(dns), {ID: "300", Name: "spare"}}}, "", map[string]any{
			"has_issues": false, "vms_started": []any{"101 web"}, "cts_started": []any{"205 dns"}, "vms_failed": []any{}, "cts_failed": []any{},
			"summary": "All guests that start with the host are up: 2.",
		}},
		"one does not start": {Facts{Guests: []Guest{web, up(dns)}, Tasks: []tasks.Task{task("qmstart", "101", 3, "storage 'nas' is not\tonline")}}, "WARNING", map[string]any{
			"has_issues": true, "vms_failed": []any{"101 web"}, "vms_started": []any{}, "cts_started": []any{"205 dns"},
			"summary": "1 of 2 guests that start with the host did not come up:\n101 web: storage 'nas' is not online",
		}},
		"the last try counts": {Facts{Guests: []Guest{web}, Tasks: []tasks.Task{task("qmstart", "101", 9, "second"), task("qmstart", "101", 3, "first"), task("qmstart", "102", 20, "other")}}, "WARNING", map[string]any{
			"summary": "1 of 1 guests that start with the host did not come up:\n101 web: second",
		}},
		"never started":   {Facts{Guests: []Guest{dns}}, "WARNING", map[string]any{"cts_failed": []any{"205 dns"}, "summary": "1 of 1 guests that start with the host did not come up:\n205 dns: it was not started"}},
		"fell over":       {Facts{Guests: []Guest{web}, Tasks: []tasks.Task{task("qmstart", "101", 3, "OK")}}, "WARNING", map[string]any{"vms_failed": []any{"101 web"}}},
		"stopped by hand": {Facts{Guests: []Guest{dns}, Tasks: []tasks.Task{task("vzstart", "205", 3, "WARNINGS: 1"), task("vzshutdown", "205", 60, "OK")}}, "", map[string]any{"cts_started": []any{"205 dns"}, "has_issues": false}},
		"runs in spite of": {Facts{Guests: []Guest{up(web)}, Tasks: []tasks.Task{task("qmstart", "101", 3, "already running")}}, "", map[string]any{
			"vms_started": []any{"101 web"}, "has_issues": false,
		}},
		"still starting": {Facts{GaveUp: true, Guests: []Guest{web}, Tasks: []tasks.Task{task("qmstart", "101", 3, "")}}, "WARNING", map[string]any{
			"summary": "1 of 1 guests that start with the host did not come up:\n101 web: it is still starting\nGuests are still being started; this is how far it is.",
		}},
		"units and storages": {Facts{Units: []string{"zfs-mount.service"}, Storages: []string{"n\x1bas"}}, "WARNING", map[string]any{
			"services_failed": []any{"zfs-mount.service"}, "storage_unavailable": []any{"n<U+001B>as"}, "has_issues": true, "summary": "",
		}},
		"what was not looked at is no issue": {Facts{Unread: []string{"the guests: permission denied"}}, "", map[string]any{
			"has_issues": false, "summary": "Not looked at: the guests: permission denied",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in := Report(c.facts)
			if in.Type != "system_startup" || in.Severity != c.severity {
				t.Errorf("it is %s %q, want %q", in.Type, in.Severity, c.severity)
			}
			for field, want := range c.data {
				if diff := cmp.Diff(want, in.Data[field]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", field, diff)
				}
			}
		})
	}
}

func TestASummaryIsBounded(t *testing.T) {
	var f Facts
	for n := range 500 {
		f.Guests = append(f.Guests, Guest{ID: fmt.Sprint(100 + n), OnBoot: true})
		f.Tasks = append(f.Tasks, task("qmstart", fmt.Sprint(100+n), n, strings.Repeat("x", 5000)))
	}
	text := Report(f).Data["summary"].(string)
	if len(text) > 4000 || !strings.HasSuffix(text, "… and 490 more") {
		t.Errorf("%d bytes: …%s", len(text), text[len(text)-100:])
	}
}

func TestBusy(t *testing.T) {
	for _, c := range []struct {
		task tasks.Task
		want bool
	}{
		{task("startall", "", 1, ""), true}, {task("startall", "", 1, "OK"), false}, {task("vzstart", "205", 1, ""), true}, {task("vncproxy", "101", 1, ""), false},
	} {
		if got := Busy([]tasks.Task{c.task}); got != c.want {
			t.Errorf("%s %q: %v", c.task.Type, c.task.Status, got)
		}
	}
}

func TestEnding(t *testing.T) {
	for _, c := range []struct{ jobs, want string }{
		{"", ""},
		{"No jobs running.\n", ""},
		{"  512 tocsin-announce.service restart running\n", ""},
		{" 1704 reboot.target                start waiting\n 1650 tocsin-announce.service stop  running\n 1651 shutdown.target start waiting\n", "system_reboot"},
		{"12 kexec.target start waiting", "system_reboot"},
		{"12 soft-reboot.target start waiting", "system_reboot"},
		{"12 poweroff.target start waiting\n", "system_shutdown"},
		{"12 halt.target start waiting\n13 final.target start waiting\n", "system_shutdown"},
		{"12 shutdown.target start waiting\n", ""},
		{"12 reboot.target stop waiting\n", ""},
		{"12 not-reboot.target start waiting\n", ""},
		{"JOB UNIT          TYPE  STATE\n  9 poweroff.target start waiting\n\n1 jobs listed.\n", "system_shutdown"},
	} {
		if got := Ending(c.jobs); got != c.want {
			t.Errorf("%q: %q, want %q", c.jobs, got, c.want)
		}
	}
}

func TestFailedUnits(t *testing.T) {
	text := `zfs-mount.service       loaded failed failed Mount ZFS filesystems
● mnt-pve-nas.mount       loaded failed failed /mnt/pve/nas
session-4.scope         loaded failed failed Session 4 of user ana
user@1000.service       loaded failed failed User Manager
0 loaded units listed.
`
	if got, want := FailedUnits(text), []string{"zfs-mount.service", "mnt-pve-nas.mount"}; !slices.Equal(got, want) {
		t.Errorf("units are %q, want %q", got, want)
	}
	if got := FailedUnits(strings.Repeat("a.service loaded failed failed x\n", 1000)); len(got) != maxUnits {
		t.Errorf("%d units", len(got))
	}
}

func TestStorages(t *testing.T) {
	config := `dir: local
	path /var/lib/vz
	content iso

# an old one
nfs: attic
	server 192.0.2.8
	disable

nfs: nas
	nodes barn,mill
	server 192.0.2.9

zfspool: tank
	nodes mill
	pool tank
lvmthin: fast
	disable 0
	nodes barn; mill
`
	barn := Storages(config, "barn")
	if want := []string{"local", "nas", "fast"}; !slices.Equal(barn, want) {
		t.Errorf("storages are %q, want %q", barn, want)
	}
	for _, c := range []struct {
		figures string
		missing []string
		known   bool
	}{
		{"", barn, false},
		{"pve2-storage/mill/nas:1:2:3\npve2-node/barn:1\n", barn, false},
		{"pve2-storage/barn/local:1773:1:2\npve2-storage/mill/nas:1773:1:2\npve2-storage/barn/fast:1773:9:1\n", []string{"nas"}, true},
		{"pve-storage-9.0/barn/local:1773:1:2\npve-storage-9.0/barn/nas:1:2:3\npve-storage-9.0/barn/fast:1:2:3\n", nil, true},
	} {
		missing, known := Missing(barn, c.figures, "barn")
		if !slices.Equal(missing, c.missing) || known != c.known {
			t.Errorf("%q: %q, %v", c.figures, missing, known)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("1 reboot.target start waiting\n")
	f.Add("a.service loaded failed failed x\n")
	f.Add("dir: local\n\tdisable\n")
	f.Add("pve2-storage/n/local:1\n")
	f.Fuzz(func(t *testing.T, text string) {
		if typ := Ending(text); typ != "" && !strings.Contains(text, ".target") {
			t.Errorf("%q of %q", typ, text)
		}
		if len(FailedUnits(text)) > maxUnits {
			t.Error("too many units")
		}
		wanted := Storages(text, "n")
		if missing, _ := Missing(wanted, text, "n"); len(missing) > len(wanted) {
			t.Error("more are missing than there are")
		}
	})
}
