package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// TestImportDatabase reads the settings from a database as ProxMenux Monitor makes
// it: in WAL mode, open, and with secrets that the key beside it decrypts.
func TestImportDatabase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "health_monitor.db")
	db, err := sqlx.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	if err := os.WriteFile(filepath.Join(dir, ".notification_key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`CREATE TABLE user_settings (setting_key TEXT PRIMARY KEY, setting_value TEXT, updated_at TEXT)`)
	for name, value := range map[string]string{
		"notification.enabled":        "true",
		"notification.gotify.enabled": "true",
		"notification.gotify.url":     "https://push.example.org",
		"notification.gotify.token":   "ENC2:ZGVmZ2hpamtsbW5vcHFycw==:6AVg8ds=:SAlaE79kFMN5tTt1709Wg5bod4NG6c7me1k9vN/JGzA=",
		"notification.email.password": "ENC2:ZGVmZ2hpamtsbW5vcHFycw==:6AVg8ds=:AAAAE79kFMN5tTt1709Wg5bod4NG6c7me1k9vN/JGzA=",
		"theme":                       "dark",
	} {
		db.MustExec(`INSERT INTO user_settings VALUES (?, ?, '')`, name, value)
	}
	conf := filepath.Join(t.TempDir(), "conf")
	var out, errOut bytes.Buffer
	if code := run([]string{"import", path, "--config", conf, "--data", t.TempDir(), "--yes"}, strings.NewReader(""), &out, &errOut); code != 0 {
		t.Fatalf("exit status %d\n%s%s", code, &out, &errOut)
	}
	secret, err := os.ReadFile(filepath.Join(conf, "secrets", "push_token"))
	if err != nil || strings.TrimSpace(string(secret)) != "short" {
		t.Errorf("secret %q, %v", secret, err)
	}
	if text, err := os.ReadFile(filepath.Join(conf, "channels.hcl")); err != nil || !strings.Contains(string(text), `secret("push_token")`) {
		t.Errorf("%s %v", text, err)
	}
	if !strings.Contains(errOut.String(), "email.password cannot be read: it is encrypted with another key") {
		t.Error(errOut.String())
	}
	if strings.Contains(out.String()+errOut.String(), "short") {
		t.Error("a secret was shown")
	}
}
