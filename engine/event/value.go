package event

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// FieldType is the type that the catalogue declares for a data field.
type FieldType string

// The types of data fields, and the Go values that stand for them in
// Event.Data.
const (
	String   FieldType = "string"   // string
	Number   FieldType = "number"   // float64
	Bool     FieldType = "bool"     // bool
	Size     FieldType = "bytes"    // Bytes
	Span     FieldType = "duration" // Duration
	Instant  FieldType = "time"     // time.Time
	Sequence FieldType = "list"     // []any
)

// FieldTypes lists the types of data fields by the names used in files.
func FieldTypes() []FieldType {
	return []FieldType{String, Number, Bool, Size, Span, Instant, Sequence}
}

// Bytes is an amount of storage in bytes. It prints in binary units.
type Bytes int64

// String returns the amount as people write it: "512 B", "1.2 GiB".
func (b Bytes) String() string {
	v, unit := float64(b), 0
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for math.Abs(v) >= 1024 && unit < len(units)-1 {
		v, unit = v/1024, unit+1
	}
	if unit == 0 {
		return strconv.FormatInt(int64(b), 10) + " B"
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") + " " + units[unit]
}

// Duration is a span of time. It prints as people write it and is kept in JSON
// as text, so that it is read back as what it was.
type Duration time.Duration

// String returns the two largest units of the span: "3m 31s", "2d 4h", "800ms".
func (d Duration) String() string {
	v := time.Duration(d)
	if v < 0 {
		return "-" + Duration(-v).String()
	}
	if v < time.Second {
		return v.Round(time.Millisecond).String()
	}
	v = v.Round(time.Second)
	parts := make([]string, 0, 2)
	for _, u := range [...]struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		n := v / u.unit
		v -= n * u.unit
		if n > 0 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+u.name)
		} else if len(parts) > 0 {
			break
		}
		if len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, " ")
}

// MarshalJSON writes the span in Go's notation, without loss.
func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(d).String())
}

// Text returns any data value as plain text: numbers without exponent, sizes
// and spans as people write them, times as RFC 3339, lists with commas, and
// nothing for a missing value.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.Format(time.RFC3339)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = Text(item)
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		out, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(out)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

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
