package httpsend

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a service may ask for: longer than any message is
// kept, and far from the end of time.Duration.
const longestWait = 30 * 24 * time.Hour

// RetryAfter returns how long the answer asks to wait: Retry-After in seconds,
// also with a fraction, or as an HTTP date. It is 0 when the header is absent,
// makes no sense or lies in the past.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return Seconds(seconds)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}

// Seconds returns a wait that a service gave as a number of seconds: never
// negative, and at most 30 days. What is no number is 0.
func Seconds(n float64) time.Duration {
	if math.IsNaN(n) || n <= 0 {
		return 0
	}
	if n >= longestWait.Seconds() {
		return longestWait
	}
	return time.Duration(math.Ceil(n * float64(time.Second)))
}
