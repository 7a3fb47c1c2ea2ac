package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The names of these probes make their first looks come at once.
const lookingAround = `
channel "log" "console" {}
event "lamp_on" {
  group       = "services"
  severity    = "WARNING"
  fields      = { lamp = "string" }
  fingerprint = ["lamp"]
  title       = "The lamp {{ .data.lamp }} is on"
}
source "file" "look_35" {
  every   = "10s"
  path    = %q
  matches = { lamps = "^(?P<lamp>\\w+) on$" }
  each    = "result.matches.lamps"
  emit    = "lamp_on"
}
source "command" "look_214" {
  every   = "10s"
  command = ["/no/such/program"]
  when    = "result.stdout == 'x'"
  emit    = "lamp_on"
}
source "http" "look_262" {
  every = "10s"
  url   = secret("lamps")
  when  = "result.status == 200"
  emit  = "lamp_on"
}
`

// A probe raises events, and what hinders one shows and hinders no other. A reload
// that changes nothing of it leaves it alone.
func TestProbesLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lamps")
	if err := os.WriteFile(path, []byte("red off\ngreen on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, config: t.TempDir(), data: t.TempDir(), looks: true}
	h.write("tocsin.hcl", quietDefaults)
	h.write("lamps.hcl", fmt.Sprintf(lookingAround, path))
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	h.eventually("the lamp is told", func() bool { return strings.Contains(h.out.String(), "The lamp green is on") })
	h.eventually("the troubles show", func() bool {
		command, http := h.source("command/look_214"), h.source("http/look_262")
		return command.Reason == "/no/such/program does not exist" && strings.Contains(http.Reason, `"lamps"`)
	})
	if s := h.source("file/look_35"); s.Reason != "" || s.Events != 1 {
		t.Errorf("%+v", s)
	}
	before := h.source("file/look_35").Since
	h.write("more.hcl", "rule \"x\" {\n  events = [\"vm_fail\"]\n  stop = true\n}\n")
	h.eventually("the change is in use", func() bool { return strings.Contains(h.err.String(), "configuration reloaded") })
	if h.source("file/look_35").Since != before {
		t.Error("the probe was started anew")
	}
	if strings.Contains(h.out.String(), "red") || strings.Count(h.out.String(), "The lamp green is on") != 1 {
		t.Errorf("told:\n%s", h.out)
	}
}
