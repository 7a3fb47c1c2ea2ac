package channeltest

import (
	"fmt"
	"regexp"
	"strings"

	"tocsin/engine/event"
)

// mostParts is more than any channel needs for one message.
const mostParts = 20

// cutMark is how a text that was cut says so.
var cutMark = regexp.MustCompile(`…|\.\.\.|\bcut\b|\bleft\b|\bmore\b|\bomitted\b`)

// splits checks that bodies of about 20 kB arrive whole and in order. Bodies
// without any blank are counted by character: that tells losses and repeats
// apart from cuts, which may be anywhere in them.
func (x *exam) splits() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		x.splitsLines(dress, rich, p)
		for _, c := range []struct{ name, unit string }{{"letters", "Q"}, {"emoji", "🦉"}, {"entities", "&<>"}} {
			what := dress + ", " + c.name
			count := 20_000 / len(c.unit)
			m := message(c.name, rich)
			m.Body = strings.Repeat(c.unit, count)
			parts := x.deliver(what, p, m)
			x.counted(what, parts)
			for _, r := range c.unit {
				if got := strings.Count(strings.Join(parts, "\n"), string(r)); parts != nil && got != count {
					x.faultf("%s: %d of %d times %q arrived", what, got, count, r)
				}
			}
		}
	})
}

// splitsLines checks a body of lines, which tell their own order.
func (x *exam) splitsLines(dress string, rich bool, p *Peer) {
	what := dress + ", lines"
	m := message("lines", rich)
	m.Body = numbered(500)
	parts := x.deliver(what, p, m)
	x.counted(what, parts)
	x.shows(what, parts, m.Title, m.Host, "tank-2")
	if n := inOrder(parts, 500); parts != nil && n != 500 {
		x.faultf("%s: line %d of 500 is missing, broken or out of order", what, n)
	}
}

// takesLongFrame checks that a title and details over the service's limits for
// them do not make a message that it refuses.
func (x *exam) takesLongFrame() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("frame", rich)
		m.Title = "Pool tank-2 is degraded " + strings.Repeat("and so on ", 200)
		m.Details = nil
		var want []string
		for i := range 60 {
			d := event.Detail{Label: fmt.Sprintf("Disk %02d", i), Value: fmt.Sprintf("serial-%04d %s", i, strings.Repeat("z", 60))}
			m.Details = append(m.Details, d)
			want = append(want, d.Label, d.Value)
		}
		parts := x.deliver(dress, p, m)
		x.counted(dress, parts)
		x.shows(dress, parts, append(want, "Pool tank-2 is degraded and so on", m.Body, m.Host)...)

		m = message("wide", rich)
		m.Details = []event.Detail{{Label: strings.Repeat("wide ", 200), Value: strings.Repeat("value ", 1500)}}
		m.Host = strings.Repeat("long", 1000)
		x.counted(dress, x.deliver(dress+", wide detail", p, m))
	})
}

// bounds checks that a body of 300 kB is delivered in few parts, and that it
// says so when it was cut.
func (x *exam) bounds() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("huge", rich)
		m.Body = numbered(7500)
		parts := x.deliver(dress, p, m)
		if parts == nil {
			return
		}
		x.counted(dress, parts)
		if n := inOrder(parts, 7500); n < 7500 {
			x.marked(dress, parts)
		}
	})
}

// abridges checks that a brief message is one part which tells that more was
// cut off.
func (x *exam) abridges() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		m := message("brief", rich)
		m.Body, m.Brief = numbered(7500), true
		parts := x.deliver(dress, p, m)
		if parts == nil {
			return
		}
		if len(parts) != 1 {
			x.faultf("%s: came in %d parts", dress, len(parts))
		}
		x.shows(dress, parts, m.Title)
		if inOrder(parts, 7500) < 7500 {
			x.marked(dress, parts)
		}
		m = message("brief-short", rich)
		m.Brief = true
		x.shows(dress, x.deliver(dress, p, m), m.Title, m.Body, m.Host)
	})
}

// counted checks the number of parts.
func (x *exam) counted(what string, parts []string) {
	x.t.Helper()
	switch {
	case x.Unsplit && len(parts) > 1:
		x.faultf("%s: came in %d parts, though the service takes any length", what, len(parts))
	case len(parts) > mostParts:
		x.faultf("%s: came in %d parts", what, len(parts))
	}
}

// marked checks that the last part tells that something was cut.
func (x *exam) marked(what string, parts []string) {
	x.t.Helper()
	if !cutMark.MatchString(parts[len(parts)-1]) {
		x.faultf("%s: text is missing and the last part does not say so: %q", what, tail(parts[len(parts)-1]))
	}
}

func tail(text string) string { return text[max(len(text)-300, 0):] }

// numbered returns n different lines of 40 bytes.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "row %05d: vzdump wrote another extent.\n", i)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// inOrder returns how many of the n numbered lines follow each other in parts.
func inOrder(parts []string, n int) int {
	rest := strings.Join(parts, "\n")
	for i := range n {
		_, after, ok := strings.Cut(rest, fmt.Sprintf("row %05d: vzdump wrote another extent.", i))
		if !ok {
			return i
		}
		rest = after
	}
	return n
}
