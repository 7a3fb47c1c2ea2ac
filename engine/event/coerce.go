package event

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Coerce turns v into the Go value of type t. It reports false when v is not
// of that type and does not read as it; v then stays as it is.
func Coerce(v any, t FieldType) (any, bool) {
	switch t {
	case String:
		return coerceString(v)
	case Number:
		return coerceNumber(v)
	case Bool:
		return coerceBool(v)
	case Size:
		return coerceBytes(v)
	case Span:
		return coerceDuration(v)
	case Instant:
		return coerceTime(v)
	case Sequence:
		return coerceList(v)
	}
	return v, false
}

func coerceString(v any) (any, bool) {
	switch v.(type) {
	case string:
		return v, true
	case nil, []any, map[string]any:
		return v, false
	}
	return Text(v), true
}

func coerceNumber(v any) (any, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(n), "%"), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return v, false
		}
		return f, true
	}
	return v, false
}

func coerceBool(v any) (any, bool) {
	switch b := v.(type) {
	case bool:
		return b, true
	case string:
		switch strings.ToLower(strings.TrimSpace(b)) {
		case "true", "yes", "on", "1":
			return true, true
		case "false", "no", "off", "0":
			return false, true
		}
	}
	return v, false
}

func coerceBytes(v any) (any, bool) {
	switch n := v.(type) {
	case Bytes:
		return n, true
	case float64:
		if math.IsNaN(n) || math.Abs(n) > math.MaxInt64/2 {
			return v, false
		}
		return Bytes(n), true
	case int:
		return Bytes(n), true
	case int64:
		return Bytes(n), true
	case string:
		if b, ok := ParseBytes(n); ok {
			return b, true
		}
	}
	return v, false
}

func coerceDuration(v any) (any, bool) {
	switch n := v.(type) {
	case Duration:
		return n, true
	case time.Duration:
		return Duration(n), true
	case float64: // seconds
		if math.IsNaN(n) || math.Abs(n) > math.MaxInt64/2/float64(time.Second) {
			return v, false
		}
		return Duration(n * float64(time.Second)), true
	case int:
		return coerceDuration(float64(n))
	case int64:
		return coerceDuration(float64(n))
	case string:
		if d, ok := ParseDuration(n); ok {
			return Duration(d), true
		}
	}
	return v, false
}

func coerceTime(v any) (any, bool) {
	switch n := v.(type) {
	case time.Time:
		return n, true
	case float64: // unix seconds
		if math.IsNaN(n) || math.Abs(n) > 1e12 {
			return v, false
		}
		return time.UnixMilli(int64(n * 1000)).UTC(), true
	case int:
		return coerceTime(float64(n))
	case int64:
		return coerceTime(float64(n))
	case string:
		if t, err := time.Parse(time.RFC3339, strings.TrimSpace(n)); err == nil {
			return t, true
		}
	}
	return v, false
}

func coerceList(v any) (any, bool) {
	switch l := v.(type) {
	case []any:
		return l, true
	case []string:
		out := make([]any, len(l))
		for i, s := range l {
			out[i] = s
		}
		return out, true
	}
	return v, false
}
