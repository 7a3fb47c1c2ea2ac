package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/sources/boot"
)

// barn is a host whose files are in a folder, and whose systemd says what it is told.
type barn struct {
	*Host
	t    *testing.T
	mu   sync.Mutex // of says
	says map[string]string
}

func newBarn(t *testing.T) *barn {
	t.Helper()
	b := &barn{t: t, Host: New(t.TempDir(), "none"), says: map[string]string{"is-system-running": "running\n", "list-units": "", "list-jobs": ""}}
	b.Host.ask = func(_ context.Context, args ...string) (string, error) {
		b.mu.Lock()
		text, ok := b.says[args[0]]
		b.mu.Unlock()
		if !ok {
			return "", errors.New("ask systemd: it is not there")
		}
		return text, nil
	}
	b.put("proc/sys/kernel/random/boot_id", "c0ffee00-0000-4000-8000-000000000001\n")
	b.put("proc/1/stat", "1 (a (b) c) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 42 1 2\n")
	b.put("proc/uptime", "95.40 120.00\n")
	return b
}

func (b *barn) put(name, text string) {
	b.t.Helper()
	path := filepath.Join(b.root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		b.t.Fatal(err)
	}
}

// proxmox puts a node with two guests there, of which one runs, and two storages, of
// which one is reached.
func (b *barn) proxmox() {
	b.t.Helper()
	b.put("etc/pve/nodes/barn/qemu-server/4100.conf", "name: plough\nonboot: 1\n")
	b.put("etc/pve/nodes/barn/lxc/4200.conf", "hostname: hay\nonboot: 1\n")
	b.put("etc/pve/storage.cfg", "dir: local\n\tpath /x\n\nnfs: nas\n\tserver 192.0.2.9\n")
	b.put("etc/pve/.rrd", "pve2-storage/barn/local:1:2:3\n")
	b.put("sys/fs/cgroup/lxc/4200/cgroup.procs", "")
	if err := os.Symlink("nodes/barn", filepath.Join(b.root, "etc/pve/local")); err != nil {
		b.t.Fatal(err)
	}
}

func TestABootIsTold(t *testing.T) {
	b := newBarn(t)
	id, up, err := b.Boot()
	if id != "c0ffee00-0000-4000-8000-000000000001.42" || up != 95400*time.Millisecond || err != nil {
		t.Errorf("boot %q, up %v, %v", id, up, err)
	}
	b.put("proc/uptime", "soon")
	if _, _, err := b.Boot(); err == nil {
		t.Error("an uptime that is none is taken")
	}
}

const (
	runs  = "UPID:barn:00000A01:00000B01:%TIME%:startall::root@pam: 0\n"
	ended = "UPID:barn:00000A02:00000B02:%TIME%:qmstart:4100:root@pam: %TIME% no such volume\n"
)

// stamped puts a time into lines of tasks, in hex.
func stamped(line string, at time.Time) string {
	const digits = "0123456789ABCDEF"
	var hex []byte
	for n := at.Unix(); len(hex) < 8; n >>= 4 {
		hex = append(hex, digits[n&15])
	}
	slices.Reverse(hex)
	return strings.ReplaceAll(line, "%TIME%", string(hex))
}

// say lets systemd answer otherwise from now on.
func (b *barn) say(question, answer string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.says[question] = answer
}

// The report waits for what starts the guests, and for systemd.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBarn(t)
		b.proxmox()
		b.says["list-units"] = "smartd.service loaded failed failed x\n"
		b.says["is-system-running"] = "starting\n"
		began := time.Now()
		b.put("var/log/pve/tasks/active", stamped(runs, began))
		b.put("var/log/pve/tasks/index", stamped(ended, began.Add(-time.Hour))) // before the boot
		time.AfterFunc(31*time.Second, func() { b.say("is-system-running", "degraded\n") })
		time.AfterFunc(61*time.Second, func() {
			b.put("var/log/pve/tasks/active", "")
			b.put("var/log/pve/tasks/index", stamped(ended, began))
			b.put("proc/uptime", "160.00 1.0\n")
		})
		f, err := b.Settle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 100*time.Second {
			t.Errorf("it waited %v, want 20 looks behind the last start, as a storage is not there", took)
		}
		got := boot.Report(f)
		want := map[string]any{
			"boot": "c0ffee00-0000-4000-8000-000000000001.42", "has_issues": true, "startup_duration_seconds": 160.0,
			"vms_started": []any{}, "cts_started": []any{"4200 hay"}, "vms_failed": []any{"4100 plough"}, "cts_failed": []any{},
			"services_failed": []any{"smartd.service"}, "storage_unavailable": []any{"nas"},
			"summary": "1 of 2 guests that start with the host did not come up:\n4100 plough: no such volume",
		}
		if diff := cmp.Diff(want, got.Data); diff != "" {
			t.Errorf("data (-want +got):\n%s", diff)
		}
	})
}

func TestSettleGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBarn(t)
		began := time.Now()
		b.put("var/log/pve/tasks/active", stamped(runs, began))
		f, err := b.Settle(t.Context())
		if took := time.Since(began); err != nil || !f.GaveUp || took != patient {
			t.Errorf("%+v, %v after %v", f, err, took)
		}
	})
}

// A host without Proxmox VE has no guests, and one without an answer still gets a
// report that says so.
func TestSettleOnAnyHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBarn(t)
		began := time.Now()
		f, err := b.Settle(t.Context())
		if took := time.Since(began); took != pause {
			t.Errorf("it waited %v, want two looks", took)
		}
		if err != nil || len(f.Unread) > 0 || len(f.Guests) > 0 || f.Took != 95400*time.Millisecond {
			t.Errorf("%+v, %v", f, err)
		}
		clear(b.says)
		b.proxmox()
		b.put("etc/pve/.rrd", "")
		if f, err = b.Settle(t.Context()); err != nil || len(f.Unread) != 2 || len(f.Guests) != 2 {
			t.Errorf("%+v, %v", f, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestAsk(t *testing.T) {
	for program, want := range map[string]string{"/nowhere/systemctl": "ask systemd", "/bin/false": "ask systemd by /bin/false list-jobs: exit status 1"} {
		if _, err := ask(t.Context(), program, "list-jobs"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", program, err)
		}
	}
	if text, err := ask(t.Context(), "/bin/echo", "a", "b"); text != "a b\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := New("/", "/bin/false").Ending(t.Context()); err == nil {
		t.Error("jobs that cannot be read are no jobs")
	}
}

// Proxmox VE has its first figures of storages some seconds after the guests run.
func TestAStorageThatComesLaterIsNotMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBarn(t)
		b.proxmox()
		b.put("etc/pve/.rrd", "")
		began := time.Now()
		time.AfterFunc(11*time.Second, func() { b.put("etc/pve/.rrd", "pve2-storage/barn/local:1:2:3\n") })
		time.AfterFunc(17*time.Second, func() {
			b.put("etc/pve/.rrd", "pve2-storage/barn/local:1:2:3\npve2-storage/barn/nas:1:2:3\n")
		})
		f, err := b.Settle(t.Context())
		if took := time.Since(began); err != nil || len(f.Storages)+len(f.Unread) > 0 || took != 18*time.Second {
			t.Errorf("%q %q, %v after %v", f.Storages, f.Unread, err, took)
		}
	})
}
