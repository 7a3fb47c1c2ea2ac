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
