package rules

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/engine/window"
)

// windows reads a window or a list of them.
func (r *reader) windows(name string) window.List {
	a := r.argument(name)
	if a == nil {
		return nil
	}
	exprs := []hclsyntax.Expression{a.expr}
	if tuple, ok := a.expr.(*hclsyntax.TupleConsExpr); ok {
		exprs = tuple.Exprs
		if len(exprs) == 0 {
			r.invalid(a, "an empty list of windows", `Write one, such as "22:00-07:00", or leave it out.`)
		}
	} else if _, literal := a.file.literalText(a.expr); !literal {
		return r.computedWindows(a)
	}
	var list window.List
	for _, expr := range exprs {
		t, ok := r.textIn(a, expr)
		if !ok {
			continue
		}
		w, err := window.Parse(t.value, r.config.Settings.Tocsin.Zone)
		if err != nil {
			r.windowFault(a, t, err)
			continue
		}
		list = append(list, w)
	}
	return list
}

// computedWindows reads windows that an expression works out.
func (r *reader) computedWindows(a *argument) window.List {
	words, ok := r.words(a.name)
	if !ok {
		return nil
	}
	var list window.List
	for _, word := range words {
		w, err := window.Parse(word.text, r.config.Settings.Tocsin.Zone)
		if err != nil {
			r.windowFault(a, &text{value: word.text, whole: word.at, file: a.file}, err)
			continue
		}
		list = append(list, w)
	}
	return list
}

// windowFault reports a text that is no window or no time of the day.
func (r *reader) windowFault(a *argument, t *text, err error) {
	f := finding{code: CodeWindow, at: t.whole, in: r.block.in(), summary: fmt.Sprintf("%s is no window", a.name), detail: upperFirst(err.Error()) + "."}
	if e, ok := errors.AsType[*window.Error](err); ok {
		f.at, f.summary, f.detail = t.between(e.From, e.To), e.Summary, e.Detail
	}
	r.fail(f)
}

// daily reads a time of the day.
func (r *reader) daily(name string) (window.Daily, bool) {
	a := r.argument(name)
	if a == nil {
		return window.Daily{}, false
	}
	t, ok := r.textOf(a)
	if !ok {
		return window.Daily{}, false
	}
	d, err := window.ParseDaily(t.value, r.config.Settings.Tocsin.Zone)
	if err != nil {
		r.windowFault(a, t, err)
		return d, false
	}
	return d, true
}

// moment reads a moment: RFC 3339, or without offset in the configured zone.
func (r *reader) moment(name string) time.Time {
	a := r.argument(name)
	if a == nil {
		return time.Time{}
	}
	t, ok := r.textOf(a)
	if !ok {
		return time.Time{}
	}
	zone := r.config.Settings.Tocsin.Zone
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, t.value, zone); err == nil {
			return at
		}
	}
	r.fail(finding{
		code: CodeWindow, at: a.valueRange(), in: r.block.in(), summary: fmt.Sprintf("%s is no moment", a.name),
		detail: `Write "2026-03-01T22:00:00+01:00", or "2026-03-01 22:00" in the configured zone.`,
	})
	return time.Time{}
}
