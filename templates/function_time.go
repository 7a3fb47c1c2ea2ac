package templates

import (
	"strconv"
	"strings"
	"text/template/parse"
	"time"

	"tocsin/engine/event"
)

// times are the functions on instants. None reads the clock; formats use the
// configured zone, or one that is written out.
func times() []*function {
	inZone := fn("dateInZone LAYOUT TIME ZONE", "as date, in a zone such as `America/New_York`", func(r *run, a []any) any {
		return r.date(a[0], a[1], r.t.zones[r.text(a[2])])
	})
	inZone.check = checkZone
	return []*function{
		fn("date LAYOUT TIME", "TIME as LAYOUT writes 2 January 2006, 15:04:05", func(r *run, a []any) any { return r.date(a[0], a[1], r.zone) }),
		inZone,
		fn("htmlDate TIME", "the day of TIME as 2006-01-02", func(r *run, a []any) any { return r.date(time.DateOnly, a[0], r.zone) }),
		fn("toDate LAYOUT TEXT", "the time that TEXT writes as LAYOUT does", func(r *run, a []any) any {
			t, err := time.ParseInLocation(r.text(a[0]), r.text(a[1]), r.zone)
			if err != nil {
				return nil
			}
			return t
		}),
		fn("dateModify SPAN TIME", "TIME moved by a span such as 90m or -7d", func(_ *run, a []any) any {
			t, ok := timeOf(a[1])
			if !ok {
				return nil
			}
			return t.Add(time.Duration(spanOf(a[0])))
		}),
		fn("unixEpoch TIME", "the seconds from 1970 to TIME", func(_ *run, a []any) any {
			if t, ok := timeOf(a[0]); ok {
				return strconv.FormatInt(t.Unix(), 10)
			}
			return nil
		}),
	}
}

// date writes v in a layout; nothing when v is no time.
func (r *run) date(layout, v any, zone *time.Location) any {
	t, ok := timeOf(v)
	if !ok || zone == nil {
		return nil
	}
	return t.In(zone).Format(r.text(layout))
}

// spanOf returns v as a span of time, which may be negative.
func spanOf(v any) event.Duration {
	text, isText := v.(string)
	backwards := isText && strings.HasPrefix(strings.TrimSpace(text), "-")
	if isText {
		v = strings.TrimLeft(strings.TrimSpace(text), "+-")
	}
	coerced, _ := event.Coerce(v, event.Span)
	d, _ := coerced.(event.Duration)
	if backwards {
		return -d
	}
	return d
}

// checkZone looks the zone up while the template is parsed: rendering reads no
// file.
func checkZone(t *Template, args []parse.Node) (int, string) {
	name, ok := literal(args, 2)
	if !ok {
		return 2, "the zone must be written out, such as `Europe/Madrid`; date uses the configured one"
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return 2, strconv.Quote(name) + " is no time zone: write one such as `Europe/Madrid` or `UTC`"
	}
	if t.zones == nil {
		t.zones = map[string]*time.Location{}
	}
	t.zones[name] = zone
	return 0, ""
}
