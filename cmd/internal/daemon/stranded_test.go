package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// waitingIn makes a data folder in which messages wait: three for the phone, of
// which one is given up besides, and for the mail one each in both buffers.
func waitingIn(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(data, "tocsin.db"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	parcel := func(state event.ParcelState) event.Parcel {
		return event.Parcel{Channel: "phone", State: state, Accepted: now, Due: now, Message: event.Message{EventID: "e", Time: now}}
	}
	held := func(buffer event.Buffer) event.Waiting {
		return event.Waiting{Channel: "mail", Buffer: buffer, Since: now, Message: event.Message{EventID: "e", Time: now}}
	}
	err = s.Commit(t.Context(), &engine.Batch{
		Queued:  []event.Parcel{parcel(event.Queued), parcel(event.Retry), parcel(event.Held), parcel(event.Dead)},
		Waiting: []event.Waiting{held(event.QuietBuffer), held(event.DigestBuffer)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// checked returns what a check of one file says, and whether all is well.
func checked(t *testing.T, text string, opts CheckOptions) (string, bool) {
	t.Helper()
	opts.Config = t.TempDir()
	if err := os.WriteFile(filepath.Join(opts.Config, "a.hcl"), []byte("tocsin {\n  enabled = true\n}\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	opts.Out = &out
	if opts.Format == "" {
		opts.Format = "human"
	}
	ok, err := Check(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), ok
}

func TestCheckTellsWhatWouldBeStranded(t *testing.T) {
	data := waitingIn(t)
	const phone, quiet, digest = "channel \"log\" \"phone\" {}\n", "quiet_hours {\n    hours = \"22:00-07:00\"\n  }\n", "digest {\n    at = \"09:00\"\n  }\n"
	mail := func(inner string) string { return "channel \"log\" \"mail\" {\n  " + inner + "}\n" }
	for _, tt := range []struct {
		name, text string
		want       []string
		silent     []string
	}{
		{"nothing changes", phone + mail(quiet+"  "+digest), []string{"0 errors, 0 warnings"}, []string{"note:", "C722"}},
		{"a new name", strings.Replace(phone, "phone", "phones", 1) + mail(quiet+"  "+digest), []string{
			`warning[C722]: 3 messages wait for channel "phone", which is gone`, "a.hcl:4:1", `was it renamed to "phones"?`,
			"tocsin outbox retry --channel phone --to phones", "0 errors, 1 warning",
		}, []string{"note:"}},
		{"both are gone", "channel \"log\" \"lamp\" {}\n", []string{
			`2 messages wait for channel "mail", which is gone`, `3 messages wait for channel "phone", which is gone`, "a.hcl:1:1", "--to NAME",
		}, []string{"note:", "renamed"}},
		{"switched off", "channel \"log\" \"phone\" {\n  enabled = false\n}\n" + mail(quiet+"  "+digest), []string{
			`3 messages wait for channel "phone", which is switched off`, "a.hcl:4:1", "Switch it on again",
		}, []string{"renamed"}},
		{"no quiet hours", phone + mail(digest), []string{"0 errors, 0 warnings", `note: channel "mail" has no quiet_hours any more`, "at once (messages: 1)"}, []string{"no digest"}},
		{"no digest", phone + mail(quiet), []string{"0 errors, 0 warnings", `note: channel "mail" has no digest any more`, "at once, or when its quiet hours end (messages: 1)"}, []string{"no quiet_hours"}},
		{"errors come first", "channel \"log\" \"lamp\" {\n  nope = 1\n}\n", []string{"1 error, 0 warnings"}, []string{"C722"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, _ := checked(t, tt.text, CheckOptions{Data: data})
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing in\n%s", want, out)
				}
			}
			for _, word := range tt.silent {
				if strings.Contains(out, word) {
					t.Errorf("%q stands in\n%s", word, out)
				}
			}
		})
	}
}

// TestCheckTellsPrograms: every format has the warning, none the notes.
func TestCheckTellsPrograms(t *testing.T) {
	data := waitingIn(t)
	for format, want := range map[string]string{
		"json": `"code": "C722"`, "sarif": `"ruleId": "C722"`, "github": "::warning file=",
	} {
		out, ok := checked(t, "channel \"log\" \"mail\" {}\n", CheckOptions{Data: data, Format: format, Strict: true})
		if !strings.Contains(out, want) || !strings.Contains(out, "3 messages wait") || strings.Contains(out, "note:") || ok {
			t.Errorf("%s, all well %v:\n%s", format, ok, out)
		}
	}
}

// TestCheckWithoutAnArchive: away from the host there is nothing to say.
func TestCheckWithoutAnArchive(t *testing.T) {
	closed := waitingIn(t)
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o700) })
	folders := map[string]string{"an empty folder": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "nowhere"), "none named": ""}
	if os.Getuid() != 0 {
		folders["somebody else's"] = closed
	}
	for name, data := range folders {
		if out, ok := checked(t, "channel \"log\" \"mail\" {}\n", CheckOptions{Data: data, Strict: true}); !ok || !strings.HasPrefix(out, "0 errors, 0 warnings in 1 file.\n") || strings.Contains(out, "note") {
			t.Errorf("%s: %v\n%s", name, ok, out)
		}
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "tocsin.db"), []byte("no database at all, but long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, ok := checked(t, "channel \"log\" \"mail\" {}\n", CheckOptions{Data: broken, Strict: true}); !ok || !strings.Contains(out, "note: whether messages wait for channels that are gone is not known") {
		t.Errorf("a damaged archive: %v\n%s", ok, out)
	}
}

// TestAReloadTellsWhatIsStranded renames a channel for which a message waits, and
// restarts.
func TestAReloadTellsWhatIsStranded(t *testing.T) {
	held := "channel \"gotify\" \"tablet\" {\n  url   = \"http://127.0.0.1:1\"\n  token = secret(\"nobody_has_it\")\n}\n"
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": held})
	if status := h.send(`{"event_type":"disk_space_low","data":{"mount":"/srv"}}`); status != 202 {
		t.Fatalf("answered %d", status)
	}
	if strings.Contains(h.err.String(), "channels that are gone") {
		t.Error("told before anything is stranded")
	}
	h.write("channels.hcl", strings.Replace(held, "tablet", "tablets", 1))
	h.eventually("the log tells", func() bool { return strings.Contains(h.err.String(), "tablet (1)") })
	if n := strings.Count(h.err.String(), "channels=\"[tablet (1)]\""); n != 1 {
		t.Errorf("told %d times:\n%s", n, h.err)
	}
	h.stop()
	h.start()
	h.eventually("the log tells after a restart", func() bool { return strings.Contains(h.err.String(), "tablet (1)") })
	h.write("channels.hcl", held)
	h.eventually("the channel is back", func() bool {
		return h.status().Waiting == 1 && strings.Count(h.err.String(), "configuration reloaded") == 1
	})
	if n := strings.Count(h.err.String(), "tablet (1)"); n != 1 {
		t.Errorf("told %d times although the channel is back", n)
	}
}
