package daemon

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/engine/event"
)

// sample is a body that Proxmox posts and what must become of it.
type sample struct {
	name   string
	body   string
	events []string // acceptable types; empty: refused
	reject bool
}

// ownSamples cover each kind in the repository itself.
func ownSamples() []sample {
	return []sample{
		{name: "backup done", events: []string{"backup_complete"}, body: `{"title":"vzdump backup status (n1.lab.example): backup successful ","message":"\nDetails\n=======\nVMID    Name    Status    Time    Size       Filename                 \n310     wiki    ok        42s     1.5 GiB    /backup/vzdump-lxc-310.tar.zst    \n\nTotal running time: 42s\nTotal size: 1.5 GiB\n\nLogs\n====\nvzdump 310 --storage local\n\n\n310: 2026-05-02 02:00:01 INFO: Starting Backup of VM 310 (lxc)\n","severity":"info","timestamp":"1777687243","fields":{"type":"vzdump","hostname":"n1"}}`},
		{name: "replication", events: []string{"replication_fail"}, body: `{"title":"Replication Job: '310-0' failed ","message":"Replication job '310-0' with target 'n2' and schedule '*/15' failed!\n\nLast successful sync: 2026-05-02 01:45:00\nNext sync try: ERROR\nFailure count: 1\n\nError:\nno route to host\n","severity":"error","timestamp":"1777687243","fields":{"type":"replication","hostname":"n1","job-id":"310-0"}}`},
		{name: "test button", events: []string{"custom"}, body: `{"title":"Test notification ","message":"A test of the target.\n","severity":"info","timestamp":"1777687243","fields":{}}`},
		{name: "a type of the future", events: []string{"system_problem", "custom"}, body: `{"title":"Flux low","message":"capacitor\n","severity":"warning","timestamp":"1777687243","fields":{"type":"flux","hostname":"n1"}}`},
		{name: "empty", reject: true},
		{name: "array", reject: true, body: "[]"},
		{name: "truncated", reject: true, body: `{"title":"x","message":"y`},
		{name: "garbage behind", reject: true, body: `{"title":"x","message":"y"} trailing`},
		{name: "too deep", reject: true, body: `{"title":"x","fields":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}"},
	}
}

// recordedSamples are real ones, where they are at hand.
func recordedSamples(t *testing.T) []sample {
	t.Helper()
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Log("TOCSIN_FIXTURES names no folder: recorded notifications are left out")
		return nil
	}
	f, err := os.Open(filepath.Join(root, "pve-webhook", "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for _, row := range rows[1:] {
		body, err := os.ReadFile(filepath.Join(root, "pve-webhook", row[0]))
		if err != nil {
			t.Fatal(err)
		}
		s := sample{name: row[0], body: string(body), reject: row[5] == "reject"}
		for _, name := range append(strings.Split(row[6], "|"), row[5]) {
			switch name {
			case "none":
				s.events = append(s.events, "custom")
			case "reject", "":
			default:
				s.events = append(s.events, name)
			}
		}
		list = append(list, s)
	}
	return list
}

// TestProxmoxNotificationsArriveEverywhere posts each body and reads what
// arrives on four services.
func TestProxmoxNotificationsArriveEverywhere(t *testing.T) {
	p := newPeers(t)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": p.hcl, "bursts.hcl": `
burst "burst_cluster" { enabled = false }
burst "burst_system" { enabled = false }
rule "a fencing that Proxmox VE posts and logs" { enabled = false } # which tells its end no more
`})
	h.hasten()
	for _, s := range append(ownSamples(), recordedSamples(t)...) {
		t.Run(s.name, func(t *testing.T) {
			h.t = t
			status, answer := h.webhook(s.body)
			if s.reject && status >= 400 && status < 500 {
				wantError(t, answer)
				return
			}
			if s.reject && len(s.events) == 0 || status != 202 {
				t.Fatalf("answer %d %v", status, answer)
			}
			typ, _ := answer["event_type"].(string)
			if !contains(s.events, typ) {
				t.Fatalf("became %s, want one of %v", typ, s.events)
			}
			checkArrival(t, h, p, s.body, typ, answer["id"].(string))
		})
	}
}

func contains(list []string, word string) bool {
	for _, s := range list {
		if s == word {
			return true
		}
	}
	return false
}

func wantError(t *testing.T, answer map[string]any) {
	t.Helper()
	e, _ := answer["error"].(map[string]any)
	for _, part := range []string{"code", "message", "why", "do"} {
		if text, _ := e[part].(string); text == "" {
			t.Errorf("the error says no %s: %v", part, answer)
		}
	}
}

// checkArrival waits for the message on every service and checks that severity,
// type and the words of the body are in it.
func checkArrival(t *testing.T, h *house, p *peers, body, typ, id string) {
	t.Helper()
	var row event.Delivery
	h.eventually("the history has the event on four channels", func() bool {
		rows, _, err := h.daemon.store.History(t.Context(), historyOf(id))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if !r.Success {
				t.Fatalf("%s failed: %s", r.Channel, r.Error)
			}
			row = r
		}
		return len(rows) == 4
	})
	var sent struct{ Title, Message, Severity string }
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		t.Fatal(err)
	}
	if given, ok := event.ParseSeverity(sent.Severity); ok && row.Severity < given {
		t.Errorf("severity fell from %s to %s", given, row.Severity)
	}
	for name, in := range p.all() {
		texts := in.texts()
		arrived := readable(strings.Join(texts[lastWith(texts, row.Title):], "\n"))
		want := []string{row.Title, "[" + row.Severity.String() + "]", "host: "}
		if name != "mail" { // whose subject says the severity and the title
			want = append(want, "["+row.Severity.String()+"] "+typ)
		}
		for _, line := range append(want, opening(row.Message)...) {
			if !strings.Contains(arrived, readable(line)) {
				t.Errorf("%s: %q is not in\n%s", name, line, arrived)
			}
		}
	}
}

// opening are the first lines of a message: a service that is short of room
// cuts the end of a long one, not these.
func opening(message string) []string {
	all := strings.Split(message, "\n")
	return all[:min(len(all), 12)]
}

// readable is a text as a person reads it: without runs of blanks, and without
// the invisible characters that keep a service from finding markup in it.
func readable(text string) string {
	return squeeze(strings.NewReplacer("\u2060", "", "\u200b", "", "\u200a", "", `\`, "").Replace(text))
}

// lastWith is the index of the last text with a word, or 0.
func lastWith(texts []string, word string) int {
	for i := len(texts) - 1; i >= 0; i-- {
		if strings.Contains(texts[i], word) {
			return i
		}
	}
	return 0
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// TestSourcesOverNotificationsAreReloaded: an edit of the blocks decides about the next
// notification.
func TestSourcesOverNotificationsAreReloaded(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults})
	const body = `{"title":"Flux low","message":"y","severity":"info","fields":{"type":"flux","hostname":"n1"}}`
	typeOf := func() any {
		status, answer := h.webhook(body)
		if status != 202 {
			t.Fatalf("got %d %v", status, answer)
		}
		return answer["event_type"]
	}
	if got := typeOf(); got != "system_problem" {
		t.Errorf("got %v", got)
	}
	h.write("flux.hcl", "source \"pve\" \"flux\" {\n  notifications = [\"flux\"]\n  emit          = \"custom\"\n}\n")
	if r, err := h.daemon.Reload(t.Context()); err != nil || !r.OK {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := typeOf(); got != "custom" {
		t.Errorf("after a reload: got %v", got)
	}
}
