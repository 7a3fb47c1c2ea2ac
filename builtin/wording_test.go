package builtin_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// TestTextsReadWell holds every sample against what every text promises.
func TestTextsReadWell(t *testing.T) {
	config := house(t)
	for name, some := range allSamples(t) {
		for _, s := range some {
			m := s.message(t, config, name)
			for _, fault := range faultsOf(m) {
				t.Errorf("%s, %s: %s", name, s.About, fault)
			}
		}
	}
}

// faultsOf returns what makes a message read badly.
func faultsOf(m *event.Message) (faults []string) {
	complain := func(bad bool, what, text string) {
		if bad {
			faults = append(faults, fmt.Sprintf("%s: %q", what, text))
		}
	}
	title, own := m.Title, m.Type != "system_mail" && m.Type != "custom" // else the title is a stranger's
	complain(own && utf8.RuneCountInString(title) > 70, "the title has more than 70 characters", title)
	complain(strings.ContainsAny(title[len(title)-1:], ".: ") && !strings.HasSuffix(title, "..."), "the title ends in a hole", title)
	complain(strings.Contains(title, "()") || strings.Contains(title, " :") || strings.Contains(title, "  "), "the title has a hole", title)
	complain(strings.Contains(title, m.Host) && m.Host == displayName, "the title names the host", title)
	complain(m.Body == "" && own, "there is no body", title)
	complain(m.Icon == "", "there is no icon", title)
	for line := range strings.Lines(m.Body) {
		hole := strings.ContainsAny(line[:1], ".,;:") || line[0] == ' ' && !strings.HasPrefix(line, "  ")
		complain(own && hole, "a line has a hole", line)
		complain(own && strings.TrimSpace(line) == title, "the body repeats the title", line)
	}
	for _, d := range m.Details {
		complain(strings.ContainsAny(d.Label, ":_"), "the label is no word", d.Label)
		complain(d.Value == m.Host && m.Host == displayName, "a detail repeats the host", d.Label)
		complain(strings.EqualFold(d.Label, "host"), "a detail is named as the host is", d.Label)
	}
	return faults
}

