package templates

import (
	"fmt"
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
// which they happened. It is of no catalogue group, and comes from the host of
// its events, as long as they have one in common.
func (s *Set) Group(g Group) event.Message {
	kind, icon := event.QuietSummary, "🌙"
	if g.Buffer == event.DigestBuffer {
		kind, icon = event.DigestType, "📰"
	}
	zone := s.zone()
	hosts := manyHosts(g.Rows)
	host := g.Host
	if !hosts && len(g.Rows) > 0 && g.Rows[0].Host != "" {
		host = g.Rows[0].Host
	}
	l := lines{group: &g, zone: zone, layout: layout(g.Rows, g.Now, zone), hosts: hosts}
	for i := 0; i < len(g.Rows); {
		n := l.alike(i)
		if !l.add(i, n) {
			break
		}
		i += n
	}
	l.finish()
	return event.Message{
		EventID: g.ID, Type: kind, Severity: g.Highest, Icon: icon, Title: g.title(), Body: l.text.String(),
		Host: tidyTitle(host), Time: g.Now.In(zone),
	}
}

func (s *Set) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// title says how much waited and where, and why it is told at an odd hour.
func (g *Group) title() string {
	count := fmt.Sprintf("%d notifications", g.Total)
	if g.Total == 1 {
		count = "one notification"
	}
	off := ""
	if g.Early {
		off = ", now switched off"
	}
	title := "Daily digest" + off + ": " + count
	if g.Buffer == event.QuietBuffer {
		title = strings.ToUpper(count[:1]) + count[1:] + " during quiet hours" + off
	}
	if g.Late && !g.Early {
		title += " (late: tocsin was not running)"
	}
	return title
}
