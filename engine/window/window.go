package window

import (
	"errors"
	"time"
)

// Window is a span of the day on some days of the week, in one zone.
type Window struct{ zone *time.Location }

// List is a number of windows; a time is inside when it is inside any of them.
type List []Window

// Parse reads "[days ]HH:MM-HH:MM[ Zone]"; zone holds where the text names none.
func Parse(text string, zone *time.Location) (Window, error) { return Window{}, errors.New("stub") }

// Contains reports whether t is inside the window.
func (w Window) Contains(t time.Time) bool { return false }

// Contains reports whether t is inside any of the windows.
func (l List) Contains(t time.Time) bool { return false }

// End returns the instant at which the unbroken cover around t ends. It reports
// false when t is outside, or when the windows leave no gap.
func (l List) End(t time.Time) (time.Time, bool) { return time.Time{}, false }

// Daily is a time of the day, once each local day.
type Daily struct{ zone *time.Location }

// ParseDaily reads "HH:MM[ Zone]"; zone holds where the text names none.
func ParseDaily(text string, zone *time.Location) (Daily, error) { return Daily{}, errors.New("stub") }

// Next returns the first occurrence after t.
func (d Daily) Next(t time.Time) time.Time { return time.Time{} }

// Day returns the local day of t as YYYY-MM-DD.
func (d Daily) Day(t time.Time) string { return "" }
