package log

import (
	"fmt"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/pattern"
)

// Rule is what one source block says: which file it reads, and the event that it
// makes of a line.
type Rule struct {
	pattern.Rule
	Path   string // absolute
	Layout string // of the time that group Stamp cuts out, as Go's; empty: a line has the time when it was read
}

// MaxFiles is how many files all rules together may read: where each stands is kept
// with every event.
const MaxFiles = 64

// Stamp is the group of a pattern that is the time of a line.
const Stamp = "_time"

// CheckLayout reports whether times can be read that are written like this: with month,
// day, hour and minute.
func CheckLayout(layout string) bool {
	want := time.Date(2026, time.November, 23, 17, 38, 49, 0, time.UTC)
	got, err := time.Parse(layout, want.Format(layout))
	return err == nil && (got.Year() == want.Year() || got.Year() == 0) &&
		got.Month() == want.Month() && got.Day() == want.Day() && got.Hour() == want.Hour() && got.Minute() == want.Minute()
}

// Names lists what a line has besides what a pattern cuts out, with the types.
func Names() map[string]event.FieldType {
	return map[string]event.FieldType{"text": event.String, "path": event.String}
}

// tooNew is by how much a line may seem to be newer than it can be, as clocks are
// read one after the other.
const tooNew = time.Second

// stamped returns when a line was written, as it says itself; what it says is local
// time unless there is a zone in it. A layout without a year means the latest year
// that is not ahead. A line that claims to come from the future was written now: its
// clock was wrong, or an hour came twice.
func (r *Rule) stamped(groups map[string]any, read time.Time) (time.Time, error) {
	text, ok := groups[Stamp].(string)
	if r.Layout == "" || !ok {
		return read, nil
	}
	at, err := time.ParseInLocation(r.Layout, text, read.Location())
	if err != nil {
		return read, fmt.Errorf("%q is not written as %q", event.Clip(text, 64), r.Layout)
	}
	if at.Year() == 0 {
		if at = at.AddDate(read.Year(), 0, 0); at.After(read.Add(24 * time.Hour)) {
			at = at.AddDate(-1, 0, 0)
		}
	}
	if at.After(read.Add(tooNew)) {
		at = read
	}
	return at, nil
}
