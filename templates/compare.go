package templates

import (
	"cmp"
	"strings"
	"time"

	"tocsin/engine/event"
)

// comparisons replace those of text/template, which fail on values of two
// types. Here any two numbers compare, text is read as what it is compared
// with, and a missing value equals empty text and is neither less nor greater
// than anything.
func comparisons() []*function {
	return []*function{
		fn("eq A B [B ...]", "whether A equals one of the others",
			func(r *run, a []any) any { return r.equalsAny(a[0], a[1:]) }),
		fn("ne A B", "whether A and B differ",
			func(r *run, a []any) any { return !r.equal(a[0], a[1]) }),
		ordering("lt", "less than", func(c int) bool { return c < 0 }),
		ordering("le", "less than or equal to", func(c int) bool { return c <= 0 }),
		ordering("gt", "greater than", func(c int) bool { return c > 0 }),
		ordering("ge", "greater than or equal to", func(c int) bool { return c >= 0 }),
		fn("not VALUE", "whether VALUE is missing, empty, zero or false",
			func(_ *run, a []any) any { return !truthy(a[0]) }),
		fn("and VALUE [VALUE ...]", "the first empty value, or the last one", nil),
		fn("or VALUE [VALUE ...]", "the first value that is not empty, or the last one", nil),
	}
}

// ordering makes one of the comparisons that ask for an order. Where there is
// none, as between a list and a number, the answer is no rather than a failure:
// the event decides what stands in a field, and a message must go out.
func ordering(name, words string, holds func(int) bool) *function {
	return fn(name+" A B", "whether A is "+words+" B; false when one is missing", func(_ *run, a []any) any {
		c, ok := compare(a[0], a[1])
		return ok && holds(c)
	})
}

func (r *run) equalsAny(a any, others []any) bool {
	for _, b := range others {
		if r.equal(a, b) {
			return true
		}
	}
	return false
}

// equal reports whether a and b are the same to a reader. Values of two kinds
// are equal when they print alike, so that vmid may be compared with 101 and
// with "101".
func (r *run) equal(a, b any) bool {
	if missing(a) || missing(b) {
		return missing(a) && missing(b)
	}
	if c, ok := compare(a, b); ok {
		return c == 0
	}
	return r.text(a) == r.text(b)
}

// missing reports whether v is a field that the event lacks, or is empty text:
// to a template they are the same.
func missing(v any) bool { return v == nil || v == "" }

// compare orders a and b, and reports false when they have no order.
func compare(a, b any) (int, bool) {
	if missing(a) || missing(b) {
		return 0, false
	}
	if c, ok := compareAs(a, b); ok {
		return c, true
	}
	c, ok := compareAs(b, a)
	return -c, ok
}

// compareAs orders a and b as values of a's type.
func compareAs(a, b any) (int, bool) {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	case time.Time:
		if b, ok := timeOf(b); ok {
			return a.Compare(b), true
		}
	case event.Severity:
		switch b := b.(type) {
		case event.Severity:
			return cmp.Compare(a, b), true
		case string:
			s, ok := event.ParseSeverity(b)
			return cmp.Compare(a, s), ok
		}
	default:
		return compareNumbers(a, b)
	}
	return 0, false
}

// compareNumbers orders a number and what reads as one: "2GiB" beside bytes is
// an amount of storage, "1h" beside a duration a span.
func compareNumbers(a, b any) (int, bool) {
	x, ok := numeric(a)
	if !ok {
		return 0, false
	}
	if text, isText := b.(string); isText {
		if b, ok = event.Coerce(text, fieldType(a)); !ok {
			return 0, false
		}
	}
	y, ok := numeric(b)
	return cmp.Compare(x, y), ok
}

// fieldType returns the type as which text is read that is compared with v.
func fieldType(v any) event.FieldType {
	switch v.(type) {
	case event.Bytes:
		return event.Size
	case event.Duration:
		return event.Span
	}
	return event.Number
}
