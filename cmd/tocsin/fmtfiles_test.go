package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const (
	untidy = "a=1\n"
	tidied = "a = 1\n"
)

// layOut runs fmt and returns its status and what it says.
func layOut(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out strings.Builder
	status := run(append([]string{"fmt"}, args...), strings.NewReader(""), &out, &out)
	return status, out.String()
}

func write(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, file, want string) {
	t.Helper()
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(file), got, err, want)
	}
}

// TestFmtKeepsTheFile: mode and owner stay, a link stays a link, and nothing is
// left beside the files.
func TestFmtKeepsTheFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.hcl"), untidy, 0o604)
	write(t, filepath.Join(dir, "..data", "map.hcl"), untidy, 0o640)
	if err := os.Symlink("..data/map.hcl", filepath.Join(dir, "map.hcl")); err != nil {
		t.Fatal(err)
	}
	if status, said := layOut(t, dir); status != 0 {
		t.Fatalf("status %d: %s", status, said)
	}
	holds(t, filepath.Join(dir, "a.hcl"), tidied)
	holds(t, filepath.Join(dir, "..data", "map.hcl"), tidied)
	for name, mode := range map[string]os.FileMode{"a.hcl": 0o604, "..data/map.hcl": 0o640} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s has the mode %v (%v), want %v", name, info.Mode(), err, mode)
		}
	}
	if info, err := os.Lstat(filepath.Join(dir, "map.hcl")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is none any more: %v", err)
	}
	for _, d := range []string{dir, filepath.Join(dir, "..data")} {
		left, err := filepath.Glob(filepath.Join(d, ".tocsin*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v (%v)", left, err)
		}
	}
}

func TestFmtKeepsTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	file := filepath.Join(t.TempDir(), "a.hcl")
	write(t, file, untidy, 0o640)
	if err := os.Chown(file, 4711, 4712); err != nil {
		t.Skip(err)
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if status, said := layOut(t, file); status != 0 {
		t.Fatalf("status %d: %s", status, said)
	}
	after, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if owner(before) != owner(after) || after.Mode() != before.Mode() {
		t.Errorf("owner and mode were %v %v, are %v %v", owner(before), before.Mode(), owner(after), after.Mode())
	}
}

func owner(info os.FileInfo) [2]uint32 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return [2]uint32{}
	}
	return [2]uint32{stat.Uid, stat.Gid}
}

// TestFmtStaysInTheFolder: a link in a folder leads nowhere else; one that a
// person names is followed.
func TestFmtStaysInTheFolder(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside.hcl")
	write(t, outside, untidy, 0o644)
	link := filepath.Join(dir, "x.hcl")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	status, said := layOut(t, dir)
	if status != 2 || !strings.Contains(said, "leads out of the configuration folder") {
		t.Errorf("status %d: %s", status, said)
	}
	holds(t, outside, untidy)
	if status, said := layOut(t, link); status != 0 || said != link+"\n" {
		t.Errorf("status %d: %s", status, said)
	}
	holds(t, outside, tidied)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is none any more: %v", err)
	}
}

// TestFmtIsBounded: what is no configuration file is not read to its end.
func TestFmtIsBounded(t *testing.T) {
	if status, said := layOut(t, os.DevNull); status != 2 || !strings.Contains(said, "no regular file") {
		t.Errorf("a device: status %d: %s", status, said)
	}
	var said strings.Builder
	endless := io.LimitReader(zeroes{}, 1<<30)
	if status := run([]string{"fmt", "-"}, endless, io.Discard, &said); status != 2 || !strings.Contains(said.String(), "larger than") {
		t.Errorf("a stream: status %d: %s", status, said.String())
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
