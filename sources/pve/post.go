package pve

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
)

// facts are the data of an event under names that conditions and templates can
// use. What is there first stays: a field that the sender wrote counts more
// than what is read from its text.
type facts map[string]any

// put adds a value under name, unless there is one or there is nothing to add.
func (f facts) put(name string, v any) {
	if _, taken := f[name]; taken || name == "" {
		return
	}
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
		f[name] = capList(v)
		return
	}
	f[name] = v
}

// text returns the fact of that name as plain text.
func (f facts) text(name string) string { return event.Text(f[name]) }

// readPost takes the parts of a notification out of its object. What it does
// not know becomes data.
func readPost(top map[string]any) (*Post, error) {
	p := &Post{facts: facts{}, fields: map[string]any{}}
	title, hasTitle, err := textOf(top, "title")
	if err != nil {
		return nil, err
	}
	message, hasMessage, err := textOf(top, "message")
	if err != nil {
		return nil, err
	}
	fields, ok := top["fields"].(map[string]any)
	if !ok && top["fields"] != nil {
		return nil, &BadBody{Reason: "fields is no JSON object", Do: "write \"fields\": {{ json fields }} in the body template, without quotes around it"}
	}
	p.title = event.OneLine(title)
	p.message = strings.Trim(strings.ReplaceAll(message, "\r\n", "\n"), "\n")
	p.Type, _ = fields["type"].(string)
	p.Type = event.Clip(strings.ToLower(strings.TrimSpace(p.Type)), maxWord)
	if !hasTitle && !hasMessage && !isKnown(p.Type) || p.Type == "" && p.title == "" && strings.TrimSpace(p.message) == "" {
		return nil, &BadBody{Reason: "the body has neither a title nor a message", Do: useTemplate}
	}
	p.severity = strings.ToLower(event.Clip(strings.TrimSpace(event.Text(top["severity"])), maxWord))
	p.in.Time = timeOf(top["timestamp"])
	hostname, _ := fields["hostname"].(string)
	p.host = shortHost(hostname)
	p.collect(top, fields)
	return p, nil
}

// maxWord bounds, in bytes, what is a single word in every real notification.
const maxWord = 64

// isKnown reports whether a type says enough without any text beside it.
func isKnown(kind string) bool {
	return kind != NoType && slices.Contains(Types(), kind) || strings.HasPrefix(kind, "host_backup_")
}

// collect makes the fields, and whatever else the body holds, the first facts.
// The four names that stand for the notification itself are taken from no one.
func (p *Post) collect(top, fields map[string]any) {
	p.facts.put("pve_type", p.Type)
	p.facts.put("pve_title", p.title)
	p.facts.put("pve_severity", p.severity)
	p.facts.put("message", p.message)
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if key != "type" {
			name := factName(key)
			p.facts.put(name, fields[key])
			p.fields[name] = fields[key]
		}
	}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		switch key {
		case "title", "message", "severity", "fields":
			continue
		case "timestamp":
			if !p.in.Time.IsZero() {
				continue // otherwise shown as it came
			}
		}
		p.facts.put(factName(key), top[key])
	}
}

// factName writes a key as conditions and templates can name it: "job-id"
// becomes "job_id".
func factName(key string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, key)
	return name[:min(len(name), maxWord)]
}

// textOf returns a member of the notification that must be text, and whether
// it is there at all.
func textOf(top map[string]any, name string) (string, bool, error) {
	switch v := top[name].(type) {
	case nil:
		return "", false, nil
	case string:
		return v, true, nil
	}
	return "", false, &BadBody{Reason: name + " is no JSON string", Do: fmt.Sprintf("write %q: \"{{ escape %s }}\" in the body template", name, name)}
}

// timeOf reads unix seconds, as a number or, as the manual's template has it,
// as a string. A time that no Proxmox host can have counts as none.
func timeOf(v any) time.Time {
	seconds, ok := v.(float64)
	if text, isText := v.(string); isText {
		var err error
		seconds, err = strconv.ParseFloat(strings.TrimSpace(text), 64)
		ok = err == nil
	}
	const year2000, year2100 = 946684800, 4102444800
	if !ok || math.IsNaN(seconds) || seconds < year2000 || seconds >= year2100 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// shortHost drops the domain: nodes name themselves without it since 8.2.5,
// and one host must not go by two names.
func shortHost(name string) string {
	name = strings.TrimSpace(name)
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	name, _, _ = strings.Cut(name, ".")
	return event.Clip(event.OneLine(name), maxWord)
}

// outcome is what the notification says about its subject: Critical for a
// failure, Warning for a half success, Info for good news. The severity
// decides; only where it says nothing do the words of the title count.
func (p *Post) outcome() event.Severity {
	if s, known := event.ParseSeverity(p.severity); known && p.severity != unknownSeverity {
		return s
	}
	switch {
	case strings.Contains(strings.ToLower(p.title), "failed"):
		return event.Critical
	case p.severity == "":
		return event.Info
	}
	return event.Warning
}
