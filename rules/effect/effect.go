package effect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// maxLines bounds how much is said.
const maxLines = 40

// Compare says what the second configuration does otherwise than the first, the
// weightiest first. No line holds a secret.
func Compare(old, new *rules.Config) []string {
	c := &comparison{old: old, new: new}
	c.dispatch()
	c.channels()
	c.reach()
	c.types()
	c.rules()
	c.spans()
	c.named()
	c.settings()
	if n := len(c.lines); n > maxLines {
		return append(c.lines[:maxLines:maxLines], fmt.Sprintf("and %d more", n-maxLines))
	}
	return c.lines
}

// comparison gathers the lines.
type comparison struct {
	old, new *rules.Config
	lines    []string
}

func (c *comparison) say(format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

// dispatch is whether anything goes out at all.
func (c *comparison) dispatch() {
	switch was, is := c.old.Policy.Enabled, c.new.Policy.Enabled; {
	case was && !is:
		c.say("nothing is dispatched any more")
	case !was && is:
		c.say("events are dispatched from now on")
	}
}

// working returns the channels that are switched on, by name.
func working(c *rules.Config) map[string]*engine.Channel {
	out := make(map[string]*engine.Channel, len(c.Policy.Channels))
	for _, ch := range c.Policy.Channels {
		out[ch.Name] = ch
	}
	return out
}

// conditionText returns a condition as it is written.
func conditionText(m any) string {
	if s, ok := m.(fmt.Stringer); ok && m != nil {
		return oneLine(s.String())
	}
	return ""
}

// oneLine puts text on one line, not too long.
func oneLine(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > 100 {
		return string(r[:99]) + "…"
	}
	return string(r)
}

// span writes a time between two events as it is written in files.
func span(d time.Duration) string { return cmp.Or(event.Duration(d).String(), "0s") }

// list joins words: a, b and c.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// keys returns the keys of two maps, sorted, each once.
func keys[V any](a, b map[string]V) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(all)
	return slices.Compact(all)
}
