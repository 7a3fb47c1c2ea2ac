package builtin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tocsin/builtin"
	"tocsin/rules"
)

// own are the events that tocsin raises by its own code, and the file of it that
// does.
var own = map[string]string{
	"channel_failing":   "../engine/settle.go",
	"channel_recovered": "../engine/settle.go",
	"config_rejected":   "../cmd/internal/daemon/rejected.go",
	"rate_limited":      "../engine/dispatch/volume.go",
	"store_recovered":   "../cmd/internal/daemon/care.go",
	"history_failing":   "../cmd/internal/daemon/records.go",
	"history_recovered": "../cmd/internal/daemon/records.go",
	"spool_rejected":    "../sources/spool/source.go",
	"system_startup":    "../sources/boot/report.go",

	"unknown_persistent": "../sources/health/data.go",
	"state_change":       "../sources/health/data.go",
	"health_degraded":    "../sources/health/data.go",
	"health_persistent":  "../sources/health/data.go",
}

// sent are the events that only programs know of. Each has an example among the
// scripts that sends it.
var sent = []string{
	"ai_model_migrated", "app_update_available", "custom", "gpu_mode_switch", "gpu_passthrough_blocked", "health_issue_new",
	"health_issue_resolved", "host_backup_complete", "host_backup_fail", "host_backup_start", "lxc_update_applied",
	"lxc_updates_available", "post_install_update", "secure_gateway_update_available", "system_restore_completed", "update_complete",
}

// probed are the events whose source has to know more than the pack can. An example in
// examples/probes has it.
var probed = []string{"host_silent"}

// TestEveryEventHappens wants something that raises each event of the catalogue: a
// source, what Proxmox VE posts, tocsin itself, or an example.
func TestEveryEventHappens(t *testing.T) {
	reached, scripts, examples := reachedBySources(t), scriptsThatSend(t), probesThatEmit(t)
	events := ofKind(load(t), "event")
	for name := range events {
		file, byTocsin := own[name]
		if byTocsin {
			if src, err := os.ReadFile(file); err != nil || !strings.Contains(string(src), `"`+name+`"`) {
				t.Errorf("%s is not raised by %s: %v", name, file, err)
			}
		}
		bySend, byProbe := slices.Contains(sent, name), slices.Contains(probed, name)
		if bySend && !scripts[name] {
			t.Errorf("%s is sent by programs, and no script in examples/scripts shows how", name)
		}
		if byProbe && !examples[name] {
			t.Errorf("no source in examples/probes raises %s", name)
		}
		if !reached[name] && !byTocsin && !bySend && !byProbe {
			t.Errorf("nothing raises %s: give it a source, or an example and a place on the list of what is sent or probed", name)
		}
	}
	for _, name := range slices.Concat(sent, probed) {
		if events[name] == nil {
			t.Errorf("%s is on a list and in no catalogue", name)
		}
	}
}

// reachedBySources are the events of the pack's sources of any kind, also of those that
// are there to be switched on, and of what Proxmox VE posts.
func reachedBySources(t *testing.T) map[string]bool {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "pve1"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	reached := map[string]bool{}
	for _, s := range config.Sources {
		for _, typ := range s.Emits {
			reached[typ] = true
		}
	}
	posts, err := filepath.Glob("../sources/pve/testdata/*.golden")
	if err != nil || len(posts) == 0 {
		t.Fatalf("%d posts of Proxmox VE, %v", len(posts), err)
	}
	for _, post := range posts {
		src, err := os.ReadFile(post)
		if err != nil {
			t.Fatal(err)
		}
		var decoded struct {
			Event struct {
				Type string `json:"event_type"`
			}
		}
		if err := json.Unmarshal(src, &decoded); err != nil {
			t.Fatalf("%s: %v", post, err)
		}
		reached[decoded.Event.Type] = true
	}
	return reached
}

// scriptsThatSend are the events that the examples send. That they do is tested
// there.
func scriptsThatSend(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../examples/scripts/*")
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(string(src))
		for i := 2; i < len(words); i++ {
			if words[i-2] == "tocsin" && words[i-1] == "send" {
				events[words[i]] = true
			}
		}
	}
	return events
}

// probesThatEmit are the events of the examples that look at something. What they make
// of it is tested there.
func probesThatEmit(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../examples/probes/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	emit := regexp.MustCompile(`(?m)^  emit += "(\w+)"$`)
	events := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range emit.FindAllSubmatch(src, -1) {
			events[string(m[1])] = true
		}
	}
	return events
}
