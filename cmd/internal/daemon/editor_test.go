package daemon

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tocsin/api"
)

const editable = quietDefaults + `
locals {
  site = "farm"
}
group "farmyard" {
  title = local.site
}
channel "log" "console" { rich = false }
channel "telegram" "phone" {
  bot_token = secret("phone")
  chat_id   = "-1001"
  when      = "false"

  toggles {
    updates = false # too many
  }
}
rule "nightly backups" {
  events = ["backup_*"]
  drop   = true
}
`

const botToken = "31337:aVeryLongBotTokenOfAFineBotWithMore"

func newEditable(t testing.TB) *house {
	return newHouse(t, map[string]string{"tocsin.hcl": editable, "secrets/phone": botToken})
}

// answered is an answer of the API.
type answered struct {
	t      testing.TB
	status int
	tag    string
	text   string
	api.Edited
	Error api.Error
}

// call sends a request as an administrator; header alternates names and values.
func (h *house) call(method, path, body string, header ...string) *answered {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.daemon.Addr()+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token())
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	a := &answered{t: h.t, status: resp.StatusCode, tag: resp.Header.Get("ETag"), text: string(text)}
	_ = json.Unmarshal(text, a) // not all are JSON
	return a
}

func (a *answered) want(status int, words ...string) *answered {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got %d, want %d: %s", a.status, status, a.text)
	}
	for _, word := range words {
		if !strings.Contains(a.text, word) {
			a.t.Errorf("there is no %q in %s", word, a.text)
		}
	}
	return a
}

func (h *house) file(name string) string {
	text, _ := os.ReadFile(filepath.Join(h.config, name))
	return string(text)
}

func (h *house) wantFile(name string, words ...string) {
	h.t.Helper()
	for _, word := range words {
		if !strings.Contains(h.file(name), word) {
			h.t.Errorf("there is no %q in %s:\n%s", word, name, h.file(name))
		}
	}
}

func TestSettings(t *testing.T) {
	h := newEditable(t)
	seen := h.call("GET", "/settings", "").want(200, `"display_name":"home-lab"`, `"bot_token":{"set":true}`, `"group":`, `"backup_complete":{`, `"places":`)
	h.call("POST", "/settings", seen.text).want(200, `"nothing":true`) // as it is
	dry := h.call("POST", "/settings?dry_run=1", `{"channel":{"telegram":{"phone":{"chat_id":"-7"}}}}`).want(200, "-1001", `"saved":false`)
	if !strings.Contains(dry.Diff, `+  chat_id   = "-7"`) || strings.Contains(h.file("tocsin.hcl"), "-7") {
		t.Errorf("the dry run is %s", dry.Diff)
	}

	loads := h.daemon.running.Load()
	a := h.call("POST", "/settings", `{"channel":{"telegram":{"phone":{"toggles":{"updates":true}}}}}`, "If-Match", seen.tag).want(200)
	if !a.Saved || !a.Applied || a.Change != "1" || len(a.Effects) != 1 || h.daemon.running.Load() == loads {
		t.Errorf("got %+v", a.Edited)
	}
	h.wantFile("tocsin.hcl", "updates = true # too many")
	h.call("GET", "/settings", "").want(200, `"toggles":{"updates":true}`, a.Revision) // at once

	// The same value, from who saw what was there before.
	h.call("POST", "/settings", `{"channel.phone.toggles.updates":"digest"}`, "If-Match", seen.tag).want(412, `"conflict"`, `"theirs":"true"`)
	// The same file.
	again := h.call("POST", "/settings", `{"dedup":{"window":"3s"}}`, "If-Match", seen.tag).want(412, `"stale"`, `+dedup { window = \"3s\" }`)
	h.call("POST", "/settings", `{"dedup":{"window":"3s"}}`, "If-Match", again.tag).want(200, `"saved":true`)

	for body, words := range map[string][]string{
		`{"tocsin":{"timezone":"Mars/Olympus"}}`: {"would_not_load", `"file":"tocsin.hcl"`, `"severity":"error"`},
		`{"tocsn":{}}`:                           {"unprocessable", "did you mean tocsin?"},
		`{"telegram.foo":"1"}`:                   {"would_not_load"},
		`{"enabled":"perhaps"}`:                  {"unprocessable"},
	} {
		h.call("POST", "/settings", body).want(422, words...)
	}
	h.call("POST", "/settings", `[]`).want(400)
	h.call("POST", "/settings?dry=1", `{}`).want(400, "dry_run")
	h.call("POST", "/settings", `{"group":{"farmyard":{"title":"Barn"}}}`).want(409, `"elsewhere"`, `"name":"local.site"`, `"here":true`, `locals.site`)
	h.call("POST", "/settings?here=1", `{"group":{"farmyard":{"title":"Barn"}}}`).want(200, `"saved":true`)
	h.call("POST", "/settings", `{"enabled":"true","telegram.enabled":"false","events.backup_complete":"false","telegram.quiet_enabled":"true"}`).want(200, `"saved":true`)
	h.wantFile("tocsin.hcl", `"22:00-06:00"`, "enabled   = false")
}

