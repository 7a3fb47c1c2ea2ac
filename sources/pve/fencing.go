package pve

import (
	"regexp"
	"strings"
)

// inCluster is the first line of a fencing notice.
var inCluster = regexp.MustCompile(`in cluster '([^'\n]*)'`)

// readFencing reads the notices of the HA manager. There are two for each
// fencing, equally severe: one when it begins and one when it is done.
func (p *Post) readFencing() {
	p.facts.put("node", firstOf(p.host, quoted(p.title)))
	if m := inCluster.FindStringSubmatch(p.message); m != nil {
		p.facts.put("cluster", m[1])
	}
	p.facts.put("phase", fencingPhase(p.title, p.message))
	status := labels(p.message)["Status"]
	p.facts.put("status", status)
	p.facts.put("reason", firstOf(status, p.title))
	p.facts.put("nodes", listBelow(p.message, "Cluster Node Status:"))
	var resources []string
	for _, item := range listBelow(p.message, "The following HA resources were running") {
		name, _, _ := strings.Cut(item, " ")
		resources = append(resources, name)
	}
	p.facts.put("resources", resources)
}

// fencingPhase tells the two notices apart: start or success. The title
// decides, as it is the part that people override least.
func fencingPhase(title, message string) string {
	for _, text := range [...]string{title, message} {
		switch text = strings.ToLower(text); {
		case strings.Contains(text, "successfully fenced"):
			return "success"
		case strings.Contains(text, "trying to fence"), strings.Contains(text, "will now fence"):
			return "start"
		}
	}
	return ""
}

// listBelow returns the items of the first list of dashes below the line that
// begins with heading. Another heading ends the search: the list may be empty.
func listBelow(text, heading string) []string {
	var items []string
	below := false
	for line := range strings.SplitSeq(text, "\n") {
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case strings.HasPrefix(line, heading):
			below = true
		case below && isItem:
			items = append(items, strings.TrimSpace(item))
		case len(items) > 0, below && strings.HasPrefix(line, "The other HA resources"):
			return items
		}
	}
	return items
}
