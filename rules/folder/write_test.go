package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tocsin/rules/folder"
)

func TestReplace(t *testing.T) {
	root := tree(t, map[string]string{"a.hcl": "old"})
	if err := os.Chmod(filepath.Join(root, "a.hcl"), 0o604); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o750); err != nil {
		t.Fatal(err)
	}
	owner := os.Geteuid()
	if owner == 0 {
		owner = 1234
		if err := os.Chown(filepath.Join(root, "a.hcl"), owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	f := open(t, root, "")
	if err := f.Replace("a.hcl", []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(root, "a.hcl"))
	if err != nil || int(info.Sys().(*syscall.Stat_t).Uid) != owner {
		t.Errorf("the owner changed: %v, %v", info, err)
	}
	if err := f.Replace("conf.d/deep/b.hcl", nil, []byte("fresh")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		text string
		mode os.FileMode
	}{"a.hcl": {"new", 0o604}, "conf.d/deep/b.hcl": {"fresh", 0o640}} {
		text, err := os.ReadFile(filepath.Join(root, name))
		info, err2 := os.Stat(filepath.Join(root, name))
		if err = errors.Join(err, err2); err != nil || string(text) != want.text || info.Mode().Perm() != want.mode {
			t.Errorf("%s is %q with %v, %v", name, text, info.Mode(), err)
		}
	}
	if err := f.Delete("a.hcl", []byte("new")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v are left, %v", entries, err)
	}
}

func TestReplaceRefuses(t *testing.T) {
	outside := tree(t, map[string]string{"x.hcl": "theirs"})
	root := tree(t, map[string]string{"a.hcl": "old", "hard.hcl": "old", "d/x.hcl": "old"})
	for name, to := range map[string]string{"link.hcl": "a.hcl", "out.hcl": filepath.Join(outside, "x.hcl"), "in": "d", "away": outside} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(root, "hard.hcl"), filepath.Join(root, "hard.txt")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.hcl"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, root, "")
	for _, tt := range []struct {
		name, was, want string
		is              error
	}{
		{"a.hcl", "other", "changed meanwhile", folder.ErrChanged},
		{"a.hcl", "", "changed meanwhile", folder.ErrChanged},
		{"gone.hcl", "old", "changed meanwhile", folder.ErrChanged},
		{"link.hcl", "old", "it is a link", folder.ErrReadOnly},
		{"out.hcl", "theirs", "it is a link", folder.ErrReadOnly},
		{"in/x.hcl", "old", "in is a link", folder.ErrReadOnly},
		{"away/x.hcl", "theirs", "away is a link", folder.ErrReadOnly},
		{"away/new.hcl", "", "away is a link", folder.ErrReadOnly},
		{"hard.hcl", "old", "a hard link", folder.ErrReadOnly},
		{"pipe.hcl", "old", "no regular file", folder.ErrReadOnly},
		{"../x.hcl", "", "no file of the configuration", nil},
		{"/etc/x.hcl", "", "no file of the configuration", nil},
		{"secrets/x.hcl", "", "no file of the configuration", nil},
		{".x.hcl", "", "no file of the configuration", nil},
		{"a.txt", "", "no file of the configuration", nil},
	} {
		var was []byte
		if tt.was != "" {
			was = []byte(tt.was)
		}
		for _, err := range []error{f.Replace(tt.name, was, []byte("mine")), deleted(f, tt.name, was)} {
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(outside, "x.hcl")); err != nil || string(text) != "theirs" {
		t.Errorf("the file outside is %q, %v", text, err)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("%v are outside", entries)
	}
	if matches, _ := filepath.Glob(filepath.Join(root, ".*tocsin*")); len(matches) > 0 {
		t.Errorf("%v are left", matches)
	}
	if err := f.Blocked("link.hcl"); !errors.Is(err, folder.ErrReadOnly) {
		t.Errorf("a link is not blocked: %v", err)
	}
	for _, name := range []string{"a.hcl", "new.hcl", "not/there/new.hcl"} {
		if err := f.Blocked(name); err != nil {
			t.Errorf("%s is blocked: %v", name, err)
		}
	}
}

// deleted deletes a file that is there; one that should not be there cannot be.
func deleted(f *folder.Folder, name string, was []byte) error {
	if was == nil {
		return f.Replace(name, nil, nil)
	}
	return f.Delete(name, was)
}

// TestAFolderThatCannotBeWritten says so before anything is tried.
func TestAFolderThatCannotBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	root := tree(t, map[string]string{"a.hcl": "old"})
	if err := os.Chmod(root, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(root, 0o700) })
	f := open(t, root, "")
	if err := f.Blocked("a.hcl"); !errors.Is(err, folder.ErrReadOnly) {
		t.Errorf("it is not blocked: %v", err)
	}
	if err := f.Replace("a.hcl", []byte("old"), []byte("new")); !errors.Is(err, folder.ErrReadOnly) {
		t.Errorf("it can be replaced: %v", err)
	}
}

func TestLock(t *testing.T) {
	root := t.TempDir()
	a, b := open(t, root, ""), open(t, root, "")
	unlock, err := a.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Lock(); err == nil {
		t.Error("two have the lock")
	}
	unlock()
	again, err := b.Lock()
	if err != nil {
		t.Fatal(err)
	}
	again()
}
