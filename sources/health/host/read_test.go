package host

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/sources/health"
)

// bare returns a host of files by path.
func bare(t *testing.T, files map[string]string) *Host {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		lay(t, root, name, []byte(text))
	}
	return New(Options{Root: root})
}

func TestUnknownFact(t *testing.T) {
	if _, err := bare(t, nil).Read(t.Context(), "weather"); err == nil || !strings.Contains(err.Error(), `"weather"`) {
		t.Error(err)
	}
}

// Who asks while a fact is read waits for the same reading; when that hangs, it goes on
// hanging alone, and the fact can be read again once it has come to its end.
func TestReadingThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := bare(t, map[string]string{"proc/self/mountinfo": "22 1 8:3 / / rw - ext4 /dev/sda1 rw\n"})
		var asks atomic.Int32
		answer := make(chan struct{})
		h.probes.ask = func(string) (syscall.Statfs_t, error) {
			asks.Add(1)
			<-answer
			return syscall.Statfs_t{Bsize: 1, Blocks: 100, Bfree: 10, Bavail: 10}, nil
		}
		for range 3 {
			began := time.Now()
			items, err := h.Read(t.Context(), "mounts")
			if err != nil || len(items) != 1 || items[0]["error"] != "it does not answer within 10s" || time.Since(began) != patience {
				t.Fatalf("%v, %v after %v", items, err, time.Since(began))
			}
		}
		if asks.Load() != 1 {
			t.Errorf("the file system was asked %d times while it did not answer", asks.Load())
		}
		close(answer)
		synctest.Wait()
		if items, err := h.Read(t.Context(), "mounts"); err != nil || items[0]["used_percent"] != 90.0 || asks.Load() != 2 {
			t.Errorf("%v, %v, asked %d times", items, err, asks.Load())
		}
	})
}

func TestReadingTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := bare(t, nil)
		f := h.facts["bans"]
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		stuck := &reading{within: ctx, done: make(chan struct{})} // as a file of /etc/pve that never answers
		h.readings[f.Name] = stuck
		began := time.Now()
		if _, err := h.Read(t.Context(), f.Name); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Minute+lingering {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		began = time.Now()
		if _, err := h.Read(t.Context(), f.Name); err == nil || !strings.Contains(err.Error(), "does not answer") || time.Since(began) > lingering {
			t.Errorf("who asks later waits as long: %v after %v", err, time.Since(began))
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, err := h.Read(stopped, f.Name); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// What two are given of one reading is not the same map.
func TestReadingsAreApart(t *testing.T) {
	h := bare(t, map[string]string{"proc/loadavg": "1 2 3\n"})
	a, err := h.Read(t.Context(), "load")
	if err != nil {
		t.Fatal(err)
	}
	a[0]["load1"] = "spoilt"
	if b, _ := h.Read(t.Context(), "load"); b[0]["load1"] != 1.0 {
		t.Error(b)
	}
}

func TestTidy(t *testing.T) {
	var logged bytes.Buffer
	h := New(Options{Log: slog.New(slog.NewTextHandler(&logged, nil))})
	f := health.Fact{Name: "sheaves", Each: true, Key: "name"}
	var items []item
	for i := range maxItems + 5 {
		items = append(items, item{"name": fmt.Sprintf("s%05d", maxItems+5-i), "text": "a\x1b[31m\n b", "list": []any{strings.Repeat("x", 2*maxText)}})
	}
	items = append(items, item{"name": "s00001"})
	got := h.tidy(f, items)
	if len(got) != maxItems || got[0]["name"] != "s00001" || got[1]["name"] != "s00001 (2)" || !strings.Contains(logged.String(), "sheaves") {
		t.Errorf("%d items, %v, log %q", len(got), got[:2], logged.String())
	}
	if got[0]["text"] != "a<U+001B>[31m b" || len(got[0]["list"].([]any)[0].(string)) > maxText {
		t.Error(got[0])
	}
	ids := h.tidy(health.Fact{Each: true, Key: "n"}, []item{{"n": 100.0}, {"n": 9.0}})
	if ids[0]["n"] != 9.0 {
		t.Errorf("numbers are in the order of texts: %v", ids)
	}
}

// The meter tells of the time since it was read before, and waits where that says
// nothing.
func TestCPU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := bare(t, nil)
		set := func(busy, idle int) {
			lay(t, h.root, "proc/stat", fmt.Appendf(nil, "cpu %d 0 0 %d 0 0 0 0\ncpu0 0 0 0 0\n", busy, idle))
		}
		read := func() (any, time.Duration) {
			t.Helper()
			began := time.Now()
			items, err := h.Read(t.Context(), "cpu")
			if err != nil {
				t.Fatal(err)
			}
			return items[0]["used_percent"], time.Since(began)
		}
		set(100, 100)
		time.AfterFunc(shortest/2, func() { set(130, 110) })
		if used, took := read(); used != 75.0 || took != shortest {
			t.Errorf("first: %v after %v", used, took)
		}
		set(500, 500)
		if used, took := read(); used != 75.0 || took != 0 {
			t.Errorf("at once again: %v after %v", used, took)
		}
		time.Sleep(time.Minute)
		set(140, 200)
		if used, took := read(); used != 10.0 || took != 0 {
			t.Errorf("after a minute: %v after %v", used, took)
		}
		time.Sleep(time.Hour)
		time.AfterFunc(shortest/2, func() { set(150, 210) })
		if used, took := read(); used != 50.0 || took != shortest {
			t.Errorf("after an hour: %v after %v", used, took)
		}
		time.Sleep(time.Minute)
		if _, err := h.Read(t.Context(), "cpu"); err == nil || !strings.Contains(err.Error(), "stand still") {
			t.Errorf("counters that stand still: %v", err)
		}
	})
}

