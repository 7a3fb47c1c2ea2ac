package daemon

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// try starts a daemon that is expected to refuse, and returns why.
func (h *house) try(strict bool) string {
	h.t.Helper()
	h.out, h.err = &syncBuffer{}, &syncBuffer{}
	d, err := New(h.t.Context(), Options{
		Config: h.config, Data: h.data, Listen: "127.0.0.1:0", Strict: strict, Version: "test", Out: h.out, Err: h.err, Log: slog.New(slog.NewTextHandler(h.err, nil)),
	})
	if err == nil {
		_ = d.closeAll(d.started)
		h.t.Fatal("it started")
	}
	if !errors.Is(err, ErrConfig) {
		h.t.Errorf("error is %v, want ErrConfig", err)
	}
	return err.Error()
}

func TestAnUnusableConfigurationSaysWhatToDo(t *testing.T) {
	h := &house{t: t, config: filepath.Join(t.TempDir(), "conf"), data: t.TempDir()}
	if why := h.try(false); !holds(why, []string{"tocsin init --config " + h.config}) {
		t.Errorf("without a folder: %s", why)
	}
	h.write("tocsin.hcl", "tocsin { enabld = true }\n")
	if why := h.try(false); !holds(why, []string{"no earlier version", "mend it"}) || !strings.Contains(h.err.String(), "tocsin.hcl:1:10") {
		t.Errorf("broken from the beginning: %s\n%s", why, h.err)
	}
	h.write("tocsin.hcl", quietDefaults)
	h.start()
	h.stop()
	h.write("tocsin.hcl", "tocsin { enabld = true }\n")
	if why := h.try(true); !holds(why, []string{"--strict", "mend it"}) {
		t.Errorf("broken later, and strict: %s", why)
	}
	if err := os.WriteFile(filepath.Join(h.data, lastGoodName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if why := h.try(false); !holds(why, []string{"copy of an earlier version neither", "mend"}) {
		t.Errorf("with a damaged copy: %s", why)
	}
}

// A file that was broken while the daemon was down must neither silence it nor
// stay unnoticed.
func TestAnEditThatBreaksTheNextStartIsTold(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console, "events.hcl": titled("good")})
	h.stop()
	h.write("events.hcl", "event \"vm_start\" {\n  titel = \"typo\"\n}\n")
	h.start()
	h.eventually("the notice is sent", func() bool { return strings.Contains(h.out.String(), "config_rejected") })
	if st := h.status(); st.Config.State != "last_good" {
		t.Errorf("status says %+v", st.Config)
	}
	h.stop()
	h.start()
	if status := h.send(`{"event_type":"vm_start","data":{"n":1}}`); status != 202 {
		t.Errorf("an event was answered %d", status)
	}
	h.eventually("the version before goes on", func() bool { return strings.Contains(h.out.String(), "good 1 end") })
	if strings.Contains(h.out.String(), "config_rejected") {
		t.Error("the same mistake is told after every restart")
	}
	h.write("events.hcl", titled("mended"))
	h.eventually("the mended version is in use", func() bool { return h.status().Config.State == "ok" })
	h.write("events.hcl", "event \"vm_start\" {\n  titel = \"typo\"\n}\n")
	h.eventually("the same mistake made again is told again", func() bool { return strings.Contains(h.out.String(), "config_rejected") })
}

// A folder that is not mounted yet when the daemon starts.
func TestAFolderThatComesLater(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console, "events.hcl": titled("good")})
	h.stop()
	away := h.config + ".away"
	if err := os.Rename(h.config, away); err != nil {
		t.Fatal(err)
	}
	h.start()
	if status := h.send(`{"event_type":"vm_start","data":{"n":1}}`); status != 202 {
		t.Errorf("an event was answered %d", status)
	}
	h.eventually("the last good version runs", func() bool { return strings.Contains(h.out.String(), "good 1 end") })
	if st := h.status(); st.Config.State != "last_good" || len(st.Config.Errors) != 1 || !strings.Contains(st.Config.Errors[0], h.config) {
		t.Errorf("status says %+v", st.Config)
	}
	if err := os.Rename(away, h.config); err != nil {
		t.Fatal(err)
	}
	h.eventually("the files are in use", func() bool { return h.status().Config.State == "ok" })
	h.write("events.hcl", titled("newer"))
	h.eventually("edits are seen", func() bool {
		h.send(`{"event_type":"vm_start","data":{"n":2}}`)
		return strings.Contains(h.out.String(), "newer 2 end")
	})
}

func TestADataFolderOfAnyName(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: filepath.Join(t.TempDir(), "50% #1? ö", "data")}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	if status := h.send(`{"event_type":"vm_start"}`); status != 202 {
		t.Errorf("an event was answered %d", status)
	}
	if _, err := os.Stat(filepath.Join(h.data, "tocsin.db")); err != nil {
		t.Error(err)
	}
}
