package follow

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cursor is what the parts of a journal's cursor tell.
type cursor struct {
	series string    // of numbers: a journal that is begun anew has another
	number uint64    // of the entry
	at     time.Time // when it was written
}

// parseCursor reads a cursor; what it does not tell stays empty.
func parseCursor(text string) cursor {
	var c cursor
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "s":
			c.series = value
		case "i":
			c.number, _ = strconv.ParseUint(value, 16, 64)
		case "t":
			if us, err := strconv.ParseInt(value, 16, 64); err == nil {
				c.at = time.UnixMicro(us)
			}
		}
	}
	return c
}

// gap tells what is missing between the entry that was read last and the first
// one after it that is still there.
func gap(last, first string) string {
	was, is := parseCursor(last), parseCursor(first)
	span := ""
	if !was.at.IsZero() && !is.at.IsZero() {
		span = fmt.Sprintf(", written between %s and %s", was.at.UTC().Format(time.RFC3339), is.at.UTC().Format(time.RFC3339))
	}
	if was.series == is.series && is.number > was.number {
		if n := is.number - was.number - 1; n > 0 {
			return fmt.Sprintf("up to %d entries%s", n, span)
		}
		return ""
	}
	return "an unknown number of entries" + span
}
