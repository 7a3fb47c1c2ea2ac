package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

const scriptDir = "scripts"

// teller stands in for tocsin: it writes down what it is called with.
const teller = `printf '%s\0' "$@" >>"$CALLS"; printf '\1' >>"$CALLS"; exit ${TELLER:-0}`

// scriptCase is a run of a script on a host that is made for it. In its words WORK is the
// host's folder.
type scriptCase struct {
	script string
	args   string
	stdin  string
	env    []string
	files  map[string]string // a path that ends with / is a folder
	fakes  map[string]string // programs, as shell
	fails  bool
	want   []string          // calls; * stands for what differs each time
	left   map[string]string // files as they are afterwards; an empty one is not there
}

var scriptCases = []scriptCase{
	{script: "host-backup", args: "WORK/nas", env: []string{"ROOT=WORK/root"}, files: map[string]string{"nas/": "", "root/etc/hosts": "127.0.0.1 localhost\n"}, want: []string{
		"send host_backup_start backend_label=tar job_id=host-configuration destination=WORK/nas profile_mode=etc",
		"send host_backup_complete backend_label=tar job_id=host-configuration destination=WORK/nas profile_mode=etc archive_size=* duration=*",
	}},
	{script: "host-backup", args: "WORK/nas weekly", env: []string{"ROOT=WORK/root"}, files: map[string]string{"root/etc/hosts": "x"}, fails: true, want: []string{
		"send host_backup_start backend_label=tar job_id=weekly destination=WORK/nas profile_mode=etc",
		"send host_backup_fail backend_label=tar job_id=weekly destination=WORK/nas profile_mode=etc duration=* reason=*",
	}},
	{script: "vzdump-hook", args: "job-end", env: []string{"ROOT=WORK/root", "DUMPDIR=WORK/nas", "STOREID=attic"}, files: map[string]string{"nas/": "", "root/etc/hosts": "x"}, want: []string{
		"send host_backup_start backend_label=tar job_id=vzdump-attic destination=WORK/nas profile_mode=etc",
		"send host_backup_complete backend_label=tar job_id=vzdump-attic destination=WORK/nas profile_mode=etc archive_size=* duration=*",
	}},
	{script: "vzdump-hook", args: "backup-start snapshot 101", env: []string{"DUMPDIR=WORK"}},
	{script: "vzdump-hook", args: "job-end", env: []string{"ROOT=WORK/none", "DUMPDIR=WORK"}, want: []string{ // its job goes on
		"send host_backup_start backend_label=tar job_id=vzdump-local destination=WORK profile_mode=etc",
		"send host_backup_fail backend_label=tar job_id=vzdump-local destination=WORK profile_mode=etc duration=* reason=*",
	}},
	{script: "restore-done", args: "network users", env: []string{"PVE=WORK/pve"}, fakes: map[string]string{"systemctl": "echo 'smbd.service loaded failed failed Samba'"},
		files: map[string]string{"pve/local/qemu-server/101.conf": "name: plough\n", "pve/local/lxc/205.conf": "hostname: hay \"x\"\n", "pve/local/lxc/206.conf": ""}, want: []string{
			`send system_restore_completed guests=["101 plough","205 hay  x ","206 "] stubs=206 components=network users warnings=["smbd.service has failed"] --severity WARNING`,
		}},
	{script: "restore-done", env: []string{"PVE=WORK/pve"}, fakes: map[string]string{"systemctl": ":"}, files: map[string]string{"pve/": ""}, want: []string{
		"send system_restore_completed guests=[] stubs= components= warnings=[]",
	}},
	{script: "smart-result", args: "/dev/sdq", fakes: map[string]string{"smartctl": "printf '%s\\n' 'Num  Test_Description    Status                  Remaining' '# 1  Short offline       Completed without error       00%      9876         -' '# 2  Short offline       Completed: read failure       10%      9000         77'"}, want: []string{
		"send smart_test_complete device=/dev/sdq test_type=Short offline result=Completed without error",
	}},
	{script: "smart-result", args: "/dev/sdq", fakes: map[string]string{"smartctl": "echo '# 1  Extended offline    Completed: read failure       10%      9000         77'; exit 4"}, want: []string{
		"send smart_test_failed device=/dev/sdq test_type=Extended offline result=Completed: read failure reason=Extended offline    Completed: read failure       10%      9000         77",
	}},
	{script: "smart-result", args: "/dev/sdq", fakes: map[string]string{"smartctl": "echo '# 1  Short offline       Self-test routine in progress 90%      9000         -'"}, fails: true},
	{script: "smart-result", args: "/dev/sdq", fakes: map[string]string{"smartctl": ":"}, fails: true},
	{script: "smartd-exec", env: []string{"SMARTD_DEVICE=/dev/sdq", "SMARTD_FAILTYPE=SelfTest", "SMARTD_MESSAGE=Self-Test Log error count increased from 0 to 1"}, want: []string{
		"send smart_test_failed device=/dev/sdq reason=Self-Test Log error count increased from 0 to 1",
	}},
	{script: "smartd-exec", env: []string{"SMARTD_DEVICE=/dev/sdq", "SMARTD_FAILTYPE=Health", "SMARTD_MESSAGE=$(touch pwned)"}, want: []string{
		"send disk_io_error device=/dev/sdq reason=$(touch pwned) smart_status=Health",
	}},
	{script: "smartd-exec", env: []string{"SMARTD_FAILTYPE=EmailTest", "SMARTD_MESSAGE=TEST", "TELLER=2"}, want: []string{"send custom title=smartd reaches tocsin message=TEST"}},
	{script: "zed-tocsin", env: []string{"ZEVENT_SUBCLASS=statechange", "ZEVENT_POOL=barn", "ZEVENT_VDEV_PATH=/dev/sdq1", "ZEVENT_VDEV_STATE_STR=FAULTED"}, want: []string{
		"send disk_io_error pool=barn device=/dev/sdq1 reason=the device is FAULTED",
	}},
	{script: "zed-tocsin", env: []string{"ZEVENT_SUBCLASS=statechange", "ZEVENT_VDEV_STATE_STR=ONLINE"}},
	{script: "zed-tocsin", env: []string{"ZEVENT_SUBCLASS=io_failure", "ZEVENT_POOL=barn"}, want: []string{"send disk_io_error pool=barn device= reason=the pool is suspended, as it cannot be written"}},
	{script: "zed-tocsin", env: []string{"ZEVENT_SUBCLASS=history_event"}},
	{script: "apt-done", env: []string{"DPKG_LOG=WORK/log", "STATE=WORK/state", "REBOOT=WORK/reboot"}, files: map[string]string{
		"state": "2026-05-03 01:00:00\n", "reboot": "", "log": "2026-05-03 01:00:00 upgrade old:all 1 2\n2026-05-04 03:02:01 upgrade bash:amd64 5.2-1 5.2-2\n2026-05-04 03:02:02 configure bash:amd64 5.2-2 <none>\n2026-05-04 03:02:03 upgrade pve-manager:all 8.1 8.2\n",
	}, want: []string{"send update_complete count=2 reboot=true details=bash pve-manager"}},
	{script: "apt-done", env: []string{"DPKG_LOG=WORK/log", "STATE=WORK/state"}, files: map[string]string{"log": "2026-05-03 01:00:00 upgrade old:all 1 2\n"}},
	{script: "apt-done", env: []string{"DPKG_LOG=WORK/log", "STATE=WORK/state"}, files: map[string]string{"state": "2026-05-03 01:00:00\n", "log": "2026-05-03 01:00:00 upgrade old:all 1 2\n"}},
	{script: "setup-news", args: "WORK", fakes: map[string]string{"git": `case $1 in diff) printf 'tune/swap\ntune/"journal"\n';; esac`}, want: []string{`send post_install_update count=2 tool_list=["tune/swap","tune/ journal "]`}},
	{script: "setup-news", args: "WORK", fakes: map[string]string{"git": ":"}},
	{script: "setup-news", args: "WORK", fakes: map[string]string{"git": "exit 1"}, fails: true},
	{script: "lxc-update", args: "205", fakes: map[string]string{"pct": "case $* in config*) echo 'hostname: hay';; *update) echo ok;; *upgrade) echo '3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.';; esac"}, want: []string{
		"send lxc_update_applied vmid=205 ct_name=hay target=Debian packages result=3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded. duration=*",
	}},
	{script: "lxc-update", args: "205", fakes: map[string]string{"pct": "case $* in config*) echo 'hostname: hay';; *) echo 'no network' >&2; exit 100;; esac"}, fails: true, want: []string{
		"send custom --severity WARNING title=The update of CT 205 (hay) failed message=no network",
	}},
	{script: "gpu-mode", args: "0000:01:00.0 guest", fakes: map[string]string{"lspci": "echo '01:00.0 VGA compatible controller: Example GPU'", "driverctl": ":"}, want: []string{
		"send gpu_mode_switch gpu_pci=0000:01:00.0 gpu_name=VGA compatible controller: Example GPU old_mode=host new_mode=guest",
	}},
	{script: "gpu-mode", args: "0000:01:00.0 guest", fakes: map[string]string{"lspci": ":", "driverctl": "[ $1 = list-overrides ] && echo '0000:01:00.0 vfio-pci'"}},
	{script: "gpu-mode", args: "0000:01:00.0 host", fakes: map[string]string{"lspci": ":", "driverctl": "[ $1 = list-overrides ] && echo '0000:01:00.0 vfio-pci'"}, fails: true},
	{script: "gpu-guard", args: "101 pre-start", env: []string{"PVE=WORK/pve", "GROUPS_DIR=WORK/groups"}, files: map[string]string{
		"pve/local/qemu-server/101.conf": "name: plough\nhostpci0: 0000:01:00.0,pcie=1\n", "pve/local/qemu-server/110.conf": "name: mill\nhostpci1: host=01:00;02:00.1,x-vga=1\n", "groups/110.scope/": "",
	}, fails: true, want: []string{"send gpu_passthrough_blocked guest_type=VM guest_id=101 guest_name=plough reason=Device 01:00 is in use by VM 110, which is running."}},
	{script: "gpu-guard", args: "101 pre-start", env: []string{"PVE=WORK/pve", "GROUPS_DIR=WORK/groups"}, files: map[string]string{ // the other one is off, and has it in a snapshot
		"pve/local/qemu-server/101.conf": "hostpci0: 01:00\n", "pve/local/qemu-server/110.conf": "hostpci1: 01:00\n", "pve/local/qemu-server/111.conf": "name: x\n[old]\nhostpci1: 01:00\n", "groups/111.scope/": "",
	}},
	{script: "gpu-guard", args: "101 post-stop"},
	{script: "plugin-check", args: "storage root-disk check_disk -w 10%", env: []string{"STATE=WORK/checks"}, fakes: map[string]string{"check_disk": disk + "exit 1", "date": "echo 1000"}, want: []string{
		"send health_issue_new --severity WARNING category=storage entity=root-disk error_key=plugin/root-disk reason=DISK -w 10% $(touch pwned)",
	}, left: map[string]string{"checks/root-disk": "WARNING 1000 DISK -w 10% $(touch pwned)\n"}},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks"}, files: map[string]string{"checks/root-disk": "WARNING 900 DISK\n"}, fakes: map[string]string{"check_disk": disk + "exit 1"}},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks"}, files: map[string]string{"checks/root-disk": "WARNING 900 DISK\n"}, fakes: map[string]string{"check_disk": "exit 2"}, want: []string{
		"send health_issue_new --severity CRITICAL category=storage entity=root-disk error_key=plugin/root-disk reason=check_disk ended with code 2",
	}, left: map[string]string{"checks/root-disk": "CRITICAL 900 \n"}},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks"}, files: map[string]string{"checks/root-disk": "CRITICAL 900 DISK \\ full\n"}, fakes: map[string]string{"check_disk": disk, "date": "echo 1000"}, want: []string{
		`send health_issue_resolved category=storage entity=root-disk error_key=plugin/root-disk duration=100s reason=DISK \ full`,
	}, left: map[string]string{"checks/root-disk": ""}},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks", "TELLER=1"}, fakes: map[string]string{"check_disk": disk + "exit 2"}, fails: true, want: []string{ // it says so again
		"send health_issue_new --severity CRITICAL category=storage entity=root-disk error_key=plugin/root-disk reason=DISK $(touch pwned)",
	}, left: map[string]string{"checks/root-disk": ""}},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks"}, files: map[string]string{"checks/root-disk": "CRITICAL 900 DISK\n"}, fakes: map[string]string{"check_disk": "exit 3"}, fails: true, left: map[string]string{"checks/root-disk": "CRITICAL 900 DISK\n"}},
	{script: "plugin-check", args: "storage root-disk check_none", env: []string{"STATE=WORK/checks"}, fails: true},
	{script: "plugin-check", args: "storage ../root check_disk", env: []string{"STATE=WORK/checks"}, fakes: map[string]string{"check_disk": "exit 2"}, fails: true},
	{script: "plugin-check", args: "storage root-disk check_disk", env: []string{"STATE=WORK/checks"}, fakes: map[string]string{"check_disk": disk}},
	{script: "lxc-updates", fakes: map[string]string{"pct": containers}, want: []string{
		`send lxc_updates_available count=3 total_packages=6 security_count=1 ct_list=["105 files: 3 packages, 1 of them for security","107 dns: 1 package","109 forge: 2 packages"]`,
	}},
	{script: "lxc-updates", fakes: map[string]string{"pct": strings.ReplaceAll(containers, "exec 105 ", "exec 999 ")}, fails: true, want: []string{ // the others are told of
		`send lxc_updates_available count=2 total_packages=3 security_count=0 ct_list=["107 dns: 1 package","109 forge: 2 packages"]`,
	}},
	{script: "lxc-updates", fakes: map[string]string{"pct": `[ $1 = exec ] || printf 'VMID       Status     Lock         Name\n105        running                 files\n'`}},
	{script: "lxc-updates", fakes: map[string]string{"pct": "exit 2"}, fails: true},
	{script: "lxc-updates", fakes: map[string]string{"pct": inside, "ct/apt-get": `[ "$*" = "-qs upgrade" ] && echo 'Inst nano [7.2-1] (7.2-2 Debian:12.8/stable [amd64])'`, "ct/dnf": "exit 1"}, want: []string{
		`send lxc_updates_available count=1 total_packages=1 security_count=0 ct_list=["105 files: 1 package"]`,
	}},
	{script: "lxc-updates", fakes: map[string]string{"pct": inside, "ct/apk": `[ "$*" = "version -l <" ] && echo 'musl-1.2.5-r1 < 1.2.5-r3'`}, want: []string{
		`send lxc_updates_available count=1 total_packages=1 security_count=0 ct_list=["105 files: 1 package"]`,
	}},
	{script: "lxc-updates", fakes: map[string]string{"pct": inside, "ct/dnf": `echo 'tzdata.noarch 2024b-1.fc41 updates'; exit 100`}, want: []string{
		`send lxc_updates_available count=1 total_packages=1 security_count=0 ct_list=["105 files: 1 package"]`,
	}},
	{script: "lxc-updates", fakes: map[string]string{"pct": inside, "ct/dnf": `echo 'Cache-only enabled but no cache' >&2; exit 1`}, fails: true},
	{script: "release-news", args: "app Vaultwarden v1.33.2 108", stdin: `{"url":"https://api.example/v9.9.9","tag_name":"1.34.0","body":"not \"tag_name\": \"7.0.0\""}`, fakes: map[string]string{"pct": "echo 'arch: amd64'; echo 'hostname: vault'"}, want: []string{
		"send app_update_available app_name=Vaultwarden vmid=108 ct_name=vault installed=1.33.2 latest=1.34.0",
	}},
	{script: "release-news", args: "app Vaultwarden 1.9.10", stdin: "vaultwarden 1.10.0 (abc)\n", want: []string{"send app_update_available app_name=Vaultwarden installed=1.9.10 latest=1.10.0"}},
	{script: "release-news", args: "app Vaultwarden 1.34.0-rc1", stdin: "{\n  \"tag_name\": \"v1.34.0\"\n}\n", want: []string{"send app_update_available app_name=Vaultwarden installed=1.34.0~rc1 latest=1.34.0"}},
	{script: "release-news", args: "gateway Tailscale 1.80.0", stdin: `{"tag_name":"v1.82.5"}`, want: []string{"send secure_gateway_update_available app_name=Tailscale current_version=1.80.0 latest_version=1.82.5"}},
	{script: "release-news", args: "app Vaultwarden 1.34.0", stdin: `{"tag_name":"v1.34.0"}`},
	{script: "release-news", args: "app Vaultwarden 1.35.0-dev", stdin: `{"tag_name":"v1.34.0"}`},
	{script: "release-news", args: "app Vaultwarden 1.34.0", stdin: `{"message":"Not Found"}`, fails: true},
	{script: "release-news", args: "app Vaultwarden none", stdin: `{"tag_name":"v1.34.0"}`, fails: true},
	{script: "release-news", args: "both Vaultwarden 1.0", stdin: `{"tag_name":"v1.1"}`, fails: true},
	{script: "model-choice", args: "llama3.1 llama3.2", env: []string{"STATE=WORK/model"}, files: map[string]string{"model": "llama3.1\n"}, fakes: map[string]string{"ollama": models}, want: []string{
		"send ai_model_migrated provider=ollama old_model=llama3.1 new_model=llama3.2 message=Ollama no longer has llama3.1.",
	}, left: map[string]string{"model": "llama3.2\n"}},
	{script: "model-choice", args: "qwen3:4b llama3.2", env: []string{"STATE=WORK/model"}, files: map[string]string{"model": "llama3.2\n"}, fakes: map[string]string{"ollama": models}, left: map[string]string{"model": "llama3.2\n"}},
	{script: "model-choice", args: "qwen3:4b", env: []string{"STATE=WORK/model"}, fakes: map[string]string{"ollama": models}, left: map[string]string{"model": "qwen3:4b\n"}},
	{script: "model-choice", args: "llama3", env: []string{"STATE=WORK/model"}, files: map[string]string{"model": "llama3.1\n"}, fakes: map[string]string{"ollama": models}, fails: true, left: map[string]string{"model": "llama3.1\n"}},
	{script: "model-choice", args: "llama3.2", env: []string{"STATE=WORK/model"}, files: map[string]string{"model": "llama3.1\n"}, fakes: map[string]string{"ollama": "exit 1"}, fails: true, left: map[string]string{"model": "llama3.1\n"}},
}

