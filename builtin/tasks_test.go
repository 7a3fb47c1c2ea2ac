package builtin_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
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
	"tocsin/sources/journal"
	"tocsin/sources/tasks"
)

// taskMatcher holds the pack's sources over tasks.
func taskMatcher(t testing.TB) *tasks.Matcher {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "pve1"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var list []*tasks.Rule
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(*tasks.Rule); ok && s.Enabled {
			list = append(list, rule)
		}
	}
	return tasks.NewMatcher(list)
}

// madeOf returns what the pack makes of a task; none: nothing.
func madeOf(t *testing.T, m *tasks.Matcher, task *tasks.Task, log string) (string, event.Incoming) {
	t.Helper()
	l := &tasks.Log{}
	if err := l.Read(strings.NewReader(log)); err != nil {
		t.Fatal(err)
	}
	matches, faults := m.Match(task, l, nil)
	switch {
	case len(faults) > 0 || len(matches) > 1:
		t.Errorf("%s: %d events, %v", task.Text, len(matches), faults)
	case len(matches) == 1:
		return matches[0].Event.Type, matches[0].Event
	}
	return "none", event.Incoming{}
}

// TestTasks holds the sources against tasks of all kinds. Each line has the worker,
// the status, the log with / between its lines, the event, and fields of it.
func TestTasks(t *testing.T) {
	m := taskMatcher(t)
	for n, line := range strings.Split(strings.TrimSpace(`
qmstart 4100 | OK | TASK OK | vm_start vmid=4100 user=ann@pam duration=5s reason= action=
qmstart 4100 | WARNINGS: 2 | WARN: clock is odd//TASK WARNINGS: 2 | vm_start_warning warning_count=2 reason=clock·is·odd
qmstart 4100 | no such disk | TASK ERROR: no such disk | vm_fail action=start reason=no·such·disk
qmstop 4100 | OK | TASK OK | vm_stop severity=
qmstop 4100 | WARNINGS: 1 | TASK WARNINGS: 1 | vm_stop severity=WARNING
qmstop 4100 | got timeout | | vm_fail action=stop
qmshutdown 4100 | OK | | vm_shutdown
qmshutdown 4100 | WARNINGS: 1 | | vm_shutdown severity=WARNING
qmshutdown 4100 | got timeout | | vm_fail action=shutdown
qmreboot 4100 | OK | | vm_restart
qmreset 4100 | OK | | vm_restart
qmreset 4100 | WARNINGS: 1 | | vm_restart severity=WARNING
qmreboot 4100 | got timeout | | vm_fail action=restart
vzstart 4200 | OK | | ct_start
vzstart 4200 | WARNINGS: 1 | | ct_start_warning
vzstart 4200 | startup failed | lxc_init: 1 Failed to run a hook | ct_fail action=start reason=startup·failed/lxc_init:·1·Failed·to·run·a·hook
vzstop 4200 | OK | | ct_stop
vzstop 4200 | WARNINGS: 1 | | ct_stop severity=WARNING
vzstop 4200 | x | | ct_fail action=stop
vzshutdown 4200 | OK | | ct_shutdown
vzshutdown 4200 | WARNINGS: 1 | | ct_shutdown severity=WARNING
vzshutdown 4200 | x | | ct_fail action=shutdown
vzreboot 4200 | OK | | ct_restart
vzreboot 4200 | WARNINGS: 1 | | ct_restart severity=WARNING
vzreboot 4200 | x | | ct_fail action=restart
qmigrate 4100 | | 2025-02-03 04:05:06 starting migration of VM 4100 to node 'shed' (192.0.2.7) | migration_start node=barn target_node=shed
qmigrate 4100 | OK | 2025-02-03 04:05:06 starting migration of VM 4100 to node 'shed' (192.0.2.7) | migration_complete node=barn target_node=shed duration=5s
vzmigrate 4200 | WARNINGS: 1 | 2025-02-03 04:05:06 WARN: slow | migration_warning warning_count=1 reason=slow
vzmigrate 4200 | migration aborted | 2025-02-03 04:05:06 ERROR: no route to shed/TASK ERROR: migration aborted | migration_fail reason=no·route·to·shed
qmsnapshot 4100 | OK |   Logical volume "snap_vm-4100-disk-0_dawn" created. | snapshot_complete snapshot_name=dawn severity=
vzsnapshot 4200 | WARNINGS: 1 | | snapshot_complete severity=WARNING
vzsnapshot 4200 | cannot create snapshot 'tank/subvol-4200-disk-1@dusk': out of space | | snapshot_fail snapshot_name=dusk
vzdump 4100 | | INFO: starting new backup job: vzdump 4100 --storage 'tape' | backup_start vmid=4100 storage=tape
vzdump | OK | INFO: starting new backup job: vzdump --all 1 --storage tape/INFO: Starting Backup of VM 4100 (qemu)/INFO: Starting Backup of VM 4200 (lxc) | backup_complete storage=tape vmids=4100,·4200
vzdump | WARNINGS: 1 | WARN: notes are full | backup_warning reason=notes·are·full warning_count=1
vzdump 4100 | job errors | ERROR: Backup of VM 4100 failed - disk is gone | backup_fail vmids=4100 reason=Backup·of·VM·4100·failed·-·disk·is·gone
qmclone 4100 | it failed | | none
vncproxy 4100 | it failed | | none
aptupdate | it failed | | none
futurework 4100 | it failed | | none
`), "\n") {
		part := strings.Split(line, "|")
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		worker, id, _ := strings.Cut(part[0], " ")
		text := fmt.Sprintf("UPID:barn:0000BEEF:00C0FFEE:67A03C00:%s:%s:ann@pam:", worker, id)
		task, ok := tasks.ParseIndex(text + " 67A03C05 " + part[1])
		if part[1] == "" {
			task, ok = tasks.ParseActive(text + " 0")
		}
		if !ok {
			t.Fatalf("line %d: no task", n)
		}
		want, fields, _ := strings.Cut(part[3], " ")
		got, e := madeOf(t, m, &task, strings.ReplaceAll(part[2], "/", "\n"))
		if got != want {
			t.Errorf("line %d: %s, want %s: %s", n, got, want, line)
			continue
		}
		for _, pair := range strings.Fields(fields) {
			key, value, _ := strings.Cut(pair, "=")
			value = strings.ReplaceAll(value, "·", " ")
			have := strings.ReplaceAll(event.Text(e.Data[key]), "\n", "/")
			if key == "severity" {
				have = e.Severity
			}
			if have != value {
				t.Errorf("line %d: %s is %q, want %q in %v", n, key, have, value, e.Data)
			}
		}
	}
}

