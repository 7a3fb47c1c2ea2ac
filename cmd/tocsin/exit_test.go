package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitStatus: 0 is yes, 1 is no, and 2 is no answer.
func TestExitStatus(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good/a.hcl":   "tocsin {\n  enabled = true\n}\n",
		"warned/a.hcl": "tocsin {\n  enabled = false\n}\n",
		"wrong/a.hcl":  "tocsin {\nenabld = true\n}\n",
		"broken/a.hcl": "tocsin {\n",

		"host/etc/pve/notifications.cfg": "sendmail: post\n\tmailto-user root@pam\n",
		"odd/etc/pve/notifications.cfg":  "# by hand\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct {
		args string
		want int
	}{
		{"check good", 0},
		{"check good --strict", 0},
		{"check warned", 0},
		{"check warned --strict", 1},
		{"check warned --strict --format github", 1},
		{"check wrong", 1},
		{"check wrong --format json", 1},
		{"check wrong --format github", 1},
		{"check wrong --format sarif", 1},
		{"check broken", 1},
		{"check nowhere", 2},
		{"check good --format xml", 2},
		{"check good --unknown", 2},
		{"check good wrong", 2},

		{"outbox retry", 2},
		{"outbox retry 1 --all", 2},
		{"outbox retry one", 2},
		{"history 1", 2},
		{"history --resend", 2},

		{"pve setup --root host --config good --dry-run", 0},
		{"pve show --root host", 1}, // not registered
		{"pve setup --root host --config good --yes", 0},
		{"pve show --root host", 0},
		{"pve setup --root host --config broken --yes", 2},
		{"pve setup --root host --config good --secret", 1}, // there is none
		{"pve setup --root odd --config good --yes", 1},
		{"pve remove --root odd --yes", 1},
		{"pve show --root odd", 1},
		{"pve show --root nowhere", 1},
		{"pve remove --root host --yes", 0},
		{"pve remove --root host --yes --addr https://pve.example", 2},
		{"pve setup more", 2},

		{"fmt --check good", 0},
		{"fmt --check wrong", 1},
		{"fmt --diff wrong", 0},
		{"fmt --check --diff wrong", 1},
		{"fmt --check broken", 2},
		{"fmt --check broken wrong", 2},
		{"fmt broken/a.hcl", 2},
		{"fmt nowhere", 2},
		{"fmt --unknown", 2},
		{"fmt wrong", 0},
		{"fmt --check wrong", 0}, // it is laid out by now
	} {
		var errors strings.Builder
		if got := run(strings.Fields(c.args), strings.NewReader(""), io.Discard, &errors); got != c.want {
			t.Errorf("tocsin %s: status %d, want %d\n%s", c.args, got, c.want, errors.String())
		}
	}
}
