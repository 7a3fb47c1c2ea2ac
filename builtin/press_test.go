package builtin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/templates"
)

// press returns the blocks of the pack as the renderer takes them.
func press(t *testing.T, blocks []*block) *templates.Set {
	t.Helper()
	set := &templates.Set{Entries: map[string]*templates.Entry{}, Zone: time.UTC}
	for _, b := range blocks {
		if b.kind != "event" && b.kind != "burst" {
			continue
		}
		entry := &templates.Entry{
			Type: b.name, Group: b.text("group"), Icon: b.text("icon"), Outcome: b.text("outcome"),
			Fields: map[string]event.FieldType{},
			Title:  mustParse(t, b, "title", b.text("title")), Body: mustParse(t, b, "body", b.text("body")),
		}
		for field, kind := range b.texts("fields") {
			entry.Fields[field] = event.FieldType(kind)
		}
		for _, label := range b.details {
			value := mustParse(t, b, label, b.texts("details")[label])
			entry.Details = append(entry.Details, templates.Row{Label: label, Value: value})
		}
		set.Entries[b.name] = entry
	}
	set.Generic = set.Entries["custom"]
	return set
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// example returns a plausible value of a field.
func example(field string, kind event.FieldType) any {
	if v, ok := examples[field]; ok {
		return v
	}
	switch kind {
	case event.Number:
		return 3.0
	case event.Bool:
		return true
	case event.Size:
		return event.Bytes(5 << 30)
	case event.Span:
		return event.Duration(211 * time.Second)
	case event.Instant:
		return noon.Add(-time.Hour)
	case event.Sequence:
		return []any{"first " + field, "second " + field}
	}
	return "the " + strings.ReplaceAll(field, "_", " ")
}

var examples = map[string]any{
	"vmid": 101.0, "vmname": "web01", "name": "web01", "ct_name": "web01", "lxc_id": 105.0, "lxc_name": "files",
	"guest_id": 101.0, "guest_name": "web01", "guest_type": "qemu", "user": "root@pam", "node": "pve2", "node_id": "2",
	"target_node": "pve3", "storage": "nas", "storage_type": "nfs", "mount": "/var", "mount_target": "/mnt/pve/nas",
	"mount_source": "192.0.2.5:/export", "fstype": "nfs4", "device": "/dev/sdb", "pool": "tank", "pool_name": "tank",
	"interface": "vmbr0", "link": "0", "unit": "pveproxy.service", "process": "mysqld", "source_ip": "203.0.113.7",
	"value": 91.26, "used_percent": 91.26, "usage_percent": 91.26, "threshold": 85.0, "action": "start",
	"job_id": "nightly", "snapshot_name": "before-upgrade", "phase": "start", "channel": "phone", "gateway": "192.0.2.1",
	"current_version": "9.0.6", "new_version": "9.0.10", "latest_version": "580.1", "installed": "2.1", "latest": "2.2",
	"app_name": "Vaultwarden", "gpu_name": "RTX 4000", "gpu_pci": "0000:01:00.0", "device_pci": "0000:01:00.0",
	"new_mode": "guest", "old_mode": "host", "variant_label": "USB", "destination": "attic", "sensor": "Package id 0",
	"datastore": nil, "command": "/usr/local/bin/sync-photos", "old_model": "small-1", "new_model": "small-2",
	"category": "storage", "current": "WARNING", "previous": "OK", "file": "channels.hcl", "jail": "sshd",
	"pve_title": nil, "report": nil, "title": nil,
}

// told returns an event of the type with a value for every field, or, bare,
// with none.
func told(entry *templates.Entry, bare bool) *event.Event {
	e := &event.Event{ID: "01", Type: entry.Type, Group: entry.Group, Host: "pve1", Cluster: "home", Time: noon}
	if bare {
		return e
	}
	e.Data = map[string]any{}
	for field, kind := range entry.Fields {
		if v := example(field, kind); v != nil {
			e.Data[field] = v
		}
	}
	return e
}

// flood returns a summary of the events that a burst merges.
func flood(set *templates.Set, b *block, bare bool) *event.Notification {
	first := set.Entries[b.list("events")[0]]
	sample := told(first, bare)
	n := &event.Notification{
		Event: &event.Event{ID: "02", Type: b.name, Group: first.Group, Host: "pve1", Cluster: "home", Time: noon},
		Burst: &event.Burst{Count: 47, First: noon.Add(-51 * time.Second), Last: noon, Window: event.Duration(51 * time.Second)},
	}
	if bare {
		return n
	}
	n.Burst.Samples = []*event.Event{sample, sample}
	n.Burst.Distinct = map[string][]string{}
	for field := range first.Fields {
		for i := range 12 {
			n.Burst.Distinct[field] = append(n.Burst.Distinct[field], fmt.Sprint(event.Text(sample.Data[field]), "-", i))
		}
	}
	return n
}

// notifications returns one of each event and burst, by name.
func notifications(set *templates.Set, blocks []*block, bare bool) map[string]*event.Notification {
	out := map[string]*event.Notification{}
	for _, b := range blocks {
		switch b.kind {
		case "event":
			out[b.name] = &event.Notification{Event: told(set.Entries[b.name], bare)}
		case "burst":
			out[b.name] = flood(set, b, bare)
		}
	}
	return out
}

func samples(n *event.Notification) []*event.Event {
	if n.Burst == nil {
		return nil
	}
	return n.Burst.Samples
}
