package builtin_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	"custom", "gpu_mode_switch", "gpu_passthrough_blocked", "host_backup_complete", "host_backup_fail", "host_backup_start", "lxc_update_applied",
	"post_install_update", "system_restore_completed", "update_complete",
}

// awaited are the events that no source reaches yet. A source that comes takes its
// events off this list.
var awaited = []string{
	"ai_model_migrated", "app_update_available", "cron_output", "health_issue_new", "health_issue_resolved", "host_silent",
	"lxc_updates_available", "secure_gateway_update_available",
}

// TestEveryEventHappens wants something that raises each event of the catalogue: a
// source, what Proxmox VE posts, tocsin itself, or a program that has an example.
func TestEveryEventHappens(t *testing.T) {
	reached := reachedBySources(t)
	scripts := scriptsThatSend(t)
	for name := range ofKind(load(t), "event") {
		var ways []string
		if reached[name] {
			ways = append(ways, "a source")
		}
		if file, ok := own[name]; ok {
			ways = append(ways, "tocsin")
			if src, err := os.ReadFile(file); err != nil || !strings.Contains(string(src), `"`+name+`"`) {
				t.Errorf("%s is not raised by %s: %v", name, file, err)
			}
		}
		if slices.Contains(sent, name) {
			ways = append(ways, "programs")
			if !scripts[name] {
				t.Errorf("%s is sent by programs, and no script in examples/scripts shows how", name)
			}
		}
		switch waits := slices.Contains(awaited, name); {
		case len(ways) == 0 && !waits:
			t.Errorf("nothing raises %s: give it a source, or a script and a place on the list of what is sent", name)
		case len(ways) > 0 && waits:
			t.Errorf("%s is raised by %s: it is awaited no longer", name, strings.Join(ways, " and "))
		}
	}
	events := ofKind(load(t), "event")
	for _, name := range slices.Concat(sent, awaited) {
		if events[name] == nil {
			t.Errorf("%s is on a list and in no catalogue", name)
		}
	}
}

// reachedBySources are the events of the pack's sources of any kind, and of what
// Proxmox VE posts.
func reachedBySources(t *testing.T) map[string]bool {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files(), Host: "pve1"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	reached := map[string]bool{}
	for _, s := range config.Sources {
		for _, typ := range s.Emits {
			reached[typ] = reached[typ] || s.Enabled
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
