package pve

import (
	"slices"
	"strings"

	"tocsin/engine/event"
)

// readBackup reads the report of a vzdump job. Proxmox has no severity for a
// backup with warnings: those show in the log alone.
func (p *Post) readBackup() {
	r := parseReport(p.message)
	p.putGuests(r)
	if size, ok := event.ParseBytes(r.size); ok && size > 0 {
		p.facts.put("size", size)
	}
	if span, ok := event.ParseDuration(r.duration); ok && span > 0 {
		p.facts.put("duration", event.Duration(span))
	}
	p.facts.put("storage", r.storage())
	warnings := r.warnings()
	p.facts.put("warnings", warnings)
	if len(warnings) > 0 {
		p.facts.put("warning_count", len(warnings))
	}
	p.facts.put("report", r.summary(warnings))
	p.Outcome = r.outcome(p.Outcome)
	switch p.Outcome {
	case Failed:
		p.facts.put("reason", firstOf(r.failure(p.title), p.title, "the job failed"))
	case Warning:
		p.facts.put("reason", firstOf(append(warnings, p.title)...))
	}
}

// putGuests adds what the table says about the guests. A job of one guest is
// about that guest; one of several is about none of them, even if it ended
// before the second.
func (p *Post) putGuests(r *report) {
	var lines, failed []string
	for _, g := range r.guests {
		lines = append(lines, r.line(g))
		if g.status == "err" {
			failed = append(failed, g.label())
		}
	}
	p.facts.put("guests", lines)
	p.facts.put("failed", failed)
	if r.hasTable {
		p.facts.put("guest_count", len(r.guests))
		p.facts.put("failed_count", len(failed))
	}
	ids := r.ids()
	p.facts.put("vmids", ids)
	if len(ids) != 1 || len(r.log.command.guests()) > 1 {
		return
	}
	p.facts.put("vmid", ids[0])
	if len(r.guests) == 1 {
		p.facts.put("vmname", r.guests[0].name)
	}
}

// outcome is how the job went. The sender's word decides; but what a row says about
// its guest is never told as good news.
func (r *report) outcome(told Outcome) Outcome {
	switch {
	case told == Failed, len(r.failed()) > 0:
		return Failed
	case told == Warning, len(r.log.warnings) > 0:
		return Warning
	}
	return OK
}

// failed returns the guests that were not backed up.
func (r *report) failed() []guest {
	return slices.DeleteFunc(slices.Clone(r.guests), func(g guest) bool { return g.status != "err" })
}

// ids are the numbers of the guests in the table, or, when the job ended before
// the first one, those that it was asked for.
func (r *report) ids() []string {
	if len(r.guests) == 0 {
		return r.log.command.guests()
	}
	ids := make([]string, len(r.guests))
	for i, g := range r.guests {
		ids[i] = g.id
	}
	return ids
}

// storage is where the job wrote to: as asked for, or, when the log was too
// long to be sent, as the path of the first archive tells.
func (r *report) storage() string {
	if name := r.log.command.option("storage"); name != "" {
		return name
	}
	for _, g := range r.guests {
		if rest, found := strings.CutPrefix(g.file, "/mnt/pve/"); found {
			name, _, _ := strings.Cut(rest, "/")
			return name
		}
		if strings.HasPrefix(g.file, "/var/lib/vz/dump/") {
			return "local"
		}
	}
	return ""
}