func TestFilesOverHTTP(t *testing.T) {
	h := newEditable(t)
	h.call("GET", "/files", "").want(200, `"path":"tocsin.hcl"`, `"etag":`)
	got := h.call("GET", "/files/tocsin.hcl", "").want(200)
	if got.text != editable {
		t.Errorf("got %s", got.text)
	}
	rule := "rule \"x\" {\n  events = [\"vm_*\"]\n  drop = true\n}\n"
	made := h.call("PUT", "/files/conf.d/x.hcl", rule, "If-None-Match", "*").want(200, `"saved":true`, `"applied":true`)
	h.call("GET", "/rules", "").want(200, `"name":"x"`, `"source":{"file":"conf.d/x.hcl","line":1}`)
	h.call("PUT", "/files/conf.d/x.hcl", rule+"\n").want(428, "tag_missing")
	h.call("PUT", "/files/conf.d/x.hcl", rule+"\n", "If-None-Match", "*").want(412)
	h.call("PUT", "/files/conf.d/x.hcl", rule+"\nrule {", "If-Match", made.tag).want(422, "would_not_load", `"file":"conf.d/x.hcl"`)
	h.call("DELETE", "/files/conf.d/x.hcl", "").want(428)
	h.call("DELETE", "/files/conf.d/x.hcl", "", "If-Match", `"abc"`).want(412)
	h.call("DELETE", "/files/conf.d/x.hcl", "", "If-Match", made.tag).want(200, `"saved":true`)
	h.call("DELETE", "/files/conf.d/x.hcl", "").want(404)
	for _, path := range []string{"x.txt", "secrets/phone", "%2e%2e/x.hcl", ".git/config", "a/../../x.hcl"} {
		h.call("GET", "/files/"+path, "").want(404)
		if a := h.call("PUT", "/files/"+path, rule, "If-Match", "*"); a.status != 404 && a.status != 422 {
			t.Errorf("%s: got %d %s", path, a.status, a.text)
		}
	}
}

// Two editors at once, one of them over the API: nothing is lost, and nothing is
// overwritten unseen.
func TestAFileInTwoEditors(t *testing.T) {
	h := newEditable(t)
	saw := h.call("GET", "/files/tocsin.hcl", "")
	theirs := strings.Replace(editable, `"-1001"`, `"-2002"`, 1)
	h.write("tocsin.hcl", theirs) // a text editor
	mine := strings.Replace(editable, "too many", "far too many", 1)
	a := h.call("PUT", "/files/tocsin.hcl", mine, "If-Match", saw.tag).want(412, `"stale"`, `"clean":true`)
	if want := strings.Replace(theirs, "too many", "far too many", 1); a.Error.Merge.Text != want || h.file("tocsin.hcl") != theirs {
		t.Errorf("got %s", a.Error.Merge.Text)
	}
	h.call("PUT", "/files/tocsin.hcl", a.Error.Merge.Text, "If-Match", a.tag).want(200, `"saved":true`)
	h.wantFile("tocsin.hcl", "far too many", `"-2002"`)

	a = h.call("PUT", "/files/tocsin.hcl", strings.Replace(editable, `"-1001"`, `"-3003"`, 1), "If-Match", saw.tag).want(412, `"clean":false`, `-2002`, `-3003`, `-1001`)
	if len(a.Error.Merge.Hunks) != 1 || a.Error.Merge.Theirs != h.file("tocsin.hcl") {
		t.Errorf("got %+v", a.Error.Merge)
	}
	// Another revision comes as a whole, as by git checkout.
	h.write("tocsin.hcl", editable)
	h.write("more.hcl", "dedup {\n  window = \"1s\"\n}\n")
	now := h.call("GET", "/files/tocsin.hcl", "")
	h.call("PUT", "/files/tocsin.hcl", mine, "If-Match", now.tag).want(422, "would_not_load") // dedup is there twice
	h.wantFile("tocsin.hcl", "# too many")
}

