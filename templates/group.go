package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Bounds of a grouped message. What is beyond them is counted by type.
const (
	maxLines = 200
	maxGroup = 12 << 10 // bytes of the lines
	topTypes = 5        // types that are counted by name
)

// Group is what waited in a buffer of a channel and is told as one message.
type Group struct {
	ID      string // of the message
	Buffer  event.Buffer
	Channel string
	Rows    []event.Message // in the order of their events' times; perhaps only the first
	Total   int             // that waited
	Highest event.Severity
	Host    string // this host
	Now     time.Time
	Late    bool // told after its moment: tocsin was not running then
	Early   bool // told before it: quiet hours or digest were switched off
}

// Group tells what waited as one message: one line an event, in the order in
// which they happened.
func (s *Set) Group(g Group) event.Message {
	kind, icon := event.QuietSummary, "🌙"
	if g.Buffer == event.DigestBuffer {
		kind, icon = event.DigestType, "📰"
	}
	m := event.Message{
		EventID: g.ID, Type: kind, Severity: g.Highest, Icon: icon, Title: g.title(), Host: event.OneLine(event.Clean(g.Host)),
		Time: g.Now.In(s.zone()),
	}
	l := lines{group: &g, zone: s.zone(), days: spansDays(g.Rows, s.zone()), hosts: manyHosts(g.Rows)}
	for i := 0; i < len(g.Rows); {
		n := l.alike(i)
		if !l.add(i, n) {
			break
		}
		i += n
	}
	l.finish()
	m.Body = l.text.String()
	return m
}

func (s *Set) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func (g *Group) title() string {
	count := fmt.Sprintf("%d notifications", g.Total)
	if g.Total == 1 {
		count = "one notification"
	}
	title := "Daily digest: " + count
	if g.Buffer == event.QuietBuffer {
		title = strings.ToUpper(count[:1]) + count[1:] + " during quiet hours"
	}
	switch {
	case g.Late:
		title += " (late: tocsin was not running)"
	case g.Early && g.Buffer == event.QuietBuffer:
		title += ", which were changed"
	case g.Early:
		title += " (the digest was changed)"
	}
	return title
}

// lines puts the rows of a group together.
type lines struct {
	group *Group
	zone  *time.Location
	days  bool // a line shows the day
	hosts bool // a line shows the host
	text  strings.Builder
	n     int // lines
	told  int // rows
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
	line := l.at(first.Time) + " "
	if first.Severity > event.Info {
		line += first.Severity.String() + " "
	}
	line += tidyTitle(first.Title)
	if l.hosts && first.Host != "" {
		line += " (" + tidyTitle(first.Host) + ")"
	}
	if n > 1 {
		line += fmt.Sprintf(" ×%d, until %s", n, l.at(last.Time))
	}
	if l.n >= maxLines || l.text.Len()+len(line) > maxGroup {
		return false
	}
	l.n++
	l.told += n
	l.text.WriteString(line + "\n")
	return true
}

func (l *lines) at(t time.Time) string {
	layout := "15:04"
	if l.days {
		layout = "Mon 15:04"
	}
	return t.In(l.zone).Format(layout)
}

// finish counts what had no room.
func (l *lines) finish() {
	left := l.group.Total - l.told
	if left <= 0 {
		return
	}
	fmt.Fprintf(&l.text, "… and %d more", left)
	counts := map[string]int{}
	for i := l.told; i < len(l.group.Rows); i++ {
		counts[event.OneLine(event.Clean(l.group.Rows[i].Type))]++
	}
	var words []string
	for _, name := range byCount(counts) {
		if len(words) == topTypes {
			break
		}
		words = append(words, fmt.Sprintf("%s ×%d", name, counts[name]))
	}
	if len(words) > 0 {
		l.text.WriteString(", among them " + strings.Join(words, ", "))
	}
	l.text.WriteString(": tocsin decisions --channel " + event.OneLine(event.Clean(l.group.Channel)))
}

// byCount returns the names with the highest counts first.
func byCount(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return names
}

// spansDays reports whether rows are of more than one local day.
func spansDays(rows []event.Message, zone *time.Location) bool {
	return slices.ContainsFunc(rows, func(m event.Message) bool {
		return m.Time.In(zone).Format(time.DateOnly) != rows[0].Time.In(zone).Format(time.DateOnly)
	})
}

func manyHosts(rows []event.Message) bool {
	return slices.ContainsFunc(rows, func(m event.Message) bool { return m.Host != rows[0].Host })
}
