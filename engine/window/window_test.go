package window

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func parse(t testing.TB, text string, z *time.Location) Window {
	t.Helper()
	w, err := Parse(text, z)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return w
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestContains(t *testing.T) {
	for _, c := range []struct{ window, zone, at, want string }{
		{"22:00-07:00", "UTC", "2026-03-10T22:00:00Z", "in"},
		{"22:00-07:00", "UTC", "2026-03-10T21:59:59Z", "out"},
		{"22:00-07:00", "UTC", "2026-03-11T06:59:59Z", "in"},
		{"22:00-07:00", "UTC", "2026-03-11T07:00:00Z", "out"},
		{"mon-fri 09:00-18:00", "UTC", "2026-03-13T17:59:00Z", "in"},
		{"mon-fri 09:00-18:00", "UTC", "2026-03-14T12:00:00Z", "out"},
		{"fri 22:00-07:00", "UTC", "2026-03-14T06:00:00Z", "in"},  // starts on Friday
		{"sat 22:00-07:00", "UTC", "2026-03-14T06:00:00Z", "out"}, // Friday's night is not Saturday's
		{"fri-mon 10:00-11:00", "UTC", "2026-03-15T10:30:00Z", "in"},
		{"fri-mon 10:00-11:00", "UTC", "2026-03-17T10:30:00Z", "out"},
		{"Sat,Sun 00:00-24:00", "UTC", "2026-03-15T23:59:59Z", "in"},
		{"sat,sun 00:00-24:00", "UTC", "2026-03-16T00:00:00Z", "out"},
		{"18:00-00:00", "UTC", "2026-03-15T23:59:59Z", "in"},
		{"18:00-00:00", "UTC", "2026-03-16T00:00:00Z", "out"},
		{"09:00-10:00 America/New_York", "UTC", "2026-06-01T13:30:00Z", "in"},
		{"sun 02:00-05:00", "Europe/Madrid", "2026-03-29T01:30:00Z", "in"}, // 03:30, the clocks went on at two
		{"22:00-02:30", "Europe/Madrid", "2026-03-29T00:59:59Z", "in"},     // 01:59
		{"22:00-02:30", "Europe/Madrid", "2026-03-29T01:00:00Z", "out"},    // 03:00: half past two was skipped
		{"02:15-04:00", "Europe/Madrid", "2026-03-29T01:00:00Z", "in"},
		{"02:10-02:50", "Europe/Madrid", "2026-03-29T01:00:00Z", "out"}, // it has no length that night
		{"22:00-02:30", "Europe/Madrid", "2026-10-25T00:29:59Z", "in"},  // 02:29, for the first time
		{"22:00-02:30", "Europe/Madrid", "2026-10-25T01:15:00Z", "out"}, // 02:15 again
		{"02:15-02:45", "Europe/Madrid", "2026-10-25T01:20:00Z", "out"}, // its night is over
		{"02:15-03:30", "Europe/Madrid", "2026-10-25T01:20:00Z", "in"},
		{"23:00-00:30", "America/Havana", "2026-03-08T05:00:00Z", "out"}, // midnight is skipped to one o'clock
		{"23:00-01:30", "America/Havana", "2026-03-08T05:15:00Z", "in"},
		{"01:30-01:50", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "in"},
		{"22:00-07:00", "Pacific/Apia", "2011-12-30T12:00:00Z", "in"}, // the 31st, 02:00: the 30th never was
	} {
		w := parse(t, c.window, zone(t, c.zone))
		if got := w.Contains(instant(t, c.at)); got != (c.want == "in") {
			t.Errorf("%s in %s at %s: %v, want %s", c.window, c.zone, c.at, got, c.want)
		}
	}
}

func TestEnd(t *testing.T) {
	madrid := zone(t, "Europe/Madrid")
	for _, c := range []struct{ windows, at, want string }{
		{"22:00-07:00", "2026-03-10T23:00:00+01:00", "2026-03-11T07:00:00+01:00"},
		{"22:00-07:00", "2026-03-10T12:00:00+01:00", ""},
		{"sat,sun 00:00-24:00", "2026-03-14T12:00:00+01:00", "2026-03-16T00:00:00+01:00"},
		{"22:00-07:00;06:00-08:00", "2026-03-10T23:00:00+01:00", "2026-03-11T08:00:00+01:00"},
		{"22:00-07:00;07:00-08:00", "2026-03-10T23:00:00+01:00", "2026-03-11T08:00:00+01:00"},
		{"sun-thu 22:30-07:00;fri,sat 23:30-10:00", "2026-03-14T09:00:00+01:00", "2026-03-14T10:00:00+01:00"},
		{"00:00-24:00", "2026-03-10T23:00:00+01:00", ""},
		{"mon-sun 00:00-12:00;12:00-00:00", "2026-03-10T23:00:00+01:00", ""},
		{"22:00-07:00", "2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		{"22:00-02:30", "2026-03-28T23:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"22:00-02:30", "2026-10-24T23:00:00+02:00", "2026-10-25T02:30:00+02:00"},
	} {
		var list List
		for text := range strings.SplitSeq(c.windows, ";") {
			list = append(list, parse(t, text, madrid))
		}
		end, ok := list.End(instant(t, c.at))
		got := ""
		if ok {
			got = end.In(madrid).Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s at %s ends at %q, want %q", c.windows, c.at, got, c.want)
		}
	}
}

func TestDaily(t *testing.T) {
	for _, c := range []struct{ daily, zone, after, want string }{
		{"09:00", "UTC", "2026-03-10T08:59:59Z", "2026-03-10T09:00:00Z"},
		{"09:00", "UTC", "2026-03-10T09:00:00Z", "2026-03-11T09:00:00Z"},
		{"02:30", "Europe/Madrid", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00"},
		{"02:30", "Europe/Madrid", "2026-10-24T12:00:00Z", "2026-10-25T02:30:00+02:00"},
		{"02:30", "Europe/Madrid", "2026-10-25T00:30:00Z", "2026-10-26T02:30:00+01:00"},
		{"00:30", "America/Havana", "2026-03-07T12:00:00Z", "2026-03-08T01:00:00-04:00"},
		{"09:00", "Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-31T09:00:00+14:00"},
		{"9:00 America/New_York", "UTC", "2026-03-10T00:00:00Z", "2026-03-10T09:00:00-04:00"},
	} {
		d, err := ParseDaily(c.daily, zone(t, c.zone))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Next(instant(t, c.after)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s after %s is %s, want %s", c.daily, c.zone, c.after, got, c.want)
		}
	}
}

func TestErrorsPointAtTheirPart(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "|no window",
		"22:00":                        "22:00|a window without end",
		"22:00-22:00":                  "22:00-22:00|a window of no length",
		"mon-fry 09:00-18:00":          `fry|unknown day "fry"`,
		"mon,,tue 09:00-18:00":         `|unknown day ""`,
		"25:00-07:00":                  `25:00|"25:00" is no time of the day`,
		"24:00-07:00":                  `24:00|"24:00" is no time of the day`,
		"22:00-7":                      `7|"7" is no time of the day`,
		"22:00-07:00 Europe/Madird":    `Europe/Madird|unknown time zone "Europe/Madird"`,
		"22:00-07:00 Local":            `Local|unknown time zone "Local"`,
		"mon 22:00-07:00 UTC and more": "mon 22:00-07:00 UTC and more|no window",
		"  mon  22:00-07:61":           `07:61|"07:61" is no time of the day`,
	} {
		_, err := Parse(text, time.UTC)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := text[e.From:min(e.To, len(text))] + "|" + e.Summary
		if got != want || e.Detail == "" {
			t.Errorf("%q: %s (%s), want %s", text, got, e.Detail, want)
		}
	}
}

// TestAgainstMinutes walks over days minute by minute and compares each window
// with what the clock on the wall said: the window opens when the clock first
// shows or passes its start, and closes when it first shows or passes its end.
func TestAgainstMinutes(t *testing.T) {
	zones := []string{"UTC", "Europe/Madrid", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Tehran", "Africa/Cairo"}
	days := []string{"2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03", "2026-06-10", "2021-03-21", "2026-04-23", "2026-10-29"}
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 9))
		z := zone(t, zones[r.IntN(len(zones))])
		start, end := r.IntN(24*60), r.IntN(24*60+1)
		if r.IntN(2) == 0 {
			start, end = r.IntN(4*60), r.IntN(4*60+1) // around the changes of clocks
		}
		if start == end {
			continue
		}
		text := minuteText(start) + "-" + minuteText(end)
		w := parse(t, text, z)
		from, err := time.ParseInLocation(time.DateOnly, days[r.IntN(len(days))], z)
		if err != nil {
			t.Fatal(err)
		}
		spans := slowSpans(z, from.AddDate(0, 0, -2), start, end)
		for at := from; at.Before(from.Add(60 * time.Hour)); at = at.Add(time.Minute) {
			want := false
			for _, s := range spans {
				want = want || !at.Before(s[0]) && at.Before(s[1])
			}
			if got := w.Contains(at); got != want {
				t.Fatalf("%s in %s at %s: %v, want %v", text, z, at, got, want)
			}
		}
	}
}

