package daemon

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestADiskThatIsReadOnlyAtTheStart: the daemon says so and does not start; once
// it is mended, what was accepted before is there.
func TestADiskThatIsReadOnlyAtTheStart(t *testing.T) {
	if !mayMount(t) {
		return
	}
	h := &house{t: t, config: t.TempDir(), data: smallDisk(t)}
	h.write("tocsin.hcl", quietDefaults+"channel \"log\" \"console\" {\n  path = \""+h.config+"/nowhere/log\"\n}\n")
	h.start()
	p := &poster{house: h, key: h.token()}
	p.enough(10) // which wait, as the channel's folder is missing
	h.stop()
	remount := func(flags uintptr) {
		if err := unix.Mount("tmpfs", h.data, "tmpfs", unix.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(unix.MS_RDONLY)
	h.out, h.err = &syncBuffer{}, &syncBuffer{}
	d, err := New(t.Context(), Options{Config: h.config, Data: h.data, Listen: "127.0.0.1:0", Out: h.out, Err: h.err, Log: slog.New(slog.NewTextHandler(h.err, nil))})
	if err == nil {
		_ = d.closeAll(d.started)
		t.Fatal("it started")
	}
	if !strings.Contains(err.Error(), "read-only") || !strings.Contains(err.Error(), h.data) {
		t.Errorf("the error is %v", err)
	}
	remount(0)
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	p.enough(1)
	p.wantAll(1)
}

// loopDisk is an ext4 file system in a file, as a disk that can fail.
type loopDisk struct {
	t          *testing.T
	image, dir string
}

func newLoopDisk(t *testing.T) *loopDisk {
	t.Helper()
	dir := t.TempDir()
	d := &loopDisk{t: t, image: filepath.Join(dir, "image"), dir: filepath.Join(dir, "disk")}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, 32<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED, there is no ext4 here: %v %s", err, out)
	}
	if out, err := d.command("mount", "-o", "loop,errors=remount-ro", d.image, d.dir); err != nil {
		t.Skipf("NOT TESTED, no file can be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() { _ = unix.Unmount(d.dir, unix.MNT_DETACH) })
	return d
}

func (d *loopDisk) command(name string, args ...string) (string, error) {
	out, err := exec.CommandContext(d.t.Context(), name, args...).CombinedOutput()
	return string(out), err
}

func (d *loopDisk) must(name string, args ...string) {
	d.t.Helper()
	if out, err := d.command(name, args...); err != nil {
		d.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// TestADiskThatTheKernelMakesReadOnly: ext4 does so when it meets an error, with
// files open. Events are refused, reading goes on, and nothing crashes; after a
// check of the file system and a start, everything accepted arrives.
func TestADiskThatTheKernelMakesReadOnly(t *testing.T) {
	d := newLoopDisk(t)
	h := &house{t: t, config: t.TempDir(), data: filepath.Join(d.dir, "data")}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	p := &poster{house: h, key: h.token(), why: h.data, do: "dmesg"}
	p.enough(20)
	d.must("mount", "-o", "remount,abort", d.dir) // as if an error had been met
	p.untilRefused()
	p.arrivedElsewhere = h.out.String()
	h.stop()
	d.must("umount", d.dir)
	if out, err := d.command("e2fsck", "-p", "-f", d.image); err != nil && !strings.Contains(err.Error(), "exit status 1") { // 1: mended
		t.Fatalf("e2fsck: %v\n%s", err, out)
	}
	d.must("mount", "-o", "loop", d.image, d.dir)
	h.start()
	defer func() { h.stop() }()
	p.enough(1)
	p.wantAll(2) // what was sent could not be noted
	t.Logf("%d accepted, %d refused", len(p.accepted), p.refused)
}
