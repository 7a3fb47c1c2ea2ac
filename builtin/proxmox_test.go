package builtin_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/builtin"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/pve"
)

// TestProxmoxMessages keeps how the notifications that package pve reads are
// told, over the log.
func TestProxmoxMessages(t *testing.T) {
	files, err := filepath.Glob("../sources/pve/testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notifications: %v", err)
	}
	r, config, _ := open(t)
	var b strings.Builder
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var kept struct {
			Event   event.Incoming `json:"event"`
			AtLeast bool           `json:"at_least"`
		}
		if err := json.Unmarshal(src, &kept); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		s := sample{About: strings.TrimSuffix(filepath.Base(file), ".golden"), Incoming: kept.Event}
		s.AtLeast = kept.AtLeast
		m := s.message(t, config, kept.Event.Type)
		for _, fault := range faultsOf(m) {
			t.Errorf("%s: %s", s.About, fault)
		}
		m.Rich = true
		section(&b, s.About, r.send(t, channelOf(t, config, "log"), m))
	}
	golden(t, "proxmox.txt", b.String())
}

// TestFencingIsToldOnce: Proxmox sends two notices for each fencing, which is one
// occurrence.
func TestFencingIsToldOnce(t *testing.T) {
	config, fencing := house(t), samples(t)["split_brain"]
	policy := *config.Policy
	policy.Channels = []*engine.Channel{{Name: "any"}}
	policy.Index()
	st, err := engine.NewState(&policy, engine.Saved{}, night)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for i, s := range []sample{fencing[0], fencing[1], fencing[0], fencing[1]} {
		now := night.Add(time.Duration(i) * 15 * time.Second) // all of them within a cooldown
		in := s.Incoming
		in.Type, in.ID, in.Time, in.Source = "split_brain", fmt.Sprint(i), now, "webhook"
		var out engine.Effects
		policy.Step(st, now, engine.Arrived{Event: &in}, &out)
		for _, send := range out.Sends {
			m, _ := config.Templates.Render(&send.Notification)
			told = append(told, m.Title)
		}
	}
	if diff := cmp.Diff([]string{"Node pve2 is being fenced"}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecordedNotifications tells notifications as Proxmox's own code sent
// them.
func TestRecordedNotifications(t *testing.T) {
	root := os.Getenv("TOCSIN_FIXTURES")
	if root == "" {
		t.Skip("TOCSIN_FIXTURES names no folder of recorded notifications")
	}
	files, err := filepath.Glob(filepath.Join(root, "pve-webhook", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no notifications: %v", err)
	}
	config := house(t)
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := posts(t).Decode(body)
		if err != nil {
			continue // recorded to be refused
		}
		in := d.Event
		s := sample{About: filepath.Base(file), Incoming: in}
		m := s.message(t, config, in.Type)
		t.Logf("%s\n%s", s.About, m.Plain())
		for _, fault := range faultsOf(m) {
			t.Errorf("%s: %s", s.About, fault)
		}
	}
}

// posts holds the pack's sources over notifications of Proxmox.
func posts(t testing.TB) *pve.Matcher {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: builtin.Files()})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var list []*pve.Rule
	for _, s := range config.Sources {
		if rule, ok := s.Spec.(*pve.Rule); ok {
			list = append(list, rule)
		}
	}
	return pve.NewMatcher(list)
}

// decoded is the event that a notification makes.
func decoded(t *testing.T, body string) event.Incoming {
	t.Helper()
	d, err := posts(t).Decode([]byte(body))
	if err != nil || len(d.Faults) > 0 {
		t.Fatal(err, d.Faults)
	}
	return d.Event
}
