package effect

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/engine"
)

// turn is a switch that comes to say something else.
type turn struct{ from, to engine.Toggle }

// maxNames bounds how many events one line names.
const maxNames = 4

// reach compares, for each channel that works before and after, which events
// the switches let through to it.
func (c *comparison) reach() {
	was, is := working(c.old), working(c.new)
	var names []string
	for _, name := range keys(was, is) {
		if was[name] != nil && is[name] != nil {
			names = append(names, name)
		}
	}
	turns := map[string]map[turn][]string{} // of each channel
	for _, name := range names {
		turns[name] = c.turns(was[name], is[name])
	}
	for _, t := range allTurns() {
		c.tell(t, names, turns, is)
	}
}

// allTurns lists what can become of a switch, the weightiest first.
func allTurns() []turn {
	toggles := []engine.Toggle{engine.Off, engine.On, engine.ToDigest, engine.ToLive}
	var out []turn
	for _, to := range toggles {
		for _, from := range toggles {
			if from != to {
				out = append(out, turn{from, to})
			}
		}
	}
	return out
}

// turns returns the types for which a channel's switches turn.
func (c *comparison) turns(old, new *engine.Channel) map[turn][]string {
	out := map[turn][]string{}
	for _, name := range keys(c.old.Policy.Types, c.new.Policy.Types) {
		before, after := c.old.Policy.Types[name], c.new.Policy.Types[name]
		if before == nil || after == nil {
			continue
		}
		t := turn{c.old.Policy.Switch(before, old), c.new.Policy.Switch(after, new)}
		if t.from != t.to {
			out[t] = append(out[t], name)
		}
	}
	return out
}

// tell says what turns one way, the same on all channels in one line.
func (c *comparison) tell(t turn, names []string, turns map[string]map[turn][]string, is map[string]*engine.Channel) {
	told := map[string]bool{}
	for i, name := range names {
		types := turns[name][t]
		if len(types) == 0 || told[name] {
			continue
		}
		alike := []string{name}
		for _, other := range names[i+1:] {
			if slices.Equal(turns[other][t], types) && (t.from != engine.Off || (is[other].When == nil) == (is[name].When == nil)) {
				alike = append(alike, other)
				told[other] = true
			}
		}
		c.lines = append(c.lines, c.sentence(t, c.events(t, types, is[name]), alike, len(alike) == len(names) && len(names) > 1, is[name].When != nil))
	}
}

// sentence says which events turn on which channels.
func (c *comparison) sentence(t turn, what subject, channels []string, everywhere, picky bool) string {
	to := list(channels)
	verb := func(single, several string) string {
		if what.one {
			return what.words + " " + single
		}
		return what.words + " " + several
	}
	switch {
	case t.to == engine.Off && everywhere:
		return verb("no longer reaches any channel", "no longer reach any channel")
	case t.to == engine.Off:
		return verb("no longer reaches ", "no longer reach ") + to
	case t.to == engine.ToDigest:
		return verb("waits for the digest of ", "wait for the digest of ") + to
	case t.to == engine.ToLive:
		return verb("goes out at once to ", "go out at once to ") + to + ", past its digest"
	case t.from == engine.Off && picky:
		return what.words + " can reach " + to + " now, where its when holds"
	case t.from == engine.Off:
		return verb("now reaches ", "now reach ") + to
	}
	return verb("no longer waits for the digest of ", "no longer wait for the digest of ") + to
}

// subject are the events that a sentence is about.
type subject struct {
	words string
	one   bool // they take a verb in the singular
}

// events names types, a whole group by its name.
func (c *comparison) events(t turn, types []string, ch *engine.Channel) subject {
	if group, ok := c.wholeGroup(t, types, ch); ok {
		return subject{"the group " + group, true}
	}
	if len(types) <= maxNames {
		return subject{list(types), len(types) == 1}
	}
	return subject{fmt.Sprintf("%d events (%s, …)", len(types), strings.Join(types[:maxNames-1], ", ")), false}
}

// wholeGroup returns the group that types are what turned of, when now all of it
// is alike on a channel.
func (c *comparison) wholeGroup(t turn, types []string, ch *engine.Channel) (string, bool) {
	p := c.new.Policy
	group := p.Types[types[0]].Group
	for _, name := range types {
		if p.Types[name].Group != group {
			return "", false
		}
	}
	for _, typ := range p.Types {
		if typ.Group == group && p.Switch(typ, ch) != t.to {
			return "", false
		}
	}
	return group, len(types) > 1
}
