package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/rules/folder"
)

// Whoever owns the folder of secrets must not lead root out of it.
func TestASecretStaysInItsFolder(t *testing.T) {
	outside, config := t.TempDir(), t.TempDir()
	dir := filepath.Join(config, "secrets")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "kept"), []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"group": outside, "file": filepath.Join(outside, "kept")} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	secrets, err := folder.OpenSecrets(config, false)
	if err != nil {
		t.Fatal(err)
	}
	defer secrets.Close()
	if err := secrets.Write("group/new", "hunter2"); err == nil {
		t.Error("a secret was written through a link to a folder")
	}
	if err := secrets.Write("file", "hunter2"); err != nil { // replaces the link itself
		t.Error(err)
	}
	if err := secrets.Remove("group/kept"); err == nil {
		t.Error("a file was removed through a link")
	}
	if text, err := os.ReadFile(filepath.Join(outside, "kept")); err != nil || string(text) != "as it was" {
		t.Errorf("the file outside is %q, %v", text, err)
	}
	entries, err := os.ReadDir(outside)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are outside, %v", len(entries), err)
	}
}

func TestASecretIsForItsOwnerAlone(t *testing.T) {
	config := t.TempDir()
	dir := filepath.Join(config, "secrets")
	secrets, err := folder.OpenSecrets(config, true)
	if err != nil {
		t.Fatal(err)
	}
	defer secrets.Close()
	for _, value := range []string{"first", "second"} {
		if err := secrets.Write("telegram/phone", value); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "telegram": 0o700, "telegram/phone": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v (%v), want %v", name, info.Mode(), err, want)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "telegram/phone"))
	if err != nil || string(text) != "second" {
		t.Errorf("the value is %q, %v", text, err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "telegram"))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}
	if err := secrets.Write("telegram/phone/more", "x"); err == nil || !strings.Contains(err.Error(), "telegram/phone/more") {
		t.Errorf("below a secret: %v", err)
	}
}
