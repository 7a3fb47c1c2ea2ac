package daemon

import (
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// A switch counts for the very next event once its save is answered: nobody waits
// for the files to be looked at.
func TestASwitchIsLiveWhenItIsAnswered(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console})
	for n := range 10 {
		on := n%2 == 0
		h.call("POST", "/settings", fmt.Sprintf(`{"toggles":{"vm_start":%t}}`, on)).want(200, `"applied":true`)
		a := h.call("POST", "/send", fmt.Sprintf(`{"event_type":"vm_start","data":{"vmid":%d}}`, n)).want(202)
		if told := strings.Contains(a.text, `"channels":["console"]`); told != on {
			t.Fatalf("round %d: the switch is %t, and the event was answered with %s", n, on, a.text)
		}
	}
}

// Editors that do not know of each other lose nothing: over the API, with a text
// editor, and all at once.
func TestManyEditorsAtOnce(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console})
	types := []string{"vm_start", "vm_stop", "ct_start", "ct_stop", "backup_start", "backup_complete", "backup_fail", "oom_kill"}
	h.token()
	var editors sync.WaitGroup
	for i, typ := range types {
		editors.Go(func() {
			tag := h.call("GET", "/settings", "").tag
			for range 50 {
				a := h.call("POST", "/settings", fmt.Sprintf(`{"toggles":{%q:false}}`, typ), "If-Match", tag)
				switch a.status {
				case 200:
					return
				case 412: // look at it again
					tag = a.tag
					if tag == "" {
						tag = h.call("GET", "/settings", "").tag
					}
				default:
					t.Errorf("%s: got %d %s", typ, a.status, a.text)
					return
				}
			}
			t.Errorf("editor %d never got through", i)
		})
	}
	for n := range 10 { // and somebody with a text editor
		h.write("notes.hcl", fmt.Sprintf("# note %d\n", n))
	}
	editors.Wait()
	for _, typ := range types {
		if !strings.Contains(h.file("panel.hcl"), typ) {
			t.Errorf("the edit of %s is lost:\n%s", typ, h.file("panel.hcl"))
		}
	}
	h.wantFile("notes.hcl", "# note 9")
}

// A checkout under the feet of an editor is noticed, and the edit is made on what
// was checked out, and committed there.
func TestAnEditAndACheckout(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	h := newHouse(t, map[string]string{"tocsin.hcl": editable + "git {\n  commit = true\n}\n", "secrets/phone": botToken, ".gitignore": "secrets/\n"})
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", h.config, "-c", "user.name=Ops", "-c", "user.email=ops@farm.example"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	git("checkout", "-q", "-b", "other")
	h.write("tocsin.hcl", strings.Replace(h.file("tocsin.hcl"), `"-1001"`, `"-2002"`, 1))
	git("commit", "-q", "-a", "-m", "another chat")
	git("checkout", "-q", "main")
	if _, err := h.daemon.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	saw := h.call("GET", "/settings", "").want(200, `"chat_id":"-1001"`)
	git("checkout", "-q", "other")
	h.call("POST", "/settings", `{"channel.phone.chat_id":"-3003"}`, "If-Match", saw.tag).want(412, `"conflict"`, `"theirs":"\"-2002\""`)
	again := h.call("POST", "/settings", `{"channel.phone.toggles.updates":true}`, "If-Match", saw.tag).want(412, `"stale"`)
	if strings.Contains(git("status", "--porcelain"), "tocsin.hcl") {
		t.Error("something was written")
	}
	a := h.call("POST", "/settings", `{"channel.phone.toggles.updates":true}`, "If-Match", again.tag).want(200, `"saved":true`)
	if a.Commit == "" || !strings.Contains(git("log", "-1", "--format=%s %an", "other"), "local") && !strings.Contains(git("log", "-1", "-p"), "updates = true") {
		t.Errorf("the commit is %q: %s", a.Commit, git("log", "-1"))
	}
	h.wantFile("tocsin.hcl", `"-2002"`, "updates = true # too many")
	if st := h.status(); st.Config.State != "ok" {
		t.Errorf("got %+v", st.Config)
	}
}
