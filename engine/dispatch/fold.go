package dispatch

import (
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	foldEvery  = time.Second // decisions are kept that long after they were made, at most
	foldRoom   = 2000        // different decisions in that time; further ones are told by type alone, and twice as many by reason
	foldBatch  = 1000        // decisions in one transaction
	foldEvents = 500         // events recorded in that time
	foldWeight = 16 << 10    // bytes of data of one of them
)

// folder collects decisions between two transactions, so that a flood of the
// same decision costs one row with a count and a suppressed event no SQL.
type folder struct {
	rows    map[foldKey]*event.Decision
	order   []foldKey
	events  []event.Recorded // for explanations and replays
	flushAt time.Time
}

type foldKey struct {
	fingerprint event.Fingerprint
	event       string // of decisions that have no fingerprint
	typ         string
	channel     string
	stage       engine.Stage
	reason      engine.Reason
	place       string
}

func newFolder() *folder { return &folder{rows: map[foldKey]*event.Decision{}} }

// add collects a decision. It returns the row of one that is new, else nil.
func (f *folder) add(d *engine.Decision) *event.Decision {
	key := foldKey{d.Fingerprint, "", d.Type, d.Channel, d.Stage, d.Reason, d.Place}
	if d.Fingerprint == (event.Fingerprint{}) {
		key.event = d.EventID
	}
	if len(f.rows) >= foldRoom {
		key.fingerprint, key.event = event.Fingerprint{}, ""
	}
	if len(f.rows) >= 2*foldRoom { // more kinds of events than anybody has
		key = foldKey{stage: d.Stage, reason: d.Reason}
	}
	if row, ok := f.rows[key]; ok {
		row.Count++
		return nil
	}
	f.wait(d.Time)
	row := d.Record()
	f.rows[key] = &row
	f.order = append(f.order, key)
	return &row
}

// record keeps an event as it came, so that it can be explained and judged again.
// In a flood only the first of each second are, and a very long one is not.
func (f *folder) record(in *event.Incoming, weight int, now time.Time) {
	if len(f.events) >= foldEvents || weight > foldWeight {
		return
	}
	f.wait(now)
	f.events = append(f.events, event.Recorded{Arrived: now, Incoming: *in})
}

// wait sets the moment to keep what is collected, when it is the first.
func (f *folder) wait(now time.Time) {
	if len(f.rows)+len(f.events) == 0 {
		f.flushAt = now.Add(foldEvery)
	}
}

// due tells when decisions are to be kept, if there are any.
func (f *folder) due() (time.Time, bool) { return f.flushAt, len(f.rows)+len(f.events) > 0 }

// take hands over the decisions and events when it is time for them.
func (f *folder) take(now time.Time) ([]event.Decision, []event.Recorded) {
	if len(f.rows)+len(f.events) == 0 || f.flushAt.After(now) {
		return nil, nil
	}
	events := f.events
	f.events = nil
	n := min(len(f.order), foldBatch)
	out := make([]event.Decision, n)
	for i, key := range f.order[:n] {
		out[i] = *f.rows[key]
		delete(f.rows, key)
	}
	f.order = f.order[n:]
	if len(f.rows) == 0 {
		f.order = nil
	}
	return out, events
}

// giveBack returns decisions and events whose transaction failed. They keep
// their counts and wait a second more.
func (f *folder) giveBack(rows []event.Decision, events []event.Recorded) {
	f.events = append(events, f.events...)
	for i := range rows {
		key := foldKey{
			event: rows[i].EventID, typ: rows[i].Type, channel: rows[i].Channel, stage: engine.Stage(rows[i].Stage),
			reason: engine.Reason(rows[i].Code), place: rows[i].Place,
		}
		if _, taken := f.rows[key]; !taken && len(f.rows) < 2*foldRoom {
			f.rows[key] = &rows[i]
			f.order = append(f.order, key)
		}
	}
	f.flushAt = f.flushAt.Add(foldEvery)
}

// foldDecisions counts the cycle's decisions.
func (c *cycle) foldDecisions() {
	for i := range c.effects.Decisions {
		d := &c.effects.Decisions[i]
		if row := c.fold.add(d); row != nil {
			c.report.Ruled(*row)
		}
		c.metrics.Decided(string(d.Outcome), string(d.Reason))
	}
}
