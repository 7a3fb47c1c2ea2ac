package tasks

import (
	"tocsin/engine/event"
)

// Names lists what a task has, with the types: what conditions and templates read
// below "task".
func Names() map[string]event.FieldType {
	return map[string]event.FieldType{
		"type": event.String, "id": event.String, "vmid": event.String, "user": event.String, "node": event.String, "upid": event.String,
		"outcome": event.String, "status": event.String, "reason": event.String, "warnings": event.Number, "stopped": event.Bool,
		"snapshot": event.String, "target": event.String, "storage": event.String, "guests": event.Sequence,
		"start": event.Instant, "end": event.Instant, "duration": event.Span,
	}
}

// filled lists the fields of data that are filled by themselves where an event
// declares them, and what of the task they hold.
func filled() map[string]string {
	return map[string]string{
		"vmid": "vmid", "vmids": "guests", "user": "user", "node": "node", "upid": "upid", "reason": "reason", "warning_count": "warnings",
		"snapshot_name": "snapshot", "target_node": "target", "storage": "storage", "duration": "duration",
	}
}

// view is a task as conditions and templates see it. What is not known is missing.
func view(t *Task, l *Log) map[string]any {
	v := map[string]any{"type": event.Clean(t.Type), "user": event.Clean(t.User), "node": t.Node, "upid": event.Clean(t.Text), "start": t.Start, "outcome": t.Outcome().String(), "stopped": t.Stopped()}
	put := func(name, text string) {
		if text != "" {
			v[name] = event.Clean(text)
		}
	}
	put("id", t.ID)
	put("vmid", t.VMID())
	put("target", l.Target)
	put("storage", l.Storage)
	if l.Snapshot != "" {
		put("snapshot", l.Snapshot)
	} else {
		put("snapshot", snapshotIn(t.Status))
	}
	if list := backedUpBy(t, l); len(list) > 0 {
		v["guests"] = list
	}
	if t.End.IsZero() {
		return v
	}
	put("status", t.Status)
	if r := reason(t, l); r != "" {
		v["reason"] = r // of lines that are clean
	}
	v["end"], v["duration"] = t.End, event.Duration(max(t.End.Sub(t.Start), 0))
	if n := t.Warnings(); n > 0 {
		v["warnings"] = float64(n)
	}
	return v
}

// backedUpBy lists the guests of a backup: those that its log names, or the one that
// it was asked for.
func backedUpBy(t *Task, l *Log) []any {
	var list []any
	for _, id := range l.Guests {
		list = append(list, id)
	}
	if id := t.VMID(); len(list) == 0 && t.Type == "vzdump" && id != "" {
		list = append(list, id)
	}
	return list
}