// TestRecordedTasks holds the sources against recorded tasks and what people said
// that they mean.
func TestRecordedTasks(t *testing.T) {
	dir := os.Getenv("TOCSIN_FIXTURES")
	if dir == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of samples")
	}
	dir = filepath.Join(dir, "tasks")
	file, err := os.Open(filepath.Join(dir, "expected.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := taskMatcher(t)
	for _, row := range rows[1:] {
		upid, end, status, folder, start, want, other := row[0], row[5], row[6], row[7], row[9], row[10], row[11]
		log, _ := os.ReadFile(filepath.Join(dir, folder, upid))
		task, ok := tasks.ParseActive(upid + " 0")
		if !ok || task.Folder() != folder || task.Type != row[1] || task.ID != row[2] || task.User != row[3] || fmt.Sprint(task.Start.Unix()) != row[4] {
			t.Errorf("%s: %+v", upid, task)
		}
		if got, _ := madeOf(t, m, &task, string(log)); got != start {
			t.Errorf("%s: its start is %s, want %s", upid, got, start)
		}
		if end == "" {
			continue
		}
		var seconds int64
		fmt.Sscan(end, &seconds)
		task, ok = tasks.ParseIndex(fmt.Sprintf("%s %08X %s", upid, seconds, status))
		if !ok || task.Status != status || task.End.Unix() != seconds {
			t.Errorf("%s: %+v", upid, task)
		}
		got, e := madeOf(t, m, &task, string(log))
		if got != want && !slices.Contains(strings.Split(other, "|"), got) || got != want && other == "" {
			t.Errorf("%s: its end is %s, want %s %s", upid, got, want, other)
		}
		if task.Outcome() == tasks.Failed && got != "none" && e.Data["reason"] == nil {
			t.Errorf("%s: no reason in %v", upid, e.Data)
		}
	}
}

// posted is what Proxmox VE posts of a job.
func posted(t *testing.T, at time.Time, severity, status, job string) event.Incoming {
	t.Helper()
	message := fmt.Sprintf(`Details
=======
VMID    Name      Status    Time    Size         Filename
4100    plough    %s        1m      1.000 GiB    vm/4100/x
4200    rake      ok        1m      1.000 GiB    ct/4200/x

Total running time: 2m
Total size: 2 GiB

Logs
====
vzdump 4100 4200 --storage tape
4100: 2025-02-03 04:05:06 INFO: Starting Backup of VM 4100 (qemu)
`, status)
	body := fmt.Sprintf(`{"title": "vzdump backup status", "message": %q, "severity": %q, "timestamp": %d, "fields": {"type": "vzdump", "hostname": "barn", "job-id": %q}}`,
		message, severity, at.Unix(), job)
	return decoded(t, body)
}

// backupNight is a judge with the pack, and what it told.
type backupNight struct {
	t *testing.T
	m *tasks.Matcher
	*ruletest.World
	began time.Time
	told  []string
}

func newBackupNight(t *testing.T) *backupNight {
	t.Helper()
	const text = "tocsin {\n  enabled = true\n}\nchannel \"log\" \"console\" {}\ntoggles {\n  backup_start = true\n}\n"
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Host: "barn", Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Files: map[string][]byte{"a.hcl": []byte(text)},
	})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	n := &backupNight{t: t, m: taskMatcher(t), began: time.Unix(0x67A03C00, 0)}
	n.World = ruletest.NewWorld(config.Policy, config.Templates, n.began)
	n.Told = func(_ string, m event.Message) { n.told = append(n.told, m.Type) }
	return n
}

