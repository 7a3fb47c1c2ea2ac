package window

import (
	"time"
)

// Window is a span of the day on some days of the week, in one zone. The zero
// Window holds at no time. It is half-open and may cross midnight; its days are
// those on which it starts.
type Window struct {
	days       [7]bool // by time.Weekday
	start, end int     // minutes of the day; an end at or before the start is on the next day
	zone       *time.Location
	text       string // canonical
}

// String returns the window as it is written: "mon-fri 09:00-18:00".
func (w Window) String() string { return w.text }

// Contains reports whether t is inside the window.
func (w Window) Contains(t time.Time) bool {
	if w.zone == nil {
		return false
	}
	local := t.In(w.zone)
	if changes(local) {
		_, _, ok := w.cover(local)
		return ok
	}
	minute, day := local.Hour()*60+local.Minute(), local.Weekday()
	if w.end > w.start {
		return w.days[day] && minute >= w.start && minute < w.end
	}
	return w.days[day] && minute >= w.start || w.days[(day+6)%7] && minute < w.end
}

// cover returns the span around t during which the window holds.
func (w Window) cover(t time.Time) (from, to time.Time, ok bool) {
	if w.zone == nil {
		return time.Time{}, time.Time{}, false
	}
	year, month, day := t.In(w.zone).Date()
	for back := range 3 { // a change of clocks may move a start beyond midnight
		from, to := w.on(year, month, day-back)
		if !from.IsZero() && !t.Before(from) && t.Before(to) {
			return from, to, true
		}
	}
	return time.Time{}, time.Time{}, false
}

// on returns the span that starts on a day, or no time when none does.
func (w Window) on(year int, month time.Month, day int) (from, to time.Time) {
	if !w.days[time.Date(year, month, day, 12, 0, 0, 0, time.UTC).Weekday()] {
		return time.Time{}, time.Time{}
	}
	next := day
	if w.end <= w.start {
		next++
	}
	return at(year, month, day, w.start, w.zone), at(year, month, next, w.end, w.zone)
}

// List is a number of windows; a time is inside when it is inside any of them.
type List []Window

// Contains reports whether t is inside any of the windows.
func (l List) Contains(t time.Time) bool {
	for i := range l {
		if l[i].Contains(t) {
			return true
		}
	}
	return false
}

// unbroken is how long a cover is followed before it counts as one without end:
// longer than a week, so that every window had its turn.
const unbroken = 9 * 24 * time.Hour

// End returns the instant at which the unbroken cover around t ends. It reports
// false when t is outside, or when the windows leave no gap.
func (l List) End(t time.Time) (time.Time, bool) {
	end := t
	for end.Sub(t) < unbroken {
		next := end
		for i := range l {
			if _, to, ok := l[i].cover(end); ok && to.After(next) {
				next = to
			}
		}
		if next.Equal(end) {
			return end, end.After(t)
		}
		end = next
	}
	return time.Time{}, false
}