// disk is a plugin that says with what it was called, and figures.
const disk = "echo \"DISK${*:+ $*}\"' $(touch pwned) | /=93%;90;95'; echo more; echo odd >&2; "

// models are what Ollama has.
const models = `printf 'NAME               ID      SIZE      MODIFIED\nllama3.2:latest    a80     2.0 GB    3 days ago\nqwen3:4b           e55     2.6 GB    2 weeks ago\n'`

// inside is pct with one container, whose programs are those in the folder ct.
const inside = `case $1 in
list) echo '105 running files' ;;
exec) shift 5 && PATH=${0%/*}/ct exec /bin/sh "$2" "$3" ;;
esac`

// containers are what pct knows of some, and what a simulated upgrade says in them.
const containers = `case "$1 $2 " in
"list  ") cat <<'EOF'
VMID       Status     Lock         Name
105        running                 files
106        stopped                 attic
107        running    backup       dns
108        running                 fresh
109        running                 forge
110        running                 bare
EOF
;;
"exec 105 ") cat <<'EOF'
Reading package lists...
The following packages will be upgraded:
  libc6.x86_64 openssl a-security
Inst libc6 [2.36-9+deb12u8] (2.36-9+deb12u9 Debian:12.8/stable [amd64])
Inst openssl [3.0.14-1] (3.0.15-1 Debian-Security:12/stable-security [amd64])
Inst a-security [1] (2 Ubuntu:24.04/noble-updates [all]) []
Conf libc6 (2.36-9+deb12u9 Debian:12.8/stable [amd64])
EOF
;;
"exec 107 ") printf 'Installed:                                Available:\nmusl-1.2.5-r1                            < 1.2.5-r3 \n' ;;
"exec 108 ") echo '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.' ;;
"exec 109 ") printf '\nvim-minimal.x86_64      2:9.1.785-1.fc41      updates\ntzdata.noarch   2024b-1.fc41  updates\nObsoleting Packages\nold.noarch  1-1  updates\n' ;;
"exec 110 ") ;;
*) echo 'CT is locked' >&2; exit 255 ;;
esac`

