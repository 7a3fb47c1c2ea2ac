package channeltest

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// mostLines is how many lines a grouped message has at most.
const mostLines = 200

// keepsLines checks what a night of quiet hours makes: a message of many lines,
// one an event. Each of them arrives whole, in one part, and in order.
func (x *exam) keepsLines() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("grouped", rich)
		lines := grouped(mostLines)
		m.Type, m.Title, m.Details, m.Body = event.QuietSummary, "200 notifications", nil, strings.Join(lines, "\n")
		parts := x.deliver(dress, p, m)
		if parts == nil {
			return
		}
		x.counted(dress, parts)
		seen := seenLines(parts)
		for i, line := range lines {
			at := slices.Index(seen, even(line))
			if at < 0 {
				x.faultf("%s: line %d of %d is lost, broken or out of order: %q", dress, i+1, len(lines), line)
				return
			}
			seen = seen[at+1:]
		}
	})
}

// seenLines returns the lines of all parts.
func seenLines(parts []string) []string {
	var lines []string
	for _, part := range parts {
		for line := range strings.SplitSeq(part, "\n") {
			lines = append(lines, even(line))
		}
	}
	return lines
}

// grouped returns n different lines of about 120 characters, with what event
// text is full of: characters that are markup somewhere, letters that are not
// ASCII.
func grouped(n int) []string {
	marks := []string{"🟢", "🟡", "🔴"}
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("%02d:%02d %s Replication of guest %d (db_main <a&b>, *büro*) to pve-lab-7 failed after 4m %ds: no space left on device [tank-2]",
			i/60%24, i%60, marks[i%len(marks)], 100+i, i%60)
	}
	return lines
}
