package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever owns the folder of secrets must not lead root out of it.
func TestASecretStaysInItsFolder(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "kept"), []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"group": outside, "file": filepath.Join(outside, "kept")} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	secrets, err := openSecrets(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer secrets.close()
	if err := secrets.write("group/new", "hunter2"); err == nil {
		t.Error("a secret was written through a link to a folder")
	}
	if err := secrets.write("file", "hunter2"); err != nil { // replaces the link itself
		t.Error(err)
	}
	if err := secrets.remove("group/kept"); err == nil {
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
	dir := filepath.Join(t.TempDir(), "secrets")
	secrets, err := openSecrets(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	defer secrets.close()
	for _, value := range []string{"first", "second"} {
		if err := secrets.write("telegram/phone", value); err != nil {
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
	if err := secrets.write("telegram/phone/more", "x"); err == nil || !strings.Contains(err.Error(), "telegram/phone/more") {
		t.Errorf("below a secret: %v", err)
	}
}
