package templates

import (
	"reflect"
	"time"

	"tocsin/engine/event"

	"github.com/Masterminds/sprig/v3"
)

const (
	// maxVersion bounds what is read as a version: sprig reads it with regular
	// expressions, which are the dearer the more a constraint asks for.
	maxVersion = 100
	// perComparison is the price of one comparison in steps, besides one for each
	// byte of the version and two for each of the constraint.
	perComparison = 8
	// perDecimal is the price of one argument: sprig reckons with decimals of
	// any length, lest 0.1 and 0.2 be 0.30000000000000004.
	perDecimal = 16
)

// fromSprig are the functions that are taken from sprig as they are, behind an
// adapter that converts their arguments. None of them reads the clock, the
// environment or chance, and none makes more than a small multiple of what it
// is given.
func fromSprig() []*function {
	all := sprig.HermeticTxtFuncMap()
	var out []*function
	for _, rows := range [][]row{textRows(), numberRows()} {
		for _, row := range rows {
			f := fn(row.use, row.doc, nil)
			f.call = adapt(reflect.ValueOf(all[f.Name]))
			if row.numeric {
				f.call = onNumbers(f.call)
			}
			out = append(out, f)
		}
	}
	return append(out, versions(adapt(reflect.ValueOf(all["semverCompare"]))))
}

// row describes a function of sprig's.
type row struct {
	use, doc string
	numeric  bool // takes numbers only
}

func textRows() []row {
	return []row{
		{"trim TEXT", "TEXT without blanks and newlines around it", false},
		{"trimAll CHARACTERS TEXT", "TEXT without those characters around it", false},
		{"trimPrefix PREFIX TEXT", "TEXT without PREFIX", false},
		{"trimSuffix SUFFIX TEXT", "TEXT without SUFFIX", false},
		{"upper TEXT", "TEXT in capitals", false},
		{"lower TEXT", "TEXT in small letters", false},
		{"title TEXT", "TEXT with each word capitalised", false},
		{"untitle TEXT", "TEXT with no word capitalised", false},
		{"swapcase TEXT", "TEXT with capitals and small letters exchanged", false},
		{"snakecase TEXT", "TEXT as_one_word", false},
		{"camelcase TEXT", "TEXT AsOneWord", false},
		{"kebabcase TEXT", "TEXT as-one-word", false},
		{"nospace TEXT", "TEXT without blanks", false},
		{"initials TEXT", "the first letter of each word", false},
		{"contains PART TEXT", "whether TEXT contains PART", false},
		{"hasPrefix PREFIX TEXT", "whether TEXT begins with PREFIX", false},
		{"hasSuffix SUFFIX TEXT", "whether TEXT ends with SUFFIX", false},
		{"base PATH", "the last part of a path", false},
		{"dir PATH", "a path without its last part", false},
		{"ext PATH", "the file extension of a path, with its dot", false},
		{"clean PATH", "a path without . and ..", false},
		{"isAbs PATH", "whether a path begins at the root", false},
		{"kindOf VALUE", "the kind of VALUE: string, bool, int, float64, slice, map, invalid", false},
		{"kindIs KIND VALUE", "whether VALUE is of that kind", false},
		{"b64enc TEXT", "TEXT in base64", false},
		{"b64dec TEXT", "the text that was put in base64", false},
		{"b32enc TEXT", "TEXT in base32", false},
		{"b32dec TEXT", "the text that was put in base32", false},
		{"regexQuoteMeta TEXT", "TEXT as a pattern that matches just it", false},
	}
}

func numberRows() []row {
	return []row{
		{"add1f NUMBER", "NUMBER plus 1, with decimals", true},
		{"addf NUMBER [NUMBER ...]", "the sum, with decimals", true},
		{"subf NUMBER [NUMBER ...]", "the first number less the others, with decimals", true},
		{"mulf NUMBER [NUMBER ...]", "the product, with decimals", true},
		{"maxf NUMBER [NUMBER ...]", "the largest, with decimals", true},
		{"minf NUMBER [NUMBER ...]", "the smallest, with decimals", true},
		{"ceil NUMBER", "NUMBER rounded up", true},
		{"floor NUMBER", "NUMBER rounded down", true},
		{"round NUMBER PLACES", "NUMBER rounded to that many decimals", true},
		{"divf NUMBER [NUMBER ...]", "the first number divided by the others, with decimals; missing when one of them is 0", true},
	}
}

// versions bounds what sprig's function reads.
func versions(compare func(*run, []any) any) *function {
	return fn("semverCompare CONSTRAINT VERSION", "whether VERSION satisfies CONSTRAINT, such as >= 8.2", func(r *run, a []any) any {
		constraint, version := r.text(a[0]), r.text(a[1])
		if len(constraint) > maxVersion || len(version) > maxVersion {
			return false
		}
		if !r.spend(perComparison + len(version) + 2*len(constraint)) {
			return nil
		}
		return compare(r, a)
	})
}

// adapt wraps a function so that it takes any arguments. What it cannot make
// anything of yields a missing value.
func adapt(fun reflect.Value) func(*run, []any) any {
	shape := fun.Type()
	return func(r *run, args []any) (result any) {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = r.convert(a, parameter(shape, i))
		}
		defer func() {
			if recover() != nil { // such as a decimal of infinity
				result = nil
			}
		}()
		out := fun.Call(in)
		if len(out) > 1 && !out[1].IsNil() {
			return nil
		}
		return out[0].Interface()
	}
}

// parameter returns the type of a function's i-th argument.
func parameter(shape reflect.Type, i int) reflect.Type {
	if last := shape.NumIn() - 1; shape.IsVariadic() && i >= last {
		return shape.In(last).Elem()
	}
	return shape.In(i)
}

// onNumbers gives call its arguments as numbers, so that "87%" is one.
func onNumbers(call func(*run, []any) any) func(*run, []any) any {
	return func(r *run, args []any) any {
		if !r.spend(perDecimal * len(args)) {
			return nil
		}
		converted := make([]any, len(args))
		for i, a := range args {
			converted[i] = float(a)
		}
		return call(r, converted)
	}
}

// convert returns v as a value of type t: text, a number, or any plain value.
func (r *run) convert(v any, t reflect.Type) reflect.Value {
	switch t.Kind() {
	case reflect.String:
		return reflect.ValueOf(r.text(v))
	case reflect.Int:
		return reflect.ValueOf(integer(v))
	case reflect.Float64:
		return reflect.ValueOf(float(v))
	case reflect.Interface:
		v = r.plain(v)
		return reflect.ValueOf(&v).Elem()
	}
	return reflect.Zero(t)
}

// plain returns v as a value that others know, too.
func (r *run) plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64, []any, map[string]any:
		return v
	case event.Bytes:
		return int64(v)
	case event.Duration:
		return time.Duration(v).Seconds()
	}
	return r.text(v)
}
