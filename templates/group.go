package templates

import (
	"fmt"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Bounds of a grouped message. What is beyond the lines goes into another, and
// what is beyond the last message is counted by type.
const (
	maxLines   = 200
	maxGroup   = 12 << 10 // bytes of the lines
	maxGrouped = 25       // messages that tell one group
	topTypes   = 5        // types that are counted by name
)

// Group is what waited for a channel and is told together.
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

// Grouped is one of the messages that tell a group.
type Grouped struct {
	Message event.Message
	Rows    int // of the group that it tells
}

// Group tells what waited: one line an event, in the order in which they
// happened, in as many messages as that takes. They are of no catalogue group,
// and come from the host of their events, as long as they have one in common.
func (s *Set) Group(g Group) []Grouped {
	zone := s.zone()
	hosts := manyHosts(g.Rows)
	host := g.Host
	if !hosts && len(g.Rows) > 0 && g.Rows[0].Host != "" {
		host = g.Rows[0].Host
	}
	var list []Grouped
	for first := 0; len(list) == 0 || first < len(g.Rows) && len(list) < maxGrouped; {
		l := lines{group: &g, first: first, zone: zone, layout: layout(g.Rows, g.Now, zone), hosts: hosts}
		l.fill()
		if first += l.told; first == len(g.Rows) || len(list) == maxGrouped-1 {
			l.finish(g.Total - first)
		}
		list = append(list, Grouped{Rows: l.told, Message: event.Message{
			EventID: g.ID, Type: g.kind(), Severity: g.Highest, Icon: g.icon(), Body: l.text.String(), Host: tidyTitle(host), Time: g.Now.In(zone),
		}})
	}
	for i := range list {
		list[i].Message.Title = g.title()
		if len(list) > 1 {
			list[i].Message.Title += fmt.Sprintf(" (%d of %d)", i+1, len(list))
		}
	}
	return list
}

func (g *Group) kind() string {
	switch g.Buffer {
	case event.DigestBuffer:
		return event.DigestType
	case event.Backlog:
		return event.BacklogType
	}
	return event.QuietSummary
}

func (g *Group) icon() string {
	switch g.Buffer {
	case event.DigestBuffer:
		return "📰"
	case event.Backlog:
		return "📚"
	}
	return "🌙"
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
	switch g.Buffer {
	case event.QuietBuffer:
		title = strings.ToUpper(count[:1]) + count[1:] + " during quiet hours" + off
	case event.Backlog:
		title = strings.ToUpper(count[:1]) + count[1:] + " that had to wait"
	}
	if g.Late && !g.Early {
		title += " (late: tocsin was not running)"
	}
	return title
}
