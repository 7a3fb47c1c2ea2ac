package host

import (
	"math"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
)

// decimal reads a number such as a host can tell: no infinity, nothing that sums run over
// from.
func decimal(text string) (float64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(n) <= 1e18) {
		return 0, false
	}
	return n, true
}

// size is an amount of bytes as fields have it.
func size(n float64) event.Bytes {
	if !(n > 0) {
		return 0
	}
	return event.Bytes(min(n, math.MaxInt64/2))
}

// span is a time as fields have it.
func span(d time.Duration) event.Duration { return event.Duration(d.Truncate(time.Second)) }

// seconds returns a number of seconds as a time, if such a time can be.
func seconds(s float64) time.Duration {
	if !(s > 0) {
		return 0
	}
	return time.Duration(min(s, 1e9) * float64(time.Second))
}

// texts are texts as a field has a list of them.
func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// hasPrefix reports whether a name begins with one of the prefixes.
func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// wholeNumber writes a number without a fraction.
func wholeNumber(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }

// parsePercent reads a percentage, with or without its sign.
func parsePercent(text string) (float64, bool) {
	n, ok := decimal(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	return n, ok && n >= 0 && n <= 1e6
}