// TestCommandsHoldNoEventText: what a body tells the reader to run is pasted
// into a root shell, so nothing that a stranger sent may stand in it.
func TestCommandsHoldNoEventText(t *testing.T) {
	const hostile = "$(reboot)"
	set := press(t)
	for name, n := range filled(set, load(t), hostile) {
		n.Event.Guest = &event.Guest{ID: hostile, Name: hostile}
		m, _ := set.Render(n)
		for line := range strings.Lines(m.Body) {
			_, command, found := strings.Cut(line, "heck: ")
			if _, install, ok := strings.Cut(line, "To install: "); ok {
				command, found = install, true
			}
			if found && strings.Contains(command, hostile) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

// TestTextsTakeAnything: a value of a type that nobody expected must not cost
// the text.
func TestTextsTakeAnything(t *testing.T) {
	set, blocks := press(t), load(t)
	for _, odd := range []any{"text", 1.5, true, event.Bytes(1), event.Duration(1), noon, []any{"a", 1.0}, []any{}, map[string]any{"a": []any{}}} {
		for name, n := range filled(set, blocks, odd) {
			m, faults := set.Render(n)
			if len(faults) > 0 || m.Title == "" {
				t.Errorf("%s with %T: %q, %v", name, odd, m.Title, faults)
			}
		}
	}
}

// TestTextsFollowTheData shows the texts that depend on what an event says.
func TestTextsFollowTheData(t *testing.T) {
	const lost = "What failed has no new backup. Check: pvesm status for space and reach, then run the job again."
	set := press(t)
	for _, c := range []struct {
		name, kind  string
		guest       *event.Guest
		data        map[string]any
		title, body string
	}{
		{
			name: "the guest's name as Proxmox knows it", kind: "ct_fail",
			guest: &event.Guest{ID: "105", Name: "files"}, data: map[string]any{"vmid": "105", "reason": "no such volume"},
			title: "CT 105 (files) failed",
			body:  "no such volume\n\nCheck: pct list shows whether it runs; a start by hand with --debug shows each step.",
		},
		{
			name: "a job over several guests", kind: "backup_complete",
			data:  map[string]any{"guest_count": 2, "guests": []any{"101 web01: ok", "105 files: ok"}},
			title: "Backup of 2 guests finished", body: "101 web01: ok\n105 files: ok",
		},
		{
			name: "the report tells why guests failed", kind: "backup_fail",
			data: map[string]any{
				"guest_count": 3, "failed_count": 1, "reason": "1 of 3 guests failed; 105 files: no space", "report": "101 web01: ok\n105 files: failed: no space",
			},
			title: "Backup failed for 1 of 3 guests",
			body:  "101 web01: ok\n105 files: failed: no space\n\n" + lost,
		},
		{
			name: "the report does not tell why the job failed", kind: "backup_fail",
			data: map[string]any{
				"guest_count": 1, "failed_count": 0, "vmid": 101.0, "reason": "the hook ended with 3", "report": "101 web01: ok",
			},
			title: "Backup of guest 101 failed", body: "the hook ended with 3\n\n101 web01: ok\n\nNo guest is reported as failed, but the job did not end well. Check: its task log, then run it again.",
		},
		{
			name: "several problems, told once", kind: "backup_fail",
			data:  map[string]any{"reason": "one; two", "report": "one\ntwo\n101 web01: ok"},
			title: "Backup failed", body: "one\ntwo\n101 web01: ok\n\n" + lost,
		},
		{
			name: "a job on a backup server", kind: "backup_fail",
			data: map[string]any{
				"datastore": "attic", "pve_title": "Verify Datastore 'attic' failed", "reason": "Verify Datastore 'attic' failed: two groups",
				"report": "Datastore: attic\n\nVerification failed: two groups",
			},
			title: "Verify Datastore 'attic' failed",
			body:  "Datastore: attic\n\nVerification failed: two groups\n\nThe task log on the backup server has the details.",
		},
		{
			name: "one container", kind: "lxc_updates_available",
			data:  map[string]any{"count": 1.0, "ct_list": "105 files: 3 packages"},
			title: "Package updates wait in 1 container", body: "105 files: 3 packages",
		},
		{
			name: "a link of the cluster", kind: "network_down", data: map[string]any{"link": 0.0, "node_id": 2.0},
			title: "Cluster link 0 to node 2 is down",
			body:  "Whatever uses it has lost its connection.\n\nCheck: cable and switch port, then ip -br link and corosync-cfgtool -s",
		},
		{
			name: "a recovery carries the data of its finding", kind: "error_resolved", data: map[string]any{"mount": "/var", "value": 71.0},
			title: "Resolved: /var", body: "The check that found it passes again.",
		},
		{
			name: "a node that was fenced", kind: "split_brain",
			data:  map[string]any{"node": "pve2", "phase": "success", "status": "acknowledged", "reason": "acknowledged"},
			title: "Node pve2 was fenced",
			body: "The node is certain to be down, so its HA guests start on other nodes.\n\n" +
				"Check: pvecm status and ha-manager status on a node that still answers.",
		},
		{
			name: "a message of a person", kind: "custom", data: map[string]any{"title": "Attention", "message": "The plumber comes at nine."},
			title: "Attention", body: "The plumber comes at nine.",
		},
		{
			name: "a type that nobody knows", kind: "door_open", data: map[string]any{"door": "cellar", "seconds": 0.0, "title": ""},
			title: "door_open", body: "door: cellar\nseconds: 0",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &event.Notification{Event: &event.Event{Type: c.kind, Host: "pve1", Time: noon, Guest: c.guest, Data: c.data}}
			m, faults := set.Render(n)
			if diff := cmp.Diff([]string{c.title, c.body}, []string{m.Title, m.Body}); diff != "" || len(faults) > 0 {
				t.Errorf("(-want +got):\n%s%v", diff, faults)
			}
		})
	}
}

// TestMailIsToldWhole: what Proxmox VE passes on is the reader's own mail.
func TestMailIsToldWhole(t *testing.T) {
	text := strings.Repeat("copied one more file to the mirror\n", 7_000)
	n := &event.Notification{Event: &event.Event{Type: "system_mail", Data: map[string]any{"message": text}}}
	m, faults := press(t).Render(n)
	if m.Body+"\n" != text || len(faults) > 0 {
		t.Errorf("%d of %d bytes told, %v", len(m.Body), len(text), faults)
	}
}

func TestSummariesAreSentences(t *testing.T) {
	for _, b := range load(t) {
		text := b.text("summary")
		if b.kind != "event" && b.kind != "burst" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(text)
		if !strings.HasSuffix(text, ".") || !unicode.IsUpper(first) {
			t.Errorf("%s: %q is no sentence", b.place, text)
		}
	}
}
