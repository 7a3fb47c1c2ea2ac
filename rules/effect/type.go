package effect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules"
)

// types compares the catalogue.
func (c *comparison) types() {
	for _, name := range keys(c.old.Policy.Types, c.new.Policy.Types) {
		before, after := c.old.Policy.Types[name], c.new.Policy.Types[name]
		switch {
		case before == nil:
			c.say("event %s is new", name)
			continue
		case after == nil:
			c.say("event %s is gone: what is sent of it is told as custom", name)
			continue
		}
		if before.Severity != after.Severity {
			c.say("%s is %s, not %s", name, after.Severity, before.Severity)
		}
		if before.Group != after.Group {
			c.say("%s belongs to the group %s, not %s", name, after.Group, before.Group)
		}
		if before.Enabled != after.Enabled && len(c.new.Policy.Channels) == 0 {
			c.say("%s is switched %s", name, onOff(after.Enabled))
		}
		if before.Live != after.Live {
			c.say("%s %s", name, map[bool]string{true: "never waits for a digest", false: "may wait for a digest"}[after.Live])
		}
		if !slices.Equal(before.Fingerprint, after.Fingerprint) {
			c.say("two of %s are the same when they share %s", name, fingerprint(after.Fingerprint))
		}
		if !slices.Equal(before.Resolves, after.Resolves) {
			c.say("%s ends %s", name, orNothing(after.Resolves))
		}
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func orNothing(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return list(words)
}

func fingerprint(fields []string) string {
	if fields == nil {
		return "host and all data"
	}
	return orNothing(fields)
}

// spans compares the times after which repeats are told.
func (c *comparison) spans() {
	if was, is := c.old.Policy.Dedup.Value, c.new.Policy.Dedup.Value; was != is {
		c.say("repeats within %s are one event, not within %s", span(is), span(was))
	}
	before, after := flat(&c.old.Policy.Cooldown), flat(&c.new.Policy.Cooldown)
	for _, key := range keys(before, after) {
		was, had := before[key]
		is, has := after[key]
		switch {
		case had && has && was == is:
		case !has:
			c.say("repeats of %s have no cooldown of their own any more, which was %s", key, span(was))
		case !had:
			c.say("repeats of %s are told after %s", key, span(is))
		default:
			c.say("repeats of %s are told after %s, not %s", key, span(is), span(was))
		}
	}
}

// flat returns the values of scoped keys by their names.
func flat(s *engine.Scoped[time.Duration]) map[string]time.Duration {
	out := map[string]time.Duration{}
	for name, v := range s.Types {
		out[name] = v.Value
	}
	for name, v := range s.Groups {
		out[name] = v.Value
	}
	for i, v := range s.Severities {
		if v != nil {
			out[strings.ToLower(event.Severity(i).String())] = v.Value
		}
	}
	return out
}

// named compares what only needs to be named: bursts, silences, inhibitions and
// tests.
func (c *comparison) named() {
	c.byName("burst", bursts(c.old), bursts(c.new))
	c.byName("silence", silences(c.old), silences(c.new))
	c.byName("inhibit", inhibitions(c.old), inhibitions(c.new))
	c.byName("test", tests(c.old), tests(c.new))
}

// byName compares things by what they say in one line.
func (c *comparison) byName(kind string, old, new map[string]string) {
	for _, name := range keys(old, new) {
		before, had := old[name]
		after, has := new[name]
		switch {
		case !has:
			c.say("%s %q no longer holds", kind, name)
		case !had:
			c.say("%s %q holds from now on%s", kind, name, after)
		case before != after:
			c.say("%s %q is changed%s", kind, name, after)
		}
	}
}

func bursts(c *rules.Config) map[string]string {
	out := map[string]string{}
	for _, b := range c.Catalogue.Bursts {
		if b.Enabled {
			out[b.Name] = fmt.Sprintf(": %d of %s within %s make one message", b.Threshold, list(b.Events), span(b.Window))
		}
	}
	return out
}

func silences(c *rules.Config) map[string]string {
	out := map[string]string{}
	for _, s := range c.Policy.Silences {
		words := ": " + chosen(&s.Condition)
		switch {
		case len(s.Hours) > 0:
			words += ", " + windows(s.Hours)
		case !s.Until.IsZero():
			words += ", until " + s.Until.Format("2006-01-02 15:04")
		}
		out[s.Name] = words
	}
	return out
}

func inhibitions(c *rules.Config) map[string]string {
	out := map[string]string{}
	for _, i := range c.Policy.Inhibitions {
		out[i.Name] = fmt.Sprintf(": while %s, nothing of %s", chosen(&i.Cause), conditionText(i.Effect))
	}
	return out
}

func tests(c *rules.Config) map[string]string {
	out := map[string]string{}
	for _, t := range c.Tests {
		out[t.Name] = ""
	}
	return out
}

// chosen says which events a condition chooses.
func chosen(c *engine.Condition) string {
	parts := slices.Sorted(maps.Keys(c.Events.Types))
	parts = append(parts, slices.Sorted(maps.Keys(c.Events.Groups))...)
	parts = append(parts, c.Events.Globs...)
	words := "every event"
	if len(parts) > 0 {
		words = list(parts)
	}
	if when := conditionText(c.When); when != "" {
		words += " where " + when
	}
	return words
}
