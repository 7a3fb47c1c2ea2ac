package folder_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules/folder"
)

// tree makes a folder of files in which a name that ends in "/" is a folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func open(t *testing.T, root, credentials string) *folder.Folder {
	t.Helper()
	f, err := folder.Open(root, credentials)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFiles(t *testing.T) {
	root := tree(t, map[string]string{
		"tocsin.hcl": "1", "conf.d/channels.hcl": "2", "conf.d/deep/er.hcl": "3", "notes.txt": "no",
		".hidden.hcl": "no", "_draft.hcl": "no", ".git/config.hcl": "no", "_old/a.hcl": "no", "secrets/token.hcl": "no",
		"conf.d/secrets/x.hcl": "4", "a.hcl~": "no", "hcl": "no",
	})
	// A ConfigMap is a folder of links into a hidden one.
	if err := os.MkdirAll(filepath.Join(root, "..data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "..data/map.hcl"), []byte("5"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..data/map.hcl", filepath.Join(root, "map.hcl")); err != nil {
		t.Fatal(err)
	}
	files, err := open(t, root, "").Files()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, src := range files {
		got[name] = string(src)
	}
	want := map[string]string{
		"tocsin.hcl": "1", "conf.d/channels.hcl": "2", "conf.d/deep/er.hcl": "3", "conf.d/secrets/x.hcl": "4", "map.hcl": "5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestFilesRefuses(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.hcl")
	if err := os.WriteFile(outside, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		make func(root string) error
		want string
	}{
		"a link that leaves the folder": {func(root string) error { return os.Symlink(outside, filepath.Join(root, "x.hcl")) }, "leads out of the configuration folder"},
		"a link upwards":                {func(root string) error { return os.Symlink("../../etc/x.hcl", filepath.Join(root, "x.hcl")) }, "leads out of the configuration folder"},
		"a named pipe":                  {func(root string) error { return syscall.Mkfifo(filepath.Join(root, "x.hcl"), 0o600) }, "no regular file"},
		"a large file": {func(root string) error {
			return os.WriteFile(filepath.Join(root, "x.hcl"), make([]byte, folder.MaxFile+1), 0o600)
		}, "x.hcl is larger than 1024 KiB"},
		"a dead link": {func(root string) error { return os.Symlink("gone.hcl", filepath.Join(root, "x.hcl")) }, "x.hcl: no such file"},
		"too many files": {func(root string) error {
			for i := range folder.MaxFiles + 1 {
				if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("%d.hcl", i)), nil, 0o600); err != nil {
					return err
				}
			}
			return nil
		}, "more than 2000 files"},
		"too much in all": {func(root string) error {
			for i := range folder.MaxTotal/folder.MaxFile + 1 {
				if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("%d.hcl", i)), make([]byte, folder.MaxFile), 0o600); err != nil {
					return err
				}
			}
			return nil
		}, "larger than 32 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if err := tt.make(root); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			files, err := open(t, root, "").Files()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Files() = %v, %v, want an error with %q", slices.Collect(maps.Keys(files)), err, tt.want)
			}
			if time.Since(start) > 20*time.Second {
				t.Error("took too long")
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	root := tree(t, map[string]string{"texts/hello.txt": "hi", "secrets/token": "s3cret", ".env": "s3cret", "d/.x/y": "s3cret"})
	f := open(t, root, "")
	if src, err := f.ReadFile("texts/hello.txt"); err != nil || string(src) != "hi" {
		t.Errorf("ReadFile = %q, %v", src, err)
	}
	for _, name := range []string{
		"secrets/token", "./secrets/token", "texts/../secrets/token", ".env", "d/.x/y", "../x", "/etc/passwd", "texts", "gone", "",
	} {
		if src, err := f.ReadFile(name); err == nil {
			t.Errorf("ReadFile(%q) = %q", name, src)
		}
	}
}

func TestSecret(t *testing.T) {
	credentials := tree(t, map[string]string{"both": "from systemd\n"})
	root := tree(t, map[string]string{
		"secrets/both": "from file", "secrets/own": "hunter2\n", "secrets/telegram/phone": "deep", "secrets/crlf": "x\r\n",
		"secrets/empty": "\n", "secrets/open": "hunter2", "secrets/binary": "a\x00b",
	})
	if err := os.Chmod(filepath.Join(root, "secrets/open"), 0o640); err != nil {
		t.Fatal(err)
	}
	f := open(t, root, credentials)
	for name, want := range map[string]string{"both": "from systemd", "own": "hunter2", "telegram/phone": "deep", "crlf": "x"} {
		if got, err := f.Secret(name); got != want || err != nil {
			t.Errorf("Secret(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"gone":          "tocsin secret set gone",
		"empty":         "is empty",
		"open":          "chmod 600",
		"binary":        "is no text",
		"../tocsin.hcl": "is no name of a secret",
		".hidden":       "is no name of a secret",
		"a b":           "is no name of a secret",
		"":              "is no name of a secret",
	} {
		got, err := f.Secret(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Secret(%q) = %q, %v, want an error with %q", name, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Secret(%q): the error tells the value: %v", name, err)
		}
	}
	if got, err := open(t, root, "").Secret("both"); got != "from file" || err != nil {
		t.Errorf("without systemd: %q, %v", got, err)
	}
	if got, err := open(t, root, filepath.Join(root, "nowhere")).Secret("own"); got != "hunter2" || err != nil {
		t.Errorf("with an absent credentials folder: %q, %v", got, err)
	}
}

func TestOpen(t *testing.T) {
	if _, err := folder.Open(filepath.Join(t.TempDir(), "gone"), ""); err == nil {
		t.Error("a folder that is not there opens")
	}
}
