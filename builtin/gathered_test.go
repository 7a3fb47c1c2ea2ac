package builtin_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/templates"
)

// gathered are the messages that are of no event alone: what waited in a
// channel's buffers, and a reminder.
var gathered = map[string]func(t *testing.T, c *rules.Config) event.Message{
	"quiet_summary": func(t *testing.T, c *rules.Config) event.Message {
		rows := rowsOf(t, c, "vm_shutdown", "backup_warning", "disk_space_low", "disk_space_low", "vm_start")
		rows[3] = rows[2]
		rows[3].Time = rows[2].Time.Add(30 * time.Minute)
		return group(c, templates.Group{Buffer: event.QuietBuffer, Rows: rows, Total: len(rows)})
	},
	"digest": func(t *testing.T, c *rules.Config) event.Message {
		rows := rowsOf(t, c, "backup_complete", "snapshot_complete", "replication_complete", "pve_update")
		rows[2].Host = "pve2"
		return group(c, templates.Group{Buffer: event.DigestBuffer, Rows: rows, Total: 31, Late: true})
	},
	"backlog": func(t *testing.T, c *rules.Config) event.Message {
		rows := rowsOf(t, c, "vm_start", "backup_warning", "disk_space_low", "vm_shutdown")
		m := group(c, templates.Group{Buffer: event.Backlog, Rows: rows, Total: len(rows)})
		m.Details = []event.Detail{{Label: "Copies", Value: "phone has not delivered it for 15m: Telegram answered 403: the bot was blocked by the user"}}
		return m
	},
	"reminder": func(t *testing.T, c *rules.Config) event.Message {
		n := samples(t)["storage_unavailable"][0].notification(t, c, "storage_unavailable")
		n.Open = 4*time.Hour + 30*time.Minute
		m, faults := c.Templates.Render(n)
		if len(faults) > 0 {
			t.Error(faults)
		}
		return m
	},
}

// rowsOf returns the first sample of each type, half an hour apart.
func rowsOf(t *testing.T, c *rules.Config, types ...string) []event.Message {
	t.Helper()
	all := samples(t)
	var rows []event.Message
	for i, name := range types {
		m := all[name][0].message(t, c, name)
		m.Time = night.Add(time.Duration(i-4) * 30 * time.Minute)
		rows = append(rows, *m)
	}
	return rows
}

func group(c *rules.Config, g templates.Group) event.Message {
	g.ID, g.Channel, g.Host, g.Now = "01GATHERED", "phone", displayName, night.Add(5*time.Hour)
	for _, m := range g.Rows {
		g.Highest = max(g.Highest, m.Severity)
	}
	return c.Templates.Group(g)[0].Message
}

// TestGatheredMessages keeps what people get of them, as TestMessages does.
func TestGatheredMessages(t *testing.T) {
	r, config, kinds := open(t)
	for _, name := range slices.Sorted(maps.Keys(gathered)) {
		t.Run(name, func(t *testing.T) {
			m := gathered[name](t, config)
			m.ID = m.EventID + ".sample"
			var b strings.Builder
			fmt.Fprintf(&b, "%s: %s\n\n", name, m.Severity)
			for _, k := range kinds {
				tell(t, &b, r, k, channelOf(t, config, k.Name), &m)
			}
			golden(t, name+".golden", b.String())
		})
	}
}
