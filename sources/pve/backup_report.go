package pve

import (
	"strings"
)

// report is the text of a vzdump notification, taken apart.
type report struct {
	problems []string // lines before the table, when the job itself had several errors
	hasTable bool
	guests   []guest
	duration string // of the whole job
	size     string // of all archives
	log      backupLog
}

// parseReport reads as much of message as looks like Proxmox's own report.
func parseReport(message string) *report {
	r := &report{}
	head, log := splitLog(message)
	r.log = parseLog(log)
	inTable := false
	for line := range strings.SplitSeq(head, "\n") {
		switch {
		case isTableHead(line) && !r.hasTable:
			r.hasTable, inTable = true, true
		case !r.hasTable:
			r.addProblem(line)
		case inTable && strings.TrimSpace(line) == "":
			inTable = false
		case inTable:
			if g, ok := parseGuest(line); ok {
				r.guests = append(r.guests, g)
			}
		default:
			r.addTotal(line)
		}
	}
	if !r.hasTable {
		r.problems = nil // a text of some other make
	}
	return r
}

// splitLog parts the report from the log below its heading.
func splitLog(message string) (head, log string) {
	head, log, _ = strings.Cut(message, "\nLogs\n====\n")
	return head, log
}

// isTableHead tells the head of the table by its first and last columns.
func isTableHead(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "VMID ") && strings.HasSuffix(line, " Filename")
}

// maxProblems bounds the errors of a job that are shown; the message has all.
const maxProblems = 20

// addProblem keeps a line that stands before the table, unless it belongs to
// the table's heading.
func (r *report) addProblem(line string) {
	line = strings.TrimSpace(line)
	if line == "" || line == "Details" || strings.Trim(line, "=") == "" || len(r.problems) == maxProblems {
		return
	}
	r.problems = append(r.problems, line)
}

func (r *report) addTotal(line string) {
	label, value, _ := strings.Cut(line, ": ")
	switch label {
	case "Total running time":
		r.duration = strings.TrimSpace(value)
	case "Total size":
		r.size = strings.TrimSpace(value)
	}
}