func TestScripts(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh: the scripts are not tested")
	}
	for i, c := range scriptCases {
		t.Run(fmt.Sprint(c.script, " ", i), func(t *testing.T) {
			work := t.TempDir()
			c.furnish(t, work)
			calls, err := c.run(t, shell, work)
			if _, failed := errors.AsType[*exec.ExitError](err); failed != c.fails {
				t.Errorf("it ended with %v", err)
			}
			if diff := cmp.Diff(c.expected(work), told(calls, c.expected(work))); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			for _, call := range calls {
				checkCall(t, call)
			}
			for name, want := range c.left {
				if text, _ := os.ReadFile(filepath.Join(work, name)); string(text) != want {
					t.Errorf("%s holds %q, want %q", name, text, want)
				}
			}
			if _, err := os.Stat(filepath.Join(work, "pwned")); err == nil {
				t.Error("text of an event was run")
			}
		})
	}
}

// furnish makes the host of a case.
func (c *scriptCase) furnish(t *testing.T, work string) {
	t.Helper()
	put := func(name, text string, mode os.FileMode) {
		path := filepath.Join(work, name)
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			return
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), mode)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range c.files {
		put(name, text, 0o600)
	}
	put("bin/tocsin", "#!/bin/sh\n"+teller+"\n", 0o755)
	for name, text := range c.fakes {
		put("bin/"+name, "#!/bin/sh\n"+text+"\n", 0o755)
	}
}