// slowSpans finds the spans of a window by looking at the clock of every minute.
func slowSpans(z *time.Location, from time.Time, start, end int) [][2]time.Time {
	first := map[string]time.Time{} // by day and minute, when the clock first showed it or a later one of that day
	for at := from; at.Before(from.AddDate(0, 0, 7)); at = at.Add(time.Minute) {
		local := at.In(z)
		day := local.Format(time.DateOnly)
		for m := local.Hour()*60 + local.Minute(); m >= 0; m-- {
			key := fmt.Sprint(day, m)
			if _, known := first[key]; known {
				break
			}
			first[key] = at
		}
	}
	showed := func(day time.Time, minute int) time.Time {
		if minute == endOfDay {
			day, minute = day.AddDate(0, 0, 1), 0
		}
		return first[fmt.Sprint(day.Format(time.DateOnly), minute)]
	}
	var spans [][2]time.Time
	for n := range 6 {
		day := time.Date(from.Year(), from.Month(), from.Day()+n, 12, 0, 0, 0, time.UTC)
		last := day
		if end <= start {
			last = day.AddDate(0, 0, 1)
		}
		spans = append(spans, [2]time.Time{showed(day, start), showed(last, end)})
	}
	return spans
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"22:00-07:00", "mon-fri 09:00-18:00", "sat,sun 00:00-24:00 America/New_York", "x", "fri-mon 1:00-2:00 UTC"} {
		f.Add(seed, int64(1_770_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, at int64) {
		w, err := Parse(text, time.UTC)
		if err != nil {
			if e := err.(*Error); e.From < 0 || e.To < e.From || e.From > len(text) || e.Detail == "" {
				t.Errorf("%q: %+v", text, e)
			}
			return
		}
		again, err := Parse(w.String(), time.UTC)
		if err != nil || again.String() != w.String() {
			t.Errorf("%q reads as %q, which reads as %q, %v", text, w, again, err)
		}
		when := time.Unix(at%4e9, 0)
		list := List{w}
		if end, ok := list.End(when); ok && (!list.Contains(when) || list.Contains(end) || !end.After(when)) {
			t.Errorf("%q at %s ends at %s", text, when, end)
		}
	})
}

func BenchmarkContains(b *testing.B) {
	list := List{parse(b, "sun-thu 22:30-07:00", zone(b, "Europe/Madrid")), parse(b, "fri,sat 23:30-10:00", zone(b, "Europe/Madrid"))}
	at := instant(b, "2026-06-10T12:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		list.Contains(at)
	}
}
