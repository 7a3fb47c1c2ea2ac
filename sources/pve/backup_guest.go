package pve

import (
	"fmt"
	"strings"

	"tocsin/engine/event"
)

// guest is one row of the report's table.
type guest struct {
	id, name string
	status   string // ok, err or todo
	duration string // "2m 56s"
	size     string // "4.771 GiB"
	file     string // path or snapshot; "null" when there is none
}

// parseGuest reads a row. A name may hold anything, so the row is read from
// both ends and what remains in the middle is the name.
func parseGuest(row string) (guest, bool) {
	c := columns(row)
	n := len(c)
	if n < 5 || !isDigits(c[0]) {
		return guest{}, false
	}
	return guest{
		id: c[0], name: strings.Join(c[1:n-4], " "),
		status: c[n-4], duration: c[n-3], size: c[n-2], file: c[n-1],
	}, true
}

// label names a guest as people look for it: by number and name.
func (g guest) label() string {
	// The name that Proxmox shows for a guest without one has the number in it.
	if g.name == "" || g.name == g.id || strings.HasSuffix(g.name, " "+g.id) {
		return firstOf(g.name, g.id)
	}
	return g.id + " " + g.name
}

// line tells what became of a guest, "100 web01: ok, 4.8 GiB in 2m 56s", and
// why where a reason is given.
func (g guest) line(reason string) string {
	if reason != "" && g.status == "err" {
		return g.outcome() + ": " + oneLine(reason, maxNote)
	}
	return g.outcome()
}

func (g guest) outcome() string {
	size := g.size
	if bytes, ok := event.ParseBytes(size); ok {
		size = bytes.String()
	}
	switch g.status {
	case "ok":
		return fmt.Sprintf("%s: ok, %s in %s", g.label(), size, g.duration)
	case "todo":
		return g.label() + ": not reached"
	case "err":
		if g.duration == "0s" {
			return g.label() + ": failed"
		}
		return fmt.Sprintf("%s: failed after %s", g.label(), g.duration)
	}
	return fmt.Sprintf("%s: %s after %s", g.label(), g.status, g.duration)
}
