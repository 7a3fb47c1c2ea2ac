package telegram

import (
	"regexp"
	"strconv"
	"time"

	"tocsin/channels/httpsend"
)

var spelling = regexp.MustCompile(`(?i)retry after ([0-9]{1,9})`)

// spelt returns the wait that a description spells out, for servers that give
// it in no other way.
func spelt(description string) time.Duration {
	m := spelling.FindStringSubmatch(description)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0
	}
	return httpsend.Seconds(n)
}
