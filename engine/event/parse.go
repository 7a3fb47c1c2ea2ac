package event

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseBytes reads an amount of storage: a number and, after an optional
// blank, a unit (B, kB, KB, MB, GB, TB, PB in powers of 1000; KiB, MiB, GiB,
// TiB, PiB and the single letters K, M, G, T, P in powers of 1024).
func ParseBytes(text string) (Bytes, bool) {
	text = strings.TrimSpace(text)
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseFloat(text[:end], 64)
	factor, ok := byteUnit(strings.TrimSpace(text[end:]))
	if err != nil || !ok || n*factor > math.MaxInt64/2 {
		return 0, false
	}
	return Bytes(math.Round(n * factor)), true
}

func byteUnit(unit string) (float64, bool) {
	unit = strings.ToUpper(unit)
	if unit == "" || unit == "B" {
		return 1, true
	}
	power := strings.IndexByte("KMGTP", unit[0]) + 1
	if power == 0 {
		return 0, false
	}
	switch unit[1:] {
	case "", "IB":
		return math.Pow(1024, float64(power)), true
	case "B":
		return math.Pow(1000, float64(power)), true
	}
	return 0, false
}

// durationPart is one number with its unit.
var durationPart = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(ms|us|µs|ns|w|d|h|min|m|sec|s)\s*`)

// ParseDuration reads a span of time as Go does, and also days and weeks, and
// parts with blanks between them: "90s", "1h30m", "7d", "2d 4h", "3m 31s".
// A negative span is refused.
func ParseDuration(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "0" {
		return 0, true
	}
	total, read := 0.0, 0
	for _, p := range durationPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(p[1], 64)
		if err != nil {
			return 0, false
		}
		total += n * float64(durationUnit(p[2]))
		read += len(p[0])
	}
	if text == "" || read != len(text) || total > math.MaxInt64/2 {
		return 0, false
	}
	return time.Duration(math.Round(total)), true
}

func durationUnit(unit string) time.Duration {
	switch unit {
	case "w":
		return 7 * 24 * time.Hour
	case "d":
		return 24 * time.Hour
	case "h":
		return time.Hour
	case "m", "min":
		return time.Minute
	case "s", "sec":
		return time.Second
	case "ms":
		return time.Millisecond
	case "us", "µs":
		return time.Microsecond
	}
	return time.Nanosecond
}
