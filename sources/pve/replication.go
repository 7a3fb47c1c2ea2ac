package pve

import (
	"regexp"
	"strings"

	"tocsin/engine/event"
)

// replicationJob is the first line of the notification of a failed sync.
var replicationJob = regexp.MustCompile(`(?m)^Replication job '([^'\n]*)' with target '([^'\n]*)' and schedule '([^'\n]*)'`)

// readReplication reads the notice of a replication job. Proxmox sends one for
// failures only; the good one stands here for the day it sends that too.
func (p *Post) readReplication() {
	if m := replicationJob.FindStringSubmatch(p.message); m != nil {
		p.facts.put("job_id", m[1])
		p.facts.put("target_node", m[2])
		p.facts.put("schedule", m[3])
	}
	p.facts.put("job_id", quoted(p.title))
	if id, _, ok := strings.Cut(p.facts.text("job_id"), "-"); ok && isDigits(id) {
		p.facts.put("vmid", id)
	}
	head, cause, _ := strings.Cut(p.message, "\nError:\n")
	p.putReplicationState(head)
	if p.Outcome == OK && p.severity != "" {
		return
	}
	p.Outcome = Failed
	p.facts.put("reason", firstOf(oneLine(cause, maxReason), p.title))
}

// putReplicationState reads the lines about earlier and later runs.
func (p *Post) putReplicationState(head string) {
	l := labels(head)
	last := l["Last successful sync"]
	// The beginning of time, in whatever zone the host has, stands for never.
	if strings.HasPrefix(last, "1970-01-01 ") || strings.HasPrefix(last, "1969-12-31 ") {
		last = "never"
	}
	p.facts.put("last_sync", last)
	// Since 8.3.6 the templates print ERROR here, because nobody gives them the
	// time any more.
	if next := l["Next sync try"]; next != "ERROR" {
		p.facts.put("next_sync", next)
	}
	if n, ok := event.Coerce(l["Failure count"], event.Number); ok {
		p.facts.put("failures", n)
	}
}
