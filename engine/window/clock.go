package window

import "time"

// near is the distance from a change of clocks within which the time of the day
// does not follow from the minutes since midnight. A zone that skips a day puts
// its clocks on by twenty-four hours.
const near = 50 * time.Hour

// changes reports whether the clocks change near t.
func changes(t time.Time) bool {
	from, to := t.ZoneBounds()
	return !from.IsZero() && t.Sub(from) < near || !to.IsZero() && to.Sub(t) < near
}

// at returns the instant at which the clocks of a zone show a minute of a day
// for the first time. A minute that they skip comes at the first instant after
// it.
func at(year int, month time.Month, day, minute int, zone *time.Location) time.Time {
	guess := time.Date(year, month, day, 0, minute, 0, 0, zone)
	if !changes(guess) {
		return guess
	}
	wall := time.Date(year, month, day, 0, minute, 0, 0, time.UTC)
	offsets := offsetsAround(guess)
	var first time.Time
	for _, offset := range offsets {
		t := wall.Add(-offset).In(zone)
		if offsetAt(t) == offset && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if !first.IsZero() {
		return first
	}
	return afterGap(guess, wall)
}

// offsetsAround returns the offsets that a zone has shortly before, at and after
// an instant.
func offsetsAround(t time.Time) []time.Duration {
	from, to := t.ZoneBounds()
	offsets := []time.Duration{offsetAt(t)}
	if !from.IsZero() {
		offsets = append(offsets, offsetAt(from.Add(-time.Second)))
	}
	if !to.IsZero() {
		offsets = append(offsets, offsetAt(to))
	}
	return offsets
}

// afterGap returns the change of clocks that skips the time wall, which stands in
// UTC.
func afterGap(guess, wall time.Time) time.Time {
	from, to := guess.ZoneBounds()
	for _, change := range []time.Time{from, to} {
		if change.IsZero() {
			continue
		}
		before := change.Add(offsetAt(change.Add(-time.Second)))
		after := change.Add(offsetAt(change))
		if !wall.Before(before.UTC()) && wall.Before(after.UTC()) {
			return change
		}
	}
	return guess
}

func offsetAt(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