// run runs the script and returns the calls of tocsin, word by word.
func (c *scriptCase) run(t *testing.T, shell, work string) ([][]string, error) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(scriptDir, c.script))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, append([]string{path}, strings.Fields(strings.ReplaceAll(c.args, "WORK", work))...)...)
	cmd.Dir, cmd.Stdin = work, strings.NewReader(c.stdin)
	cmd.Env = []string{"PATH=" + filepath.Join(work, "bin") + ":" + os.Getenv("PATH"), "CALLS=" + filepath.Join(work, "calls"), "TMPDIR=" + work}
	for _, pair := range c.env {
		cmd.Env = append(cmd.Env, strings.ReplaceAll(pair, "WORK", work))
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	text, _ := os.ReadFile(filepath.Join(work, "calls"))
	var calls [][]string
	for call := range bytes.SplitSeq(text, []byte("\x01")) {
		if len(call) > 0 {
			calls = append(calls, strings.Split(strings.TrimSuffix(string(call), "\x00"), "\x00"))
		}
	}
	return calls, err
}

func (c *scriptCase) expected(work string) []string {
	var list []string
	for _, call := range c.want {
		list = append(list, strings.ReplaceAll(call, "WORK", work))
	}
	return list
}

// told writes calls as lines, with a * where the expected ones have one.
func told(calls [][]string, want []string) []string {
	var list []string
	for i, words := range calls {
		words = slices.Clone(words)
		for n, word := range words {
			key, value, ok := strings.Cut(word, "=")
			if ok && value != "" && i < len(want) && strings.Contains(want[i]+" ", " "+key+"=* ") {
				words[n] = key + "=*"
			}
		}
		list = append(list, strings.Join(words, " "))
	}
	return list
}

