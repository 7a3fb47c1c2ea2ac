package builtin_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCatalogueIsComplete holds the pack against a list that is kept by hand:
// no event is lost, and none changes its severity or switches unnoticed.
func TestCatalogueIsComplete(t *testing.T) {
	src, err := os.ReadFile("testdata/catalogue.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for line := range strings.Lines(string(src)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	for name, b := range ofKind(load(t), "event") {
		words := []string{name, b.text("group"), b.text("severity"), "off"}
		if b.flag("enabled", true) {
			words[3] = "on"
		}
		if b.flag("live", false) {
			words = append(words, "live")
		}
		if outcome := b.text("outcome"); outcome != "" {
			words = append(words, outcome)
		}
		got = append(got, strings.Join(words, " "))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
}

func TestGroupsHoldTheirFiles(t *testing.T) {
	blocks := load(t)
	groups := ofKind(blocks, "group")
	want := []string{
		"backups", "cluster", "hardware", "health", "network", "other", "resources", "security", "services", "storage",
		"updates", "vm_ct",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(groups))); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for name, b := range ofKind(blocks, "event") {
		group, file := b.text("group"), b.place.Filename
		if groups[group] == nil {
			t.Errorf("%s: there is no group %q", name, group)
		}
		if file != "builtin/"+group+".hcl" && file != "builtin/own.hcl" {
			t.Errorf("%s: an event of group %s stands in %s", name, group, file)
		}
	}
}

// TestNamesDoNotCollide keeps types, groups and severities apart: scoped keys
// name all three.
func TestNamesDoNotCollide(t *testing.T) {
	seen := map[string]string{"critical": "severity", "warning": "severity", "info": "severity"}
	for _, b := range load(t) {
		if b.name == "" {
			continue
		}
		if other, taken := seen[b.name]; taken {
			t.Errorf("%s: the name is that of a %s, too", b.place, other)
		}
		seen[b.name] = b.kind
	}
}

func TestCooldownsNameWhatThereIs(t *testing.T) {
	blocks := load(t)
	groups, events := ofKind(blocks, "group"), ofKind(blocks, "event")
	for key := range ofKind(blocks, "cooldown")[""].attributes {
		if groups[key] == nil && events[key] == nil && !slices.Contains([]string{"critical", "warning", "info"}, key) {
			t.Errorf("cooldown: %s is no type, group or severity", key)
		}
	}
}

// TestFieldsHaveOneType: a field has one type throughout a configuration, so
// that a condition can be checked without knowing the event.
func TestFieldsHaveOneType(t *testing.T) {
	types, first := map[string]string{}, map[string]string{}
	events := ofKind(load(t), "event")
	for _, name := range slices.Sorted(maps.Keys(events)) {
		for field, kind := range events[name].texts("fields") {
			if known, ok := types[field]; ok && known != kind {
				t.Errorf("%s is a %s in %s and a %s in %s", field, known, first[field], kind, name)
			}
			types[field], first[field] = kind, name
		}
	}
}

func TestFingerprintsNameFields(t *testing.T) {
	for name, b := range ofKind(load(t), "event") {
		fields := b.texts("fields")
		for _, field := range b.list("fingerprint") {
			if _, ok := fields[field]; !ok && field != "host" {
				t.Errorf("%s: the fingerprint names %s, which is no field of it", name, field)
			}
		}
	}
}

// TestResolversShareFields: an event is open until its resolver comes with the
// same values of the event's fingerprint fields, so the resolver must have them.
func TestResolversShareFields(t *testing.T) {
	events := ofKind(load(t), "event")
	for name, b := range events {
		fields := b.texts("fields")
		for _, target := range b.list("resolves") {
			trouble := events[target]
			if trouble == nil {
				t.Errorf("%s resolves %s, which is no event", name, target)
				continue
			}
			if target == name || slices.Contains(trouble.list("resolves"), name) {
				t.Errorf("%s and %s resolve each other", name, target)
			}
			if len(trouble.list("fingerprint")) == 0 {
				t.Errorf("%s resolves %s, which has no fingerprint fields", name, target)
			}
			if trouble.text("outcome") != "" {
				t.Errorf("%s resolves %s, which is good news", name, target)
			}
			for _, field := range trouble.list("fingerprint") {
				if kind := trouble.texts("fields")[field]; field != "host" && fields[field] != kind {
					t.Errorf("%s resolves %s by %s, a %s, and has it as %q", name, target, field, kind, fields[field])
				}
			}
		}
	}
}

func TestBurstsMergeEvents(t *testing.T) {
	blocks := load(t)
	events, taken := ofKind(blocks, "event"), map[string]string{}
	var got []string
	for name, b := range ofKind(blocks, "burst") {
		for _, parent := range b.list("events") {
			if events[parent] == nil {
				t.Errorf("%s: %s is no event", name, parent)
			}
			if other := taken[parent]; other != "" {
				t.Errorf("%s and %s both count %s", name, other, parent)
			}
			taken[parent] = name
			threshold, _ := b.attributes["threshold"].AsBigFloat().Int64()
			got = append(got, strings.Join([]string{parent, name, string(rune('0' + threshold)), b.text("window")}, " "))
		}
		for _, field := range b.list("by") {
			for _, parent := range b.list("events") {
				if _, ok := events[parent].texts("fields")[field]; !ok && field != "host" && field != "type" {
					t.Errorf("%s: by names %s, which is no field of %s", name, field, parent)
				}
			}
		}
	}
	want := []string{
		"auth_fail burst_auth_fail 3 2m",
		"disk_io_error burst_disk_io 3 1m",
		"firewall_issue burst_generic 2 1m",
		"ip_block burst_ip_block 3 2m",
		"node_disconnect burst_cluster 2 5m",
		"oom_kill burst_generic 2 1m",
		"service_fail burst_service_fail 2 90s",
		"split_brain burst_cluster 2 5m",
		"system_problem burst_system 2 90s",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bursts (-want +got):\n%s", diff)
	}
}
