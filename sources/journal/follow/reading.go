package follow

import (
	"bytes"
	"context"
	"sync/atomic"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/journal"
)

// reading is one run of journalctl.
type reading struct {
	*Follower
	desk     sources.Desk
	matcher  *journal.Matcher
	from     string // where it began; empty: with what is new
	began    time.Time
	hindered atomic.Bool

	findings []sources.Finding
	position string // of the entry that was read last
	entries  int    // since the position was moved
	first    bool   // an entry was read
	garbage  int
	moved    time.Time
	told     map[string]time.Time // when a fault was logged, by what it is
}

// run reads lines until there are no more. An error says that what was found could
// not be kept, as ctx ended.
func (r *reading) run(ctx context.Context, in *Lines) error {
	for {
		line, err := in.Next()
		if err != nil {
			return r.keep(ctx, true)
		}
		r.take(line)
		if huge := in.Huge(); huge > 0 {
			r.log("huge", "entries are too long and were left out", "entries", huge, "most", maxLine)
		}
		if len(r.findings) >= maxFindings || r.entries >= moveEntries || !in.more() {
			if err := r.keep(ctx, false); err != nil {
				return err
			}
		}
	}
}

// take looks at one line.
func (r *reading) take(line []byte) {
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	matches, faults, err := r.matcher.Match(line)
	if err != nil {
		r.garbage++
		r.log("garbage", "journalctl wrote something that is no entry", "err", err, "line", event.Clip(event.Clean(string(line)), 200))
		return
	}
	cursor := r.matcher.Cursor()
	if cursor == "" {
		return // no entry of a journal
	}
	if !r.first {
		r.first = true
		r.recover()
		if r.known(line, cursor) {
			r.position = cursor
			return
		}
	}
	r.entries++
	r.position = cursor
	for i := range matches {
		r.findings = append(r.findings, sources.Finding{Event: &matches[i].Event})
	}
	if n := len(r.findings); len(matches) > 0 {
		r.findings[n-1].Position = cursor // of an entry with several events all are kept, or it comes again
	}
	for _, fault := range faults {
		r.log(fault.Rule.Name+" "+fault.Part, "a source failed over an entry", "place", fault.Rule.Place, "part", fault.Part, "err", fault.Err)
	}
}

// known reports whether the first entry was there before: read already, or, the
// first time ever, not meant to be read. It tells what is missing before it.
func (r *reading) known(line []byte, cursor string) bool {
	if r.from == "" {
		_, at, err := journal.Cursor(line)
		return err == nil && at.Before(r.began)
	}
	if cursor == r.from {
		return true
	}
	if missing := gap(r.from, cursor); missing != "" {
		r.Log.Warn("the journal was cut before all of it was read", "missing", missing)
	}
	return false
}

// keep hands in what was found. The position alone is moved now and then, and at
// the end.
func (r *reading) keep(ctx context.Context, end bool) error {
	due := end || r.entries >= moveEntries || time.Since(r.moved) >= moveEvery
	if len(r.findings) == 0 && (!due || r.position == "") {
		return nil
	}
	err := r.desk.Keep(ctx, r.position, r.findings...)
	clear(r.findings)
	r.findings, r.entries, r.moved = r.findings[:0], 0, time.Now()
	return err
}

// hinder says that journalctl reads less than it should, or nothing.
func (r *reading) hinder(trouble string) {
	r.hindered.Store(true)
	r.desk.Report(trouble)
}

// recover says that nothing hinders it.
func (r *reading) recover() {
	if !r.hindered.Load() {
		r.desk.Report("")
	}
}

// logEvery is how often the same fault is logged.
const logEvery = time.Hour

// log logs what may come again and again.
func (r *reading) log(key, message string, args ...any) {
	if last, ok := r.told[key]; ok && time.Since(last) < logEvery {
		return
	}
	if len(r.told) > 1000 {
		clear(r.told)
	}
	r.told[key] = time.Now()
	r.Log.Warn(message, args...)
}