// checkCall holds what is sent against the catalogue.
func checkCall(t *testing.T, words []string) {
	t.Helper()
	config, _, _ := load(t, "quickstart")
	if config == nil || len(words) < 2 || words[0] != "send" {
		t.Fatalf("%q is no call of send", words)
	}
	typ := config.Policy.Types[words[1]]
	if typ == nil {
		if words[1] != config.Policy.Generic.Name {
			t.Errorf("%s is no event of the catalogue", words[1])
		}
		return
	}
	for _, word := range words[2:] {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			continue
		}
		var given any = value
		if strings.HasPrefix(value, "[\"") || value == "[]" { // send reads JSON
			if err := json.Unmarshal([]byte(value), &given); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
		if field, known := typ.Fields[key]; !known {
			t.Errorf("%s has no field %s", words[1], key)
		} else if _, fits := event.Coerce(given, field); value != "" && !fits {
			t.Errorf("%s takes no %q for %s", words[1], value, key)
		}
	}
}

// TestEachScriptIsRun fails when a script is not tested, or no list names it.
func TestEachScriptIsRun(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(scriptDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(scriptDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if name == "README.md" {
			continue
		}
		if !slices.ContainsFunc(scriptCases, func(c scriptCase) bool { return c.script == name && len(c.want) > 0 }) {
			t.Errorf("nothing shows what %s sends", name)
		}
		if !strings.Contains(string(list), "\n| `"+name+"` |") {
			t.Errorf("README.md does not name %s", name)
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o111 == 0 {
			t.Errorf("%s cannot be run: %v", name, err)
		}
		if shell, err := exec.LookPath("sh"); err == nil {
			if out, err := exec.Command(shell, "-n", filepath.Join(scriptDir, name)).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	}
}
