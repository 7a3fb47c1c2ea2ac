package window

import (
	"fmt"
	"strings"
	"time"
)

// Daily is a time of the day, once each local day.
type Daily struct {
	minute int
	zone   *time.Location
}

// ParseDaily reads "HH:MM[ Zone]"; zone holds where the text names none. The
// error is an *Error.
func ParseDaily(text string, zone *time.Location) (Daily, error) {
	words := split(text)
	if len(words) == 0 || len(words) > 2 {
		return Daily{}, &Error{To: len(text), Summary: "no time of the day", Detail: `Write "09:00", or "09:00 Europe/Madrid".`}
	}
	minute, ok := parseMinute(words[0].text)
	if !ok || minute == endOfDay {
		return Daily{}, &Error{words[0].at, words[0].end(), fmt.Sprintf("%q is no time of the day", words[0].text), `Write hours and minutes: "09:00", at most "23:59".`}
	}
	d := Daily{minute, zone}
	if len(words) == 2 {
		var err error
		if d.zone, err = parseZone(words[1]); err != nil {
			return Daily{}, err
		}
	}
	return d, nil
}

// String returns the time as it is written.
func (d Daily) String() string { return minuteText(d.minute) }

// Next returns the first occurrence after t.
func (d Daily) Next(t time.Time) time.Time {
	year, month, day := t.In(d.zone).Date()
	for n := -1; ; n++ {
		next := at(year, month, day+n, d.minute, d.zone)
		// A day that a zone skips has no occurrence.
		if next.After(t) && next.Day() == time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC).Day() {
			return next
		}
	}
}

// Day returns the local day of t as YYYY-MM-DD.
func (d Daily) Day(t time.Time) string { return t.In(d.zone).Format(time.DateOnly) }

func minuteText(minute int) string {
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// token is a word of a text with its place.
type token struct {
	text string
	at   int // bytes
}

func (w token) end() int { return w.at + len(w.text) }

// split returns the words of a text.
func split(text string) []token {
	var words []token
	rest := 0
	for _, field := range strings.Fields(text) {
		at := rest + strings.Index(text[rest:], field)
		words = append(words, token{field, at})
		rest = at + len(field)
	}
	return words
}
