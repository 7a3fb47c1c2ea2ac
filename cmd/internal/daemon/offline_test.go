package daemon_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/cmd/internal/daemon"
	"tocsin/rules/diag"
)

// folderOf writes files into a folder of their own.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const offlinePhone = `
tocsin {
  enabled = true
}
channel "telegram" "phone" {
  bot_token = secret("phone")
  chat_id   = "-1001"
}
`

func TestCompileWithAndWithoutSecrets(t *testing.T) {
	dir := folderOf(t, map[string]string{"phone.hcl": offlinePhone, "other.hcl": "channel \"log\" \"console\" {}\n"})
	for _, c := range []struct {
		secrets bool
		errs    int
	}{{true, 1}, {false, 0}} {
		o, err := daemon.Compile(dir, "", c.secrets)
		if err != nil {
			t.Fatal(err)
		}
		if errs, _ := diag.Count(o.Diags); errs != c.errs || o.Files != 2 {
			t.Errorf("secrets %v: %d errors in %d files, want %d in 2", c.secrets, errs, o.Files, c.errs)
		}
		if config, err := o.Usable(&bytes.Buffer{}, false); err != nil || config.Channels["phone"] == nil {
			t.Errorf("secrets %v: a missing secret refuses the configuration: %v", c.secrets, err)
		}
	}
}

func TestCompileTakesTheSilencesOfTheDataFolder(t *testing.T) {
	dir := folderOf(t, map[string]string{"phone.hcl": offlinePhone})
	data := folderOf(t, map[string]string{"silences.hcl": "silence \"now\" {\n  hours = \"02:00-05:00\"\n}\n"})
	for _, c := range []struct {
		data     string
		silences int
	}{{data, 1}, {t.TempDir(), 0}, {"", 0}} {
		o, err := daemon.Compile(dir, c.data, false)
		if err != nil || o.Config == nil {
			t.Fatal(err, o)
		}
		if got := len(o.Config.Policy.Silences); got != c.silences {
			t.Errorf("data folder %q: %d silences, want %d", c.data, got, c.silences)
		}
	}
}

func TestCompileOfAFolderThatIsNotThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nowhere")
	if _, err := daemon.Compile(dir, "", false); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
}

func TestUsableSaysWhatIsWrong(t *testing.T) {
	dir := folderOf(t, map[string]string{"rules.hcl": offlinePhone + "rule \"x\" {\n  channels = [\"fone\"]\n}\n"})
	o, err := daemon.Compile(dir, "", false)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	config, err := o.Usable(&out, false)
	if config != nil || err == nil || !strings.Contains(err.Error(), "does not load") {
		t.Errorf("got %v, %v", config, err)
	}
	for _, want := range []string{"unknown channel", "rules.hcl:", "1 error"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("colours that nobody asked for")
	}
}
