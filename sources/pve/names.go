package pve

import (
	"strings"

	"tocsin/engine/event"
)

// Names lists what a notification has, with the types: what conditions and templates
// read below "post". Most have only a part of them.
func Names() map[string]event.FieldType {
	return map[string]event.FieldType{
		"type": event.String, "outcome": event.String, "title": event.String, "message": event.String, "severity": event.String,
		"host": event.String, "time": event.Instant, "hostname": event.String, "job_id": event.String, "reason": event.String, "report": event.String,

		"vmid": event.String, "vmname": event.String, "vmids": event.Sequence, "guests": event.Sequence, "guest_count": event.Number,
		"failed": event.Sequence, "failed_count": event.Number, "warnings": event.Sequence, "warning_count": event.Number,
		"size": event.Size, "duration": event.Span, "storage": event.String,

		"target_node": event.String, "schedule": event.String, "last_sync": event.String, "next_sync": event.String, "failures": event.Number,

		"node": event.String, "cluster": event.String, "phase": event.String, "status": event.String, "nodes": event.Sequence, "resources": event.Sequence,

		"packages": event.Sequence, "important_list": event.Sequence, "total_count": event.Number, "pve_count": event.Number, "kernel_count": event.Number,

		"subject": event.String, "program": event.String, "user": event.String, "command": event.String,

		"datastore": event.String, "task_id": event.String, "remote": event.String, "remote_store": event.String, "media_pool": event.String,
		"drive": event.String, "changer": event.String, "media": event.String, "removed_garbage": event.String, "on_disk_usage": event.String,
		"deduplication_factor": event.String,
	}
}

// value returns what a name below "post" stands for, as conditions take it.
func (m *Matcher) value(r *Rule, p *Post, name string) any {
	if field, ok := strings.CutPrefix(name, "fields."); ok {
		return plain(p.fields[field], r.Types[field])
	}
	if v, own := p.own(name); own {
		return v
	}
	return plain(p.facts[name], m.names[name])
}

// own returns what is the notification's own, and no fact read from its text.
func (p *Post) own(name string) (any, bool) {
	word := ""
	switch name {
	case "type":
		word = p.Type
	case "outcome":
		word = string(p.Outcome)
	case "title":
		word = p.title
	case "message":
		word = p.message
	case "severity":
		word = p.severity
	case "host":
		word = p.host
	case "time":
		if p.in.Time.IsZero() {
			return nil, true
		}
		return p.in.Time, true
	default:
		return nil, false
	}
	if word == "" {
		return nil, true // missing
	}
	return word, true
}

// plain is a fact as a value of its type; one that is none is missing.
func plain(v any, typ event.FieldType) any {
	if v == nil || typ == "" {
		return nil
	}
	out, ok := event.Coerce(v, typ)
	if !ok {
		return nil
	}
	return out
}

// view is the notification as templates see it.
func (p *Post) view() map[string]any {
	v := make(map[string]any, len(p.facts)+8)
	for name, fact := range p.facts {
		v[name] = fact
	}
	for _, name := range [...]string{"type", "outcome", "title", "message", "severity", "host", "time"} {
		delete(v, name)
		if own, _ := p.own(name); own != nil {
			v[name] = own
		}
	}
	v["fields"] = p.fields
	return v
}
