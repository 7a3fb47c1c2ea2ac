package templates

import (
	"strconv"
	"time"

	"tocsin/engine/event"
)

// numbers are the functions on whole numbers. Unlike sprig's they keep the
// unit: bytes less bytes are bytes, and print as such.
func numbers() []*function {
	return []*function{
		fn("add NUMBER [NUMBER ...]", "the sum, in whole numbers", total(func(a, b int64) int64 { return a + b })),
		fn("sub A B", "A less B, in whole numbers", total(func(a, b int64) int64 { return a - b })),
		fn("max NUMBER [NUMBER ...]", "the largest", total(func(a, b int64) int64 { return max(a, b) })),
		fn("min NUMBER [NUMBER ...]", "the smallest", total(func(a, b int64) int64 { return min(a, b) })),
		fn("add1 NUMBER", "NUMBER plus 1", func(_ *run, a []any) any {
			u := unitOf(a[0])
			return u.value(u.amount(a[0]) + u.amount(1))
		}),
		fn("mul NUMBER [NUMBER ...]", "the product, in whole numbers", multiply),
		fn("div A B", "A divided by B, in whole numbers; missing when B is 0", divide),
		fn("mod A B", "what is left when A is divided by B; missing when B is 0", modulo),
		fn("int VALUE", "VALUE as a whole number", func(_ *run, a []any) any { return whole(a[0]) }),
		fn("int64 VALUE", "VALUE as a whole number", func(_ *run, a []any) any { return whole(a[0]) }),
		fn("float64 VALUE", "VALUE as a number", func(_ *run, a []any) any { return float(a[0]) }),
		fn("atoi TEXT", "the whole number that TEXT is, else 0", func(r *run, a []any) any {
			n, err := strconv.Atoi(r.text(a[0]))
			if err != nil {
				return 0
			}
			return n
		}),
		fn("bytes VALUE", "a number, or text such as 50MiB, as an amount of storage", func(_ *run, a []any) any { return typed(a[0], event.Size) }),
		fn("duration VALUE", "seconds, or text such as 1h30m, as a span of time", func(_ *run, a []any) any { return typed(a[0], event.Span) }),
	}
}

// typed returns v as a value of type t; missing when it is none.
func typed(v any, t event.FieldType) any {
	if out, ok := event.Coerce(v, t); ok {
		return out
	}
	return nil
}

// unit is what a number counts. Spans are counted in nanoseconds, so that none
// is lost; a plain number beside one counts as seconds.
type unit int

const (
	plain unit = iota
	size       // bytes
	span       // nanoseconds
)

func unitOf(v any) unit {
	switch v.(type) {
	case event.Bytes:
		return size
	case event.Duration, time.Duration:
		return span
	}
	return plain
}

// commonUnit returns the unit of those values that have one; plain when they
// differ.
func commonUnit(values []any) unit {
	common := plain
	for _, v := range values {
		switch u := unitOf(v); {
		case u == plain:
		case common != plain && common != u:
			return plain
		default:
			common = u
		}
	}
	return common
}

// amount returns v counted in u; a plain number counts as seconds of a span.
func (u unit) amount(v any) int64 {
	if u != span {
		return whole(v)
	}
	if d, ok := v.(event.Duration); ok {
		return int64(d)
	}
	return whole(float(v) * float64(time.Second))
}

// value returns n as a value of the unit.
func (u unit) value(n int64) any {
	switch u {
	case size:
		return event.Bytes(n)
	case span:
		return event.Duration(n)
	}
	return n
}

// total combines its arguments, all in their common unit.
func total(combine func(a, b int64) int64) func(*run, []any) any {
	return func(_ *run, a []any) any {
		u := commonUnit(a)
		n := u.amount(a[0])
		for _, v := range a[1:] {
			n = combine(n, u.amount(v))
		}
		return u.value(n)
	}
}

// multiply keeps the unit when just one argument has one.
func multiply(_ *run, a []any) any {
	u, withUnit := plain, 0
	for _, v := range a {
		if own := unitOf(v); own != plain {
			u = own
			withUnit++
		}
	}
	if withUnit > 1 {
		u = plain
	}
	n := int64(1)
	for _, v := range a {
		if unitOf(v) == u {
			n *= u.amount(v)
		} else {
			n *= whole(v)
		}
	}
	return u.value(n)
}

// divide keeps the unit of a, unless b has the same: then it is a ratio.
func divide(_ *run, a []any) any {
	u, by := unitOf(a[0]), unitOf(a[1])
	divisor := whole(a[1])
	if by == u {
		divisor = u.amount(a[1])
	}
	switch {
	case divisor == 0:
		return nil
	case by == u:
		return u.amount(a[0]) / divisor
	}
	return u.value(u.amount(a[0]) / divisor)
}

// modulo keeps the unit that both can be counted in.
func modulo(_ *run, a []any) any {
	u := commonUnit(a)
	divisor := u.amount(a[1])
	if divisor == 0 {
		return nil
	}
	return u.value(u.amount(a[0]) % divisor)
}
