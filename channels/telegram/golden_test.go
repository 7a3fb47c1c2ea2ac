package telegram

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func sample() event.Message {
	return event.Message{
		ID: "01KA0TELEGRAM.phone", EventID: "01KA0TELEGRAM", Type: "replication_fail", Group: "backups", Severity: event.Critical,
		Icon: "🔁", Title: "Replication of 104 to pve-b failed", Body: "Job 104-0 gave up after 3 tries.\nThe target has no free space.",
		Details: []event.Detail{{Label: "Job", Value: "104-0"}, {Label: "Target", Value: "pve-b"}},
		Host:    "pve-a", Time: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Rich: true,
	}
}

// TestGolden keeps the requests as they go over the wire.
func TestGolden(t *testing.T) {
	for name, c := range map[string]struct {
		set    channels.Values
		change func(*event.Message)
	}{
		"rich":         {},
		"plain":        {change: func(m *event.Message) { m.Rich = false }},
		"topic":        {set: channels.Values{"topic_id": 42.0}},
		"general":      {set: channels.Values{"topic_id": 1.0}},
		"public-chat":  {set: channels.Values{"chat_id": "@house_alarms"}},
		"repeat":       {change: func(m *event.Message) { m.Repeat = true }},
		"repeat-plain": {change: func(m *event.Message) { m.Repeat, m.Rich = true, false }},
		"title-only":   {change: func(m *event.Message) { m.Body, m.Details, m.Host, m.Icon = "", nil, "", "" }},
		"no-title":     {change: func(m *event.Message) { m.Title = " " }},
		"hostile": {change: func(m *event.Message) {
			m.Title = "a <b>bold</b>\r\ntitle & @admins"
			m.Body = "mail root@pam, ask @admin_1\n</b><a href=\"http://e.example\">x</a> &lt; \xff"
			m.Details = []event.Detail{{Label: "<i>", Value: "@here\n&"}}
			m.Host = "<pve>"
		}},
		"three-parts": {change: func(m *event.Message) {
			m.Body = strings.Repeat("<"+strings.Repeat("€", 78)+">\n", 100)
		}},
		"brief": {change: func(m *event.Message) {
			m.Brief, m.Rich = true, false
			m.Body = strings.Repeat(strings.Repeat("€", 79)+"\n", 100)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t)
			m := sample()
			if c.change != nil {
				c.change(&m)
			}
			if _, err := s.open(t, c.set).Send(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			golden(t, name, s.requests())
		})
	}
}

func golden(t *testing.T, name string, requests []string) {
	t.Helper()
	var got strings.Builder
	for _, r := range requests {
		if !json.Valid([]byte(r)) {
			t.Errorf("the request is no JSON: %s", r)
		}
		got.WriteString(r + "\n")
	}
	path := filepath.Join("testdata", name+".jsonl")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("requests differ from %s (-want +got):\n%s", path, diff)
	}
}
