package ruletest

import (
	"slices"

	"tocsin/engine/event"
	"tocsin/templates"
)

// maxRows is how many messages of a buffer are told by name, as in production.
const maxRows = 6000

// bufferKey tells the buffers of channels apart.
type bufferKey struct {
	channel string
	buffer  event.Buffer
}

// buffer is what waits for one channel: the first messages, and how many there
// are in all.
type buffer struct {
	rows    []event.Message
	total   int
	highest event.Severity
}

func (b *buffer) add(m event.Message) {
	b.total++
	b.highest = max(b.highest, m.Severity)
	if len(b.rows) < maxRows {
		b.rows = append(b.rows, m)
	}
}

// fill puts what waits into a group, in the order in which it happened.
func (b *buffer) fill(g *templates.Group) {
	slices.SortStableFunc(b.rows, func(a, b event.Message) int { return a.Time.Compare(b.Time) })
	g.Rows, g.Total, g.Highest = b.rows, b.total, b.highest
}
