package address

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Globals are the settings that every address takes in its query, whatever its
// service. A nil pointer, zero or empty text means that it says nothing.
type Globals struct {
	Verify   *bool         // verify: hold the server's certificate against known authorities
	Connect  time.Duration // cto: how long a connection may take
	Read     time.Duration // rto: how long an answer may take
	Overflow string        // overflow: split, truncate or upstream
	Format   string        // format: text, markdown or html
	Emojis   *bool         // emojis: write :name: as the emoji
	Zone     string        // tz: the zone of times in the text
	Store    *bool         // store: keep tokens and the like between runs
	Redirect *bool         // redirect: follow redirects
	Retry    *int          // retry: how often to try again
	Wait     time.Duration // wait: how long to wait before trying again
	Optional *bool         // optional: a failure does not count
}

// global is a setting of every address: its name, how its value is written, and
// how it is read.
type global struct {
	name, remedy string
	read         func(*Globals, string) bool
}

const boolRemedy = "write yes or no"

const secondsRemedy = "write seconds from 0 to 3600, as in 2.5"

// globals is in the order of Globals.
func globals() []global {
	return []global{
		{"verify", boolRemedy, func(g *Globals, v string) bool { return readBool(&g.Verify, v) }},
		{"cto", secondsRemedy, func(g *Globals, v string) bool { return readSeconds(&g.Connect, v) }},
		{"rto", secondsRemedy, func(g *Globals, v string) bool { return readSeconds(&g.Read, v) }},
		{"overflow", "write split, truncate or upstream", func(g *Globals, v string) bool {
			return readWord(&g.Overflow, v, "split", "truncate", "upstream")
		}},
		{"format", "write text, markdown or html", func(g *Globals, v string) bool {
			return readWord(&g.Format, v, "text", "markdown", "html")
		}},
		{"emojis", boolRemedy, func(g *Globals, v string) bool { return readBool(&g.Emojis, v) }},
		{"tz", "write a zone as in Europe/Berlin", func(g *Globals, v string) bool {
			g.Zone = v
			return v != ""
		}},
		{"store", boolRemedy, func(g *Globals, v string) bool { return readBool(&g.Store, v) }},
		{"redirect", boolRemedy, func(g *Globals, v string) bool { return readBool(&g.Redirect, v) }},
		{"retry", "write a number from 0 to 100", func(g *Globals, v string) bool { return readCount(&g.Retry, v) }},
		{"wait", secondsRemedy, func(g *Globals, v string) bool { return readSeconds(&g.Wait, v) }},
		{"optional", boolRemedy, func(g *Globals, v string) bool { return readBool(&g.Optional, v) }},
	}
}

// Globals splits the query into the settings of every address and the pairs of
// the service. own names what a service reads itself although every address
// has it. Its error is an *Error.
func (u URL) Globals(own ...string) (Globals, Pairs, error) {
	var g Globals
	var rest Pairs
	known := globals()
	for _, pair := range u.get().query {
		same := func(name string) bool { return strings.EqualFold(name, pair.Name) }
		i := slices.IndexFunc(known, func(k global) bool { return same(k.name) })
		if i < 0 || slices.ContainsFunc(own, same) {
			rest = append(rest, pair)
			continue
		}
		if !known[i].read(&g, pair.Value) {
			return Globals{}, nil, &Error{
				Scheme:  u.Scheme(),
				Problem: "the value of " + strconv.Quote(known[i].name) + " in the query is none",
				Remedy:  known[i].remedy,
			}
		}
	}
	return g, rest, nil
}

func readBool(to **bool, text string) bool {
	value, ok := ParseBool(text)
	if ok {
		*to = &value
	}
	return ok
}

// ParseBool reads what an address takes for yes and no: yes, on, true, 1,
// enable, allow and always, and no, off, false, 0, disable, deny and never, by
// their beginnings and in any case.
func ParseBool(text string) (value, ok bool) {
	text = strings.ToLower(text)
	begins := func(words ...string) bool {
		return text != "" && slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, text) })
	}
	switch {
	case text == "o", text == "a", text == "d", text == "e":
		return false, false // too short to tell
	case begins("yes", "on", "true", "1", "enabled", "allowed", "always"):
		return true, true
	case begins("no", "off", "false", "0", "disabled", "denied", "deny", "never"):
		return false, true
	}
	return false, false
}

// longest bounds a time of the query.
const longest = 3600

func readSeconds(to *time.Duration, text string) bool {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > longest {
		return false
	}
	*to = time.Duration(seconds * float64(time.Second))
	return true
}

func readCount(to **int, text string) bool {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100 {
		return false
	}
	*to = &n
	return true
}

func readWord(to *string, text string, words ...string) bool {
	text = strings.ToLower(text)
	if !slices.Contains(words, text) {
		return false
	}
	*to = text
	return true
}
