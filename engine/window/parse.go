package window

import (
	"fmt"
	"strings"
	"time"
)

// Error says what is wrong with a part of a text.
type Error struct {
	From, To int    // bytes of the text
	Summary  string // short noun phrase
	Detail   string // a sentence with the remedy
}

// Error returns what is wrong and the remedy.
func (e *Error) Error() string { return e.Summary + ": " + e.Detail }

// endOfDay is 24:00, which only the end of a window can be.
const endOfDay = 24 * 60

// Parse reads "[days ]HH:MM-HH:MM[ Zone]"; zone holds where the text names none.
// Days are "mon-fri", "sat,sun" or "fri-mon", those on which the window starts;
// without them it starts every day. The error is an *Error.
func Parse(text string, zone *time.Location) (Window, error) {
	w := Window{zone: zone}
	words := split(text)
	var days token
	if len(words) > 0 && !strings.Contains(words[0].text, ":") {
		days, words = words[0], words[1:]
	}
	if len(words) == 0 || len(words) > 2 {
		return Window{}, &Error{To: len(text), Summary: "no window", Detail: `Write "22:00-07:00", "mon-fri 09:00-18:00" or "sat,sun 00:00-24:00 America/New_York".`}
	}
	if err := w.parseDays(days); err != nil {
		return Window{}, err
	}
	if err := w.parseTimes(words[0]); err != nil {
		return Window{}, err
	}
	if len(words) == 2 {
		var err error
		if w.zone, err = parseZone(words[1]); err != nil {
			return Window{}, err
		}
	}
	w.text = w.canonical(days, words)
	return w, nil
}

// canonical returns the text with one blank between its parts.
func (w *Window) canonical(days token, words []token) string {
	text := minuteText(w.start) + "-" + minuteText(w.end)
	if days.text != "" {
		text = strings.ToLower(days.text) + " " + text
	}
	if len(words) == 2 {
		text += " " + words[1].text
	}
	return text
}

func (w *Window) parseDays(list token) error {
	if list.text == "" {
		w.days = [7]bool{true, true, true, true, true, true, true}
		return nil
	}
	at := list.at
	for part := range strings.SplitSeq(list.text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		first, err := parseDay(token{from, at})
		if err != nil {
			return err
		}
		last := first
		if isRange {
			if last, err = parseDay(token{to, at + len(from) + 1}); err != nil {
				return err
			}
		}
		for d := first; ; d = (d + 1) % 7 {
			w.days[d] = true
			if d == last {
				break
			}
		}
		at += len(part) + 1
	}
	return nil
}

func parseDay(word token) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String()[:3], word.text) {
			return d, nil
		}
	}
	e := &Error{word.at, word.end(), fmt.Sprintf("unknown day %q", word.text), "Days are mon, tue, wed, thu, fri, sat and sun."}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(word.text) >= 2 && strings.HasPrefix(strings.ToLower(d.String()), strings.ToLower(word.text[:2])) {
			e.Detail = fmt.Sprintf("Write %s.", strings.ToLower(d.String()[:3]))
		}
	}
	return 0, e
}

func (w *Window) parseTimes(span token) error {
	from, to, ok := strings.Cut(span.text, "-")
	if !ok {
		return &Error{span.at, span.end(), "a window without end", fmt.Sprintf("Write both ends: %q.", from+"-07:00")}
	}
	w.start, ok = parseMinute(from)
	if !ok || w.start == endOfDay {
		return badMinute(token{from, span.at})
	}
	if w.end, ok = parseMinute(to); !ok {
		return badMinute(token{to, span.at + len(from) + 1})
	}
	if w.start == w.end {
		return &Error{span.at, span.end(), "a window of no length", `Write "00:00-24:00" for the whole day.`}
	}
	return nil
}

func badMinute(word token) error {
	return &Error{word.at, max(word.end(), word.at+1), fmt.Sprintf("%q is no time of the day", word.text), `Write hours and minutes: "22:00". Only an end can be "24:00".`}
}

// parseMinute reads HH:MM, from 00:00 to 24:00.
func parseMinute(text string) (int, bool) {
	hours, minutes, ok := strings.Cut(text, ":")
	h, ok1 := twoDigits(hours)
	m, ok2 := twoDigits(minutes)
	minute := h*60 + m
	return minute, ok && ok1 && ok2 && len(minutes) == 2 && m < 60 && minute <= endOfDay
}

// twoDigits reads a number of one or two digits.
func twoDigits(text string) (int, bool) {
	n := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(text) == 1 || len(text) == 2
}

// parseZone reads the name of a zone in the IANA database.
func parseZone(word token) (*time.Location, error) {
	zone, err := time.LoadLocation(word.text)
	if err != nil || word.text == "Local" {
		return nil, &Error{word.at, word.end(), fmt.Sprintf("unknown time zone %q", word.text), `Use a name of the IANA database, such as "Europe/Madrid" or "UTC".`}
	}
	return zone, nil
}
