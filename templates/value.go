package templates

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"tocsin/engine/event"
)

// Conversions of arguments. Whatever a function is given becomes what it
// wants: an event is under a stranger's control, and an odd value in it must
// not cost the whole message.

// numeric returns v as a number: bytes, seconds of a span, the number itself.
func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case event.Bytes:
		return float64(v), true
	case event.Duration:
		return time.Duration(v).Seconds(), true
	}
	return 0, false
}

// float returns v as a number; what is none counts as 0.
func float(v any) float64 {
	if n, ok := numeric(v); ok {
		return n
	}
	switch v := v.(type) {
	case string:
		text := strings.TrimSuffix(strings.TrimSpace(v), "%")
		if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return n
		}
	case bool:
		if v {
			return 1
		}
	case time.Time:
		return float64(v.Unix())
	case event.Severity:
		return float64(v)
	}
	return 0
}

// whole returns v as an integer, cut towards zero.
func whole(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case event.Bytes:
		return int64(v)
	}
	n := float(v)
	switch {
	case math.IsNaN(n):
		return 0
	case n >= math.MaxInt64:
		return math.MaxInt64
	case n <= math.MinInt64:
		return math.MinInt64
	}
	return int64(n)
}

// integer returns v as an int.
func integer(v any) int { return int(whole(v)) }

// truthy reports whether an if would take v for true.
func truthy(v any) bool {
	truth, _ := template.IsTrue(v)
	return truth
}

// listOf returns v as a list: nothing is the empty one, a single value a list
// of one, a dictionary its values in the order of its keys. It may be v itself,
// so it is never written to.
func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case []string:
		list := make([]any, len(v))
		for i, text := range v {
			list[i] = text
		}
		return list
	case map[string]any:
		list := make([]any, 0, len(v))
		for _, key := range sortedKeys(v) {
			list = append(list, v[key])
		}
		return list
	case string:
		if v == "" {
			return nil
		}
	}
	return []any{v}
}

// dictOf returns v as a dictionary; what is none is the empty one.
func dictOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// timeOf returns v as an instant: seconds since 1970 and RFC 3339 are read.
func timeOf(v any) (time.Time, bool) {
	coerced, ok := event.Coerce(v, event.Instant)
	t, isTime := coerced.(time.Time)
	return t, ok && isTime && !t.IsZero()
}

// argument returns the argument at i, or nothing when it was left out.
func argument(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return nil
}
