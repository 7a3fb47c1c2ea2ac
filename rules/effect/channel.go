package effect

import (
	"fmt"
	"reflect"
	"strings"

	"tocsin/channels"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/window"
	"tocsin/rules"
)

// channels is what becomes of each channel as a whole.
func (c *comparison) channels() {
	was, is := working(c.old), working(c.new)
	for _, name := range keys(c.old.Channels, c.new.Channels) {
		before, after := c.old.Channels[name], c.new.Channels[name]
		switch {
		case after == nil:
			c.say("channel %s is gone", name)
		case before == nil:
			c.say("channel %s is new: %s", name, takes(after, is[name]))
		case before.Enabled && !after.Enabled:
			c.say("channel %s is switched off: nothing reaches it", name)
		case !before.Enabled && after.Enabled:
			c.say("channel %s is switched on: %s", name, takes(after, is[name]))
		default:
			c.channel(before, after)
			if was[name] != nil && is[name] != nil {
				c.judged(was[name], is[name])
			}
		}
	}
}

// takes says what a channel takes.
func takes(c *rules.Channel, ch *engine.Channel) string {
	switch {
	case !c.Enabled || ch == nil:
		return "it is switched off"
	case ch.When == nil:
		return "it takes everything that no rule sends elsewhere"
	}
	return "it takes what meets " + conditionText(ch.When)
}

// channel compares what a channel is made of.
func (c *comparison) channel(old, new *rules.Channel) {
	name := new.Name
	if old.Kind != new.Kind {
		c.say("channel %s is now of kind %s", name, new.Kind)
	}
	for _, field := range keys(old.Values, new.Values) {
		c.field(name, field, old.Values, new.Values)
	}
	switch {
	case old.Held == "" && new.Held != "":
		c.say("channel %s is held: %s", name, new.Held)
	case old.Held != "" && new.Held == "":
		c.say("channel %s is no longer held", name)
	}
	if old.Rich != new.Rich {
		c.say("messages on %s are %s", name, map[bool]string{true: "formatted", false: "plain text"}[new.Rich])
	}
	if old.GiveUp != new.GiveUp {
		c.say("%s gives up a message after %s, not %s", name, span(new.GiveUp), span(old.GiveUp))
	}
	switch {
	case old.Rate == new.Rate:
	case new.Rate.Count == 0:
		c.say("%s takes messages at the service's own pace again", name)
	case old.Rate.Count == 0:
		c.say("%s takes %s", name, rate(new.Rate))
	default:
		c.say("%s takes %s, not %s", name, rate(new.Rate), rate(old.Rate))
	}
	c.has(name, "fallback", fallback(old), fallback(new))
}

// field compares one field of a kind.
func (c *comparison) field(name, field string, old, new channels.Values) {
	before, had := old[field]
	after, has := new[field]
	_, secret := after.(event.Secret)
	switch {
	case had && has && reflect.DeepEqual(before, after):
	case !has:
		c.say("channel %s: %s is no longer set", name, field)
	case secret && had:
		c.say("channel %s: %s is another one", name, field)
	case secret:
		c.say("channel %s: %s is set", name, field)
	default:
		c.say("channel %s: %s is now %s", name, field, value(after))
	}
}

// value writes a value that may be shown.
func value(v any) string {
	if items, ok := v.([]string); ok {
		return oneLine(strings.Join(items, ", "))
	}
	return oneLine(event.Text(v))
}

// has compares something that a channel may have; empty: it has none.
func (c *comparison) has(name, kind, old, new string) {
	switch {
	case old == new:
	case new == "":
		c.say("%s has no %s any more", name, kind)
	case old == "":
		c.say("%s has %s", name, new)
	default:
		c.say("%s has %s, not %s", name, new, old)
	}
}

func rate(r rules.Rate) string {
	return fmt.Sprintf("%d messages in %s at most", r.Count, span(r.Per))
}

func fallback(c *rules.Channel) string {
	if c.Fallback == nil {
		return ""
	}
	return fmt.Sprintf("%s as its fallback after %s", c.Fallback.Channel, span(c.Fallback.After))
}

// judged compares how the judge sees a channel.
func (c *comparison) judged(old, new *engine.Channel) {
	if a, b := conditionText(old.When), conditionText(new.When); a != b {
		if b == "" {
			c.say("%s takes everything that no rule sends elsewhere", new.Name)
		} else {
			c.say("%s takes what meets %s", new.Name, b)
		}
	}
	c.has(new.Name, "quiet hours", quiet(old.Quiet), quiet(new.Quiet))
	c.has(new.Name, "digest", digest(old.Digest), digest(new.Digest))
}

func quiet(q *engine.Quiet) string {
	if q == nil {
		return ""
	}
	out := "quiet hours " + windows(q.Hours)
	if pass := conditionText(q.Pass); pass != "" {
		out += ", which " + pass + " passes"
	}
	return out
}

func windows(hours window.List) string {
	parts := make([]string, len(hours))
	for i, w := range hours {
		parts[i] = w.String()
	}
	return list(parts)
}

func digest(d *engine.Digest) string {
	if d == nil {
		return ""
	}
	return "a digest at " + d.At.String()
}