// A program runs with nothing of tocsin's environment, and is held to its bounds.
func TestRun(t *testing.T) {
	t.Setenv("TOCSIN_SECRET", "hunter2")
	h := bare(t, map[string]string{
		"usr/bin/env":   "#!/bin/sh\nexec env\n",
		"usr/bin/flood": "#!/bin/sh\nexec head -c 2000000 /dev/zero\n",
		"usr/bin/fails": "#!/bin/sh\necho '  the\x1bhorse  is gone' >&2\nexit 3\n",
		"usr/bin/right": "#!/bin/sh\necho 'you must be root' >&2\nexit 3\n",
		"usr/bin/hangs": "#!/bin/sh\nsleep 600 &\nsleep 600\n",
		"usr/bin/odd":   "no program\n",
		"usr/lib/plain": "",
	})
	ctx := t.Context()
	if text, err := h.ask(ctx, time.Minute, "env"); err != nil || bytes.Contains(text, []byte("hunter2")) || !bytes.Contains(text, []byte("LC_ALL=C.UTF-8")) {
		t.Errorf("%v: %s", err, text)
	}
	for name, want := range map[string]string{
		"flood": "1024 KiB", "fails": "fails ended with code 3: the<U+001B>horse is gone", "right": "needs root's rights", "odd": "could not be started", "none": "not installed",
	} {
		if _, err := h.ask(ctx, time.Minute, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.ask(ctx, 50*time.Millisecond, "hangs"); err == nil || !strings.Contains(err.Error(), "did not end within 50ms and was killed") {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(ctx)
	time.AfterFunc(50*time.Millisecond, stop)
	if _, err := h.ask(stopped, time.Minute, "hangs"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestFiles(t *testing.T) {
	h := bare(t, map[string]string{"large": strings.Repeat("x", maxFile+1)})
	if _, err := h.text("/large"); err == nil || !strings.Contains(err.Error(), "/large is larger than") {
		t.Error(err)
	}
	denied := &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}
	for path, want := range map[string]string{"/etc/pve/.rrd": "group www-data", "/var/lib/x": "needs the right"} {
		if err := told(path, denied); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
}

// Too many file systems that hang hold no more goroutines.
func TestProberIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		p := prober{ask: func(string) (syscall.Statfs_t, error) { <-answer; return syscall.Statfs_t{}, nil }}
		for i := range maxHanging {
			if _, err := p.usage(t.Context(), fmt.Sprint(i), time.Second); !errors.Is(err, errSilent) {
				t.Fatal(err)
			}
		}
		if _, err := p.usage(t.Context(), "more", time.Second); err == nil || errors.Is(err, errSilent) {
			t.Error(err)
		}
		close(answer)
	})
}

// Where dpkg's log is rotated, the last upgrade is looked for in the older ones.
func TestUpgraded(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("2026-01-05 06:07:08 upgrade libc6:amd64 1 2\n2026-01-05 06:07:09 status installed libc6:amd64 2\nodd upgrade line\n"))
	_ = z.Close()
	h := bare(t, map[string]string{"var/log/dpkg.log": "", "var/log/dpkg.log.1": "2026-02-01 00:00:00 install upgrade \n", "var/log/dpkg.log.3.gz": packed.String(), "var/log/dpkg.log.2.gz": "broken"})
	want := time.Date(2026, 1, 5, 6, 7, 8, 0, time.Local)
	if got, since := h.upgraded(); !got.Equal(want) || !since.Equal(want) {
		t.Errorf("%v since %v, want %v", got, since, want)
	}
	never := bare(t, map[string]string{"var/log/dpkg.log": "2026-02-01 00:00:00 install x:all <none> 1\n", "var/log/dpkg.log.1": "2026-01-05 06:07:08 install y:all <none> 1\n"})
	if got, since := never.upgraded(); !got.IsZero() || !since.Equal(want) {
		t.Errorf("a host that was never upgraded: %v since %v, want %v", got, since, want)
	}
}

// Disks tell in many ways how far they are worn; the plainest counts.
func TestWear(t *testing.T) {
	const head = `{"smartctl": {"version": [7, 4]}, "device": {"protocol": "ATA"}, "rotation_rate": 0, `
	for text, want := range map[string]any{
		`"ata_smart_attributes": {"table": [{"id": 231, "name": "Temperature_Celsius", "value": 60}]}}`:                                                              nil,
		`"ata_smart_attributes": {"table": [{"id": 177, "name": "Wear_Leveling_Count", "value": 80}, {"id": 231, "name": "SSD_Life_Left", "value": 90}]}}`:           10.0,
		`"ata_smart_attributes": {"table": [{"id": 177, "name": "Wear_Leveling_Count", "value": 80}]}, "endurance_used": {"current_percent": 30}}`:                   30.0,
		`"ata_smart_attributes": {"table": [{"id": 177, "name": "Wear_Leveling_Count", "value": 253}]}}`:                                                             nil,
		`"ata_smart_attributes": {"table": [{"id": 233, "name": "Media_Wearout_Indicator", "value": 99}, {"id": 5, "name": "x", "value": 1, "raw": {"value": 3}}]}}`: 1.0,
	} {
		if it, err := parseSmart([]byte(head + text)); err != nil || it["wear_percent"] != want {
			t.Errorf("%s: %v, %v, want %v", text, it, err, want)
		}
	}
	if _, err := parseSmart([]byte("smartctl 6.6 2017-11-05")); err == nil || !strings.Contains(err.Error(), "version 7") {
		t.Error(err)
	}
}

// Storages that nobody tells of are not all unavailable: pvestatd has stopped.
func TestSilentStatus(t *testing.T) {
	h := bare(t, map[string]string{
		"etc/hostname": "barn\n", "etc/pve/storage.cfg": "dir: local\n\tpath /x\n", "etc/pve/.rrd": "pve2-storage/barn/local:5:100:50\n",
	})
	if _, err := h.Read(t.Context(), "pve_storages"); err == nil || !strings.Contains(err.Error(), "systemctl status pvestatd") {
		t.Error(err)
	}
}

// A guest agent that does not answer once leaves the file systems of its machine on the
// list, with nothing known of them; those of a machine that stopped are gone.
func TestAgentThatIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := bare(t, map[string]string{
			"etc/hostname": "barn\n", "etc/pve/.vmlist": `{"ids": {"4100": {"node": "barn", "type": "qemu"}}}`,
			"etc/pve/nodes/barn/qemu-server/4100.conf": "agent: 1\n",
		})
		read := func(status, answer string) []map[string]any {
			t.Helper()
			lay(t, h.root, "etc/pve/.rrd", fmt.Appendf(nil, "pve2.3-vm/4100:60:plough:%s:0:%d:1:0:1:1:1:0\n", status, time.Now().Unix()))
			lay(t, h.root, "usr/sbin/qm", []byte("#!/bin/sh\n"+answer+"\n"))
			items, err := h.Read(t.Context(), "vm_disks")
			if err != nil {
				t.Fatal(err)
			}
			return items
		}
		const tells = `echo '[{"mountpoint": "/", "type": "ext4", "used-bytes": 9, "total-bytes": 10}]'`
		if items := read("running", tells); len(items) != 1 || items[0]["used_percent"] != 90.0 {
			t.Error(items)
		}
		for range 2 {
			if items := read("running", "echo 'QEMU guest agent is not running' >&2; exit 255"); len(items) != 1 || items[0]["place"] != "4100:/" || items[0]["used_percent"] != nil {
				t.Error(items)
			}
		}
		if items := read("stopped", tells); len(items) != 0 {
			t.Error(items)
		}
	})
}

// The replication state of a real node.
func TestRecordedReplication(t *testing.T) {
	dir := os.Getenv("TOCSIN_FIXTURES")
	if dir == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of recorded samples")
	}
	files, err := filepath.Glob(filepath.Join(dir, "replication", "state-*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		h := bare(t, map[string]string{replicationState: string(text)})
		items, err := h.Read(t.Context(), "replication")
		if err != nil || len(items) == 0 {
			t.Errorf("%s: %v, %v", file, items, err)
		}
		examine(t, h.facts["replication"], items)
		for _, it := range items {
			if (it["failures"] == 0.0) != (it["error"] == nil) || it["target"] == "" {
				t.Errorf("%s: %v", file, it)
			}
		}
	}
}
