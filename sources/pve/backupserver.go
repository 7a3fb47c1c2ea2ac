package pve

import (
	"regexp"
	"strings"
)

// readStoreJob reads the report of a job of Proxmox Backup Server: garbage
// collection, prune, sync, verification, backup to tape. Their failures put
// backups at risk; their successes are told in their own words, as there are
// many of them and the catalogue has no name for most.
func (p *Post) readStoreJob() {
	p.readLabels()
	if p.Outcome == OK {
		return
	}
	snapshots := failedSnapshots(p.message)
	p.facts.put("failed", snapshots)
	if len(snapshots) > 0 {
		p.facts.put("failed_count", len(snapshots))
	}
	p.facts.put("reason", joinReason(p.title, firstOf(jobError(p.message), strings.Join(capList(snapshots), ", "))))
}

// readCertificate reads a notice about a certificate. Proxmox Backup Server
// 3.2 sends its failures with severity info, so the words count as well.
func (p *Post) readCertificate() {
	p.readLabels()
	cause := jobError(p.message)
	if cause != "" || troubleWords.MatchString(p.title) || troubleWords.MatchString(firstLine(p.message)) {
		if p.Outcome == OK {
			p.Outcome = Warning
		}
	}
	if p.Outcome != OK {
		p.facts.put("reason", joinReason(p.title, firstOf(cause, firstLine(p.message))))
	}
}

// troubleWords are how a notice says that something did not work.
var troubleWords = regexp.MustCompile(`(?i)\b(error|fail(ed|ure)?|could not|not able|unable)\b`)

// errorLine is the line of a report that ends in the cause.
var errorLine = regexp.MustCompile(`(?mi)^(?:error|[a-z][a-z ]{0,40} failed):[ \t]*(\S.*)$`)

func jobError(message string) string {
	if m := errorLine.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

// failedSnapshots are the snapshots and groups that a verification found bad.
func failedSnapshots(message string) []string {
	list := after(message, "failed on these snapshots/groups:")
	list, _, _ = strings.Cut(list, visit)
	return strings.Fields(list)
}

// visit begins the last paragraph of every report.
const visit = "\nPlease visit the web interface"

// readLabels reads what stands only in the text of a report, and the report
// without its last paragraph.
func (p *Post) readLabels() {
	l := labels(p.message)
	for _, known := range [...]struct{ label, name string }{
		{"Datastore", "datastore"},
		{"Job ID", "job_id"},
		{"Task ID", "task_id"},
		{"Remote", "remote"},
		{"Remote Store", "remote_store"},
		{"Tape Pool", "media_pool"},
		{"Media Pool", "media_pool"},
		{"Tape Drive", "drive"},
		{"Drive", "drive"},
		{"Changer", "changer"},
		{"Media", "media"},
		{"Removed garbage", "removed_garbage"},
		{"On-Disk usage", "on_disk_usage"},
		{"Deduplication Factor", "deduplication_factor"},
	} {
		p.facts.put(known.name, l[known.label])
	}
	text, _, _ := strings.Cut("\n"+p.message, visit)
	p.facts.put("report", strings.TrimSpace(text))
}

// labels reads the lines of the form "Label: value"; the first of a label
// counts.
func labels(text string) map[string]string {
	found := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		label, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !ok || value == "" || len(label) > maxWord {
			continue
		}
		if _, taken := found[label]; !taken && len(found) < maxLabels {
			found[label] = value
		}
	}
	return found
}

// maxLabels is far above what any report has.
const maxLabels = 100