func TestBlocksOverHTTP(t *testing.T) {
	h := newEditable(t)
	h.call("PUT", "/blocks/rule/nightly%20backups", "events = [\"vm_*\"]\ndrop = true\n", "Content-Type", "application/hcl").want(200, `"saved":true`)
	h.wantFile("tocsin.hcl", "rule \"nightly backups\" {\n  events = [\"vm_*\"]\n  drop   = true\n}")
	h.call("PUT", "/blocks/rule/other", "rule \"other\" {\n  events = [\"ct_*\"]\n  drop = true\n}\n", "Content-Type", "text/plain").want(200)
	h.wantFile("panel.hcl", "rule \"other\" {\n  events = [\"ct_*\"]\n  drop   = true\n}")
	h.call("PUT", "/blocks/channel/telegram/phone", `{"chat_id":"-9","bot_token":{"set":true},"when":"false"}`).want(200, `"saved":true`)
	h.wantFile("tocsin.hcl", `secret("phone")`, `"-9"`)
	if strings.Contains(h.file("tocsin.hcl"), "toggles") {
		t.Error("what was not sent is still there")
	}
	h.call("PUT", "/blocks/dedup", `{"window":"9s"}`).want(200)
	h.wantFile("tocsin.hcl", `dedup { window = "9s" }`)
	h.call("DELETE", "/blocks/rule/other", "").want(200, `"saved":true`)
	h.call("DELETE", "/blocks/rule/other", "").want(404)
	h.call("DELETE", "/blocks/burst/burst_auth_fail", "").want(200) // built in: switched off
	h.wantFile("panel.hcl", "burst \"burst_auth_fail\" {\n  enabled = false\n}")
	h.call("PUT", "/blocks/barn/x", `{}`).want(422, "no setting")
	h.call("PUT", "/blocks/dedup", `}`, "Content-Type", "application/hcl").want(422, "does not parse")
	h.call("PUT", "/blocks/dedup", `x`, "Content-Type", "image/png").want(415)
	h.call("PUT", "/blocks/dedup//x", `{}`).want(404)
}

