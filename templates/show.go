package templates

import (
	"strings"
	"time"

	"tocsin/engine/event"
)

// timeLayout is how a time is printed, in the configured zone.
const timeLayout = "2006-01-02 15:04:05"

// text returns v as people write it: as event.Text does, but a time in the
// run's zone. What is missing is empty text.
func (r *run) text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(r.zone).Format(timeLayout)
	case []any:
		return r.listText(v)
	case []string:
		return strings.Join(v, ", ")
	case map[string]any:
		if len(v) == 0 {
			return ""
		}
		if r.made(v) == nil || !r.spend(textIn(v, maxNest)/perText) {
			return ""
		}
	}
	return event.Text(v)
}

// listText writes the values of a list with commas between them.
func (r *run) listText(list []any) string {
	if !r.spend(len(list)/perList) || r.made(list) == nil {
		return ""
	}
	var b strings.Builder
	for i, item := range list {
		text := r.text(item)
		if r.err != nil || !r.fits(b.Len()+len(text)+2) {
			return ""
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(text)
	}
	return b.String()
}

// read follows a path of names from v. A name that leads nowhere yields nil.
func read(v any, path []string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// The functions that the compiler puts into the tree.

// field reads a path of the view.
func (r *run) field(path int) any { return read(r.view, r.t.paths[path]) }

// of reads a path of any other value.
func (r *run) of(path int, v any) any { return read(v, r.t.paths[path]) }

// all is the view itself: $, and the dot outside of range and with.
func (r *run) all() any { return r.view }

// show ends every pipeline that prints. It prints itself, and leaves nothing
// for the tree to print.
func (r *run) show(v any) (string, error) {
	text := r.text(v)
	if r.spend(1 + weigh(text)) {
		r.print(text)
	}
	return "", r.err
}

// keep ends the pipeline of a lone action. It prints nothing.
func (r *run) keep(v any) (string, error) {
	if r.made(v) != nil {
		r.kept = v
	}
	return "", r.err
}

// showField prints a path of the view: a pipeline that is nothing else.
func (r *run) showField(path int) (string, error) { return r.show(r.field(path)) }

// step pays for one pass through the body of a range.
func (r *run) step(price int) (string, error) {
	r.spend(price)
	return "", r.err
}

// items ends the pipeline of every range, so that it takes any value: nothing
// yields no pass, a single value one, a number that many.
func (r *run) items(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any, map[string]any:
		return v
	case string:
		if v == "" {
			return nil
		}
	case int, int64, float64:
		return max(0, min(integer(v), maxSteps+1))
	}
	return []any{v}
}
