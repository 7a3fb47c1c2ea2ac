package templates

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// lines puts the rows of a group together.
type lines struct {
	group  *Group
	first  int // row
	zone   *time.Location
	layout string // of times
	hosts  bool   // a line shows the host
	text   strings.Builder
	n      int // lines
	told   int // rows
}

// fill tells rows as long as there is room.
func (l *lines) fill() {
	for i := l.first; i < len(l.group.Rows); {
		n := l.alike(i)
		if !l.add(i, n) {
			return
		}
		i += n
	}
}

// alike returns how many rows from the i-th on say the same.
func (l *lines) alike(i int) int {
	rows := l.group.Rows
	n := 1
	for i+n < len(rows) {
		a, b := &rows[i], &rows[i+n]
		if a.Type != b.Type || a.Title != b.Title || a.Host != b.Host || a.Severity != b.Severity {
			break
		}
		n++
	}
	return n
}

// add tells n rows that say the same, from the i-th on. It reports false when
// there is no room.
func (l *lines) add(i, n int) bool {
	first, last := &l.group.Rows[i], &l.group.Rows[i+n-1]
	at := l.at(first.Time)
	line := at + " " + marked(first.Severity) + tidyTitle(first.Title)
	if l.hosts && first.Host != "" {
		line += " (" + tidyTitle(first.Host) + ")"
	}
	if n > 1 {
		line += fmt.Sprintf(" ×%d", n)
		if until := l.at(last.Time); until != at {
			line += ", until " + until
		}
	}
	if l.n > 0 && (l.n >= maxLines || l.text.Len()+len("\n")+len(line) > maxGroup) {
		return false
	}
	if l.n > 0 {
		l.text.WriteByte('\n')
	}
	l.text.WriteString(line)
	l.n++
	l.told += n
	return true
}

func (l *lines) at(t time.Time) string { return t.In(l.zone).Format(l.layout) }

// marked returns the word that stands before what is more than information, for
// readers who see neither colour nor icon.
func marked(s event.Severity) string {
	if s > event.Info {
		return s.String() + " "
	}
	return ""
}

// finish counts what is left: by type as far as the rows go, the worst first.
func (l *lines) finish(left int) {
	if left <= 0 {
		return
	}
	if l.n > 0 {
		l.text.WriteByte('\n')
	}
	fmt.Fprintf(&l.text, "… and %d more", left)
	counts := map[kindOf]int{}
	for i := l.first + l.told; i < len(l.group.Rows); i++ {
		row := &l.group.Rows[i]
		counts[kindOf{row.Severity, row.Type}]++
	}
	var words []string
	for _, kind := range byWeight(counts)[:min(len(counts), topTypes)] {
		words = append(words, fmt.Sprintf("%s%s ×%d", marked(kind.severity), tidyName(kind.name), counts[kind]))
	}
	if len(words) > 0 {
		l.text.WriteString(", among them " + strings.Join(words, ", "))
	}
	l.text.WriteString(": tocsin decisions --outcome held --channel " + tidyTitle(l.group.Channel))
}

// kindOf is what rows without room are counted by.
type kindOf struct {
	severity event.Severity
	name     string // type
}

// byWeight returns what was counted: the highest severity first, then the
// highest count.
func byWeight(counts map[kindOf]int) []kindOf {
	return slices.SortedFunc(maps.Keys(counts), func(a, b kindOf) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(counts[b], counts[a]), cmp.Compare(a.name, b.name))
	})
}

// layout returns how the times of rows are written at now, so that each can
// mean one moment only: with the day when they are of more than one local day
// or more than a day old, with the date when weekdays repeat, and with the zone
// when the clock was set back between them.
func layout(rows []event.Message, now time.Time, zone *time.Location) string {
	if len(rows) == 0 {
		return "15:04"
	}
	first := rows[0].Time.In(zone)
	last := rows[len(rows)-1].Time.In(zone)
	out := "15:04"
	switch {
	case later(last, now).Sub(first) >= 6*24*time.Hour:
		out = "2 Jan 15:04"
	case now.Sub(first) >= 24*time.Hour || first.Format(time.DateOnly) != last.Format(time.DateOnly):
		out = "Mon 15:04"
	}
	_, before := first.Zone()
	if _, after := last.Zone(); after < before {
		out += " MST"
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// manyHosts reports whether rows come from more than one host.
func manyHosts(rows []event.Message) bool {
	return slices.ContainsFunc(rows, func(m event.Message) bool { return m.Host != rows[0].Host })
}