// list lets a task end, seconds after it began.
func (n *backupNight) list(pid int, status, guests string, seconds int) {
	n.t.Helper()
	n.Until(n.began.Add(time.Duration(seconds) * time.Second))
	task, ok := tasks.ParseIndex(fmt.Sprintf("UPID:barn:%08X:00C0FFEE:67A03C00:vzdump::root@pam: %08X %s", pid, 0x67A03C00+seconds, status))
	if !ok {
		n.t.Fatal("no task")
	}
	_, e := madeOf(n.t, n.m, &task, "INFO: starting new backup job: vzdump "+guests+" --storage tape\n")
	n.Arrive(e)
}

// post lets Proxmox VE post the end of the job over 4100 and 4200.
func (n *backupNight) post(severity, row string, seconds int) {
	n.t.Helper()
	n.Until(n.began.Add(time.Duration(seconds) * time.Second))
	n.Arrive(posted(n.t, n.Now, severity, row, "backup-a"))
}

func (n *backupNight) check(what string, want ...string) {
	n.t.Helper()
	if !slices.Equal(n.told, want) {
		n.t.Errorf("%s: told %v, want %v", what, n.told, want)
	}
	n.told = nil
}

// The end of a backup that Proxmox VE posts and lists is told once; that of another
// job is told, too, and what is not posted is.
func TestABackupIsToldOnce(t *testing.T) {
	for _, c := range []struct{ severity, row, status, want string }{
		{"info", "ok", "OK", "backup_complete"},
		{"error", "err", "job errors", "backup_fail"},
	} {
		const day = 86400
		n := newBackupNight(t)
		n.post(c.severity, c.row, 60)
		n.list(1, c.status, "4100 4200", 73)
		n.check("posted and listed", c.want)
		n.post(c.severity, c.row, day)
		n.list(3, c.status, "4100 4200", day+13)
		n.check("the next night", c.want)
		n.post("info", "ok", 2*day)
		n.list(4, "OK", "4100 4200", 2*day+13)
		n.check("it goes well", "backup_complete")
		n.list(5, c.status, "4100 4200", 3*day)
		n.check("listed alone", c.want)
		n.list(6, c.status, "4300 4400", 3*day+1)
		n.check("another job", c.want)
	}
}

// The start of a backup is logged and listed, and told once; that of the next is told,
// too.
func TestABackupsStartIsToldOnce(t *testing.T) {
	matcher := journal.NewMatcher(journalRules(t))
	for _, c := range []struct{ id, guests string }{{"4100", "4100"}, {"", "4100 4200"}, {"", "--all 1"}} {
		n := newBackupNight(t)
		logged := func() {
			t.Helper()
			line, err := json.Marshal(entryOf("pvescheduler | INFO: starting new backup job: vzdump " + c.guests + " --storage tape --quiet 1"))
			if err != nil {
				t.Fatal(err)
			}
			matches, _, err := matcher.Match(line)
			if err != nil || len(matches) != 1 {
				t.Fatalf("%d events, %v", len(matches), err)
			}
			n.Arrive(matches[0].Event)
		}
		listed := func(pid int) {
			t.Helper()
			task, ok := tasks.ParseActive(fmt.Sprintf("UPID:barn:%08X:00C0FFEE:67A03C00:vzdump:%s:root@pam: 0", pid, c.id))
			if !ok {
				t.Fatal("no task")
			}
			_, e := madeOf(t, n.m, &task, "INFO: starting new backup job: vzdump "+c.guests+" --storage tape --quiet 1\n")
			n.Arrive(e)
		}
		logged()
		listed(1)
		n.check("logged and listed", "backup_start")
		n.Until(n.began.Add(24 * time.Hour))
		listed(2)
		logged()
		n.check("the next night", "backup_start")
	}
}
