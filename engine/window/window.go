package window

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Window is a span of the day on some days of the week, in one zone.
type Window struct {
	days       [7]bool // by time.Weekday, on which it starts
	start, end int     // minutes of the day; an end at or before the start is on the next day
	zone       *time.Location
}

// List is a number of windows; a time is inside when it is inside any of them.
type List []Window

// Parse reads "[days ]HH:MM-HH:MM[ Zone]"; zone holds where the text names none.
func Parse(text string, zone *time.Location) (Window, error) {
	w := Window{zone: zone, days: [7]bool{true, true, true, true, true, true, true}}
	words := strings.Fields(text)
	if len(words) > 0 && !strings.Contains(words[0], ":") {
		w.days = [7]bool{}
		for _, part := range strings.Split(words[0], ",") {
			from, to, ok := strings.Cut(part, "-")
			if !ok {
				to = from
			}
			a, b := day(from), day(to)
			if a < 0 || b < 0 {
				return w, fmt.Errorf("unknown day %q", part)
			}
			for ; ; a = (a + 1) % 7 {
				w.days[a] = true
				if a == b {
					break
				}
			}
		}
		words = words[1:]
	}
	if len(words) == 0 || len(words) > 2 {
		return w, fmt.Errorf("%q is no window", text)
	}
	if len(words) == 2 {
		var err error
		if w.zone, err = time.LoadLocation(words[1]); err != nil {
			return w, err
		}
	}
	from, to, _ := strings.Cut(words[0], "-")
	var ok1, ok2 bool
	w.start, ok1 = minute(from)
	w.end, ok2 = minute(to)
	if !ok1 || !ok2 || w.start == w.end || w.start == 1440 {
		return w, fmt.Errorf("%q is no window", text)
	}
	return w, nil
}

func day(s string) int {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String()[:3], s) {
			return int(d)
		}
	}
	return -1
}

func minute(s string) (int, bool) {
	h, m, ok := strings.Cut(s, ":")
	a, err1 := strconv.Atoi(h)
	b, err2 := strconv.Atoi(m)
	return a*60 + b, ok && err1 == nil && err2 == nil && a >= 0 && a <= 24 && b >= 0 && b < 60 && (a < 24 || b == 0)
}

// at returns the instant of a minute of the local day that is n days after that
// of t: the first of a doubled one, the end of the gap for a missing one.
func at(t time.Time, n, minute int, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	want := time.Date(y, m, d+n, 0, minute, 0, 0, time.UTC)
	x := time.Date(want.Year(), want.Month(), want.Day(), want.Hour(), want.Minute(), 0, 0, zone)
	if x.Hour() != want.Hour() || x.Minute() != want.Minute() { // missing: the transition is near
		lo, hi := x.Add(-4*time.Hour), x.Add(4*time.Hour)
		local := func(t time.Time) time.Time {
			t = t.In(zone)
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		}
		for hi.Sub(lo) > time.Second {
			mid := lo.Add(hi.Sub(lo) / 2).Truncate(time.Second)
			if local(mid).Before(want) {
				lo = mid
			} else {
				hi = mid
			}
		}
		return hi.In(zone)
	}
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if y := x.Add(-back); y.Hour() == x.Hour() && y.Minute() == x.Minute() && y.Day() == x.Day() {
			return y
		}
	}
	return x
}

func (w Window) cover(t time.Time) (from, to time.Time, ok bool) {
	for n := 0; n >= -1; n-- {
		start := at(t, n, w.start, w.zone)
		y, m, d := t.In(w.zone).Date()
		if !w.days[time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC).Weekday()] {
			continue
		}
		over := 0
		if w.end <= w.start {
			over = 1
		}
		end := at(t, n+over, w.end, w.zone)
		if !t.Before(start) && t.Before(end) {
			return start, end, true
		}
	}
	return time.Time{}, time.Time{}, false
}

// Contains reports whether t is inside the window.
func (w Window) Contains(t time.Time) bool { _, _, ok := w.cover(t); return ok }

// Contains reports whether t is inside any of the windows.
func (l List) Contains(t time.Time) bool {
	for _, w := range l {
		if w.Contains(t) {
			return true
		}
	}
	return false
}

// End returns the instant at which the unbroken cover around t ends. It reports
// false when t is outside, or when the windows leave no gap.
func (l List) End(t time.Time) (time.Time, bool) {
	end, inside := t, false
	for range 64 {
		next := end
		for _, w := range l {
			if _, to, ok := w.cover(end); ok && to.After(next) {
				next, inside = to, true
			}
		}
		if next.Equal(end) {
			return end, inside
		}
		end = next
	}
	return time.Time{}, false
}

// Daily is a time of the day, once each local day.
type Daily struct {
	minute int
	zone   *time.Location
}

// ParseDaily reads "HH:MM[ Zone]"; zone holds where the text names none.
func ParseDaily(text string, zone *time.Location) (Daily, error) {
	m, ok := minute(text)
	if !ok || m == 1440 {
		return Daily{}, fmt.Errorf("%q is no time", text)
	}
	return Daily{m, zone}, nil
}

// Next returns the first occurrence after t.
func (d Daily) Next(t time.Time) time.Time {
	for n := 0; ; n++ {
		if x := at(t, n, d.minute, d.zone); x.After(t) {
			return x
		}
	}
}

// Day returns the local day of t as YYYY-MM-DD.
func (d Daily) Day(t time.Time) string { return t.In(d.zone).Format(time.DateOnly) }