// What is no regular file is refused with its name, and is no fault of tocsin.
func TestAFolderThatCannotBeRead(t *testing.T) {
	h := newEditable(t)
	if err := syscall.Mkfifo(filepath.Join(h.config, "pipe.hcl"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ask := range [][3]string{
		{"GET", "/files", ""}, {"GET", "/files/tocsin.hcl", ""}, {"POST", "/check", `{"path":"a.hcl","text":""}`}, {"POST", "/settings", `{"dedup":{"window":"5s"}}`},
	} {
		h.call(ask[0], ask[1], ask[2]).want(422, "pipe.hcl is no regular file")
	}
	h.call("GET", "/settings", "").want(200)
}

func TestCheckAndChanges(t *testing.T) {
	h := newEditable(t)
	h.call("POST", "/check", `{"path":"new.hcl","text":"rule \"nightly backups\" {}"}`).want(200, `"ok":false`, `"file":"new.hcl"`, `"line":1`, "twice")
	h.call("POST", "/check", `{"files":{"a.hcl":"tocsin {\n  enabled = true\n}\n"}}`).want(200, `"ok":true`)
	h.call("POST", "/check", `{"path":"../a.hcl","text":""}`).want(422)
	h.call("POST", "/check", `{"text":""}`).want(400)
	if h.file("new.hcl") != "" {
		t.Error("it was saved")
	}
	h.call("POST", "/settings?note=why%20not", `{"dedup.window":"5s"}`).want(200)
	h.call("GET", "/changes", "").want(200, `"id":"1"`, `"note":"why not"`, `"by":"`, `+dedup { window = \"5s\" }`)
	h.call("POST", "/changes/1/undo?dry_run=1", "").want(200, `"saved":false`)
	h.call("POST", "/changes/1/undo", "").want(200, `"saved":true`, `"applied":true`)
	h.wantFile("tocsin.hcl", `dedup { window = "0s" }`)
	h.call("POST", "/changes/77/undo", "").want(404)
	h.call("GET", "/changes?limit=1", "").want(200, `"undoes":"1"`)
	h.call("GET", "/changes?limit=0", "").want(400)
}

func TestReadOnlyConfigurationOverHTTP(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": strings.Replace(editable, "enabled      = true", "enabled      = true\n  read_only    = true", 1), "secrets/phone": botToken})
	a := h.call("POST", "/settings", `{"dedup.window":"5s"}`).want(409, "read_only", "read_only = true")
	if !strings.Contains(a.Error.Patch, "+dedup { window = \"5s\" }") || strings.Contains(h.file("tocsin.hcl"), "5s") {
		t.Errorf("the patch is %q", a.Error.Patch)
	}
	h.call("POST", "/settings?dry_run=1", `{"dedup.window":"5s"}`).want(200, `"read_only":"the configuration says`)
}

// No request makes a shell: what runs programs is written on the host.
func TestNoRequestRunsPrograms(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": editable, "secrets/phone": botToken, "exec.hcl": "channel \"exec\" \"script\" {\n  command = [\"/bin/true\"]\n  when = \"false\"\n}\n"})
	saw := h.call("GET", "/files/exec.hcl", "")
	h.call("PUT", "/files/exec.hcl", strings.Replace(saw.text, "/bin/true", "/bin/sh", 1), "If-Match", saw.tag).want(403, "host_only")
	h.call("PUT", "/files/more.hcl", strings.Replace(saw.text, "script", "other", 1)).want(403, "host_only")
	h.call("POST", "/settings", `{"channel":{"exec":{"other":{"command":["/bin/sh"],"when":"false"}}}}`).want(403, "host_only")
	h.call("POST", "/settings", `{"channel":{"log":{"tap":{"path":"`+h.data+`/tocsin.db","when":"false"}}}}`).want(403, "host_only")
	h.call("POST", "/settings", `{"channel":{"exec":{"script":{"command":["/bin/sh"]}}}}`).want(403)
	h.call("PUT", "/blocks/channel/exec/other", "command = [\"/bin/sh\"]\nwhen = \"false\"\n", "Content-Type", "application/hcl").want(403)
	h.call("POST", "/settings", `{"apprise":{"command":"/bin/sh"}}`).want(403)
	h.call("POST", "/settings", `{"channel":{"exec":{"other":{"enabled":false,"command":["/bin/sh"],"when":"false"}}}}`).want(403)
	h.call("PUT", "/blocks/source/command/shell", `{"every":"1h","command":["/bin/sh"],"when":"result.changed","emit":"custom"}`).want(403, "source command shell")
	h.call("PUT", "/blocks/source/log/peek", `{"path":"/var/log/auth.log","pattern":"^(?P<_all>.*)$","emit":"custom"}`).want(403, "source log peek")
	h.call("PUT", "/blocks/source/file/peek", `{"enabled":false,"every":"1h","path":"`+h.config+`/secrets/phone","when":"result.changed","emit":"custom"}`).want(403, "source file peek")
	h.call("POST", "/settings", `{"channel":{"exec":{"script":{"enabled":false}}}}`).want(200) // off is no harm
	if strings.Contains(h.file("exec.hcl")+h.file("panel.hcl")+h.file("more.hcl"), "/bin/sh") {
		t.Error("a program was written into the files")
	}
}
