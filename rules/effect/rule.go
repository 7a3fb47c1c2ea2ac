package effect

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/engine"
	"tocsin/rules"
)

// rules compares the rules: which run, what each does, and their order.
func (c *comparison) rules() {
	was, is := byRule(c.old), byRule(c.new)
	for _, name := range keys(was, is) {
		before, after := was[name], is[name]
		switch {
		case after == nil:
			c.say("rule %q no longer runs", name)
		case before == nil:
			c.say("rule %q runs, as number %d of %d: %s", name, 1+slices.Index(c.new.Policy.Rules, after), len(c.new.Policy.Rules), does(after))
		case does(before) != does(after):
			c.say("rule %q is changed: %s", name, does(after))
		}
	}
	c.order(was, is)
}

func byRule(c *rules.Config) map[string]*engine.Rule {
	out := make(map[string]*engine.Rule, len(c.Policy.Rules))
	for _, r := range c.Policy.Rules {
		out[r.Name] = r
	}
	return out
}

// does says what a rule does with which events.
func does(r *engine.Rule) string {
	var parts []string
	say := func(on bool, format string, args ...any) {
		if on {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(r.Drop, "is dropped")
	say(r.After > 0, "is told again when still open after %s", span(r.After))
	say(r.Every > 0, "and each %s from then on", span(r.Every))
	say(r.Channels != nil, "goes to %s alone", list(r.Channels))
	if r.Severity != nil {
		say(true, "becomes %s", *r.Severity)
	}
	if r.Cooldown != nil {
		say(true, "cools down for %s", span(*r.Cooldown))
	}
	say(r.Fingerprint != nil, "is the same when it shares %s", orNothing(r.Fingerprint))
	say(r.Once, "is one occurrence, whose repeats make no flood")
	if len(r.Data) > 0 {
		names := make([]string, len(r.Data))
		for i, d := range r.Data {
			names[i] = d.Name
		}
		say(true, "gains %s", list(names))
	}
	say(r.Stop, "meets no later rule")
	if len(parts) == 0 {
		parts = []string{"stays as it is"}
	}
	return chosen(&r.Condition) + " " + strings.Join(parts, ", ")
}

// order tells which rules run at another place than before.
func (c *comparison) order(was, is map[string]*engine.Rule) {
	both := func(list []*engine.Rule) []string {
		var out []string
		for _, r := range list {
			if was[r.Name] != nil && is[r.Name] != nil {
				out = append(out, r.Name)
			}
		}
		return out
	}
	before, after := both(c.old.Policy.Rules), both(c.new.Policy.Rules)
	if slices.Equal(before, after) {
		return
	}
	for i, name := range after { // one that moved explains it all
		rest := func(l []string) []string {
			return slices.DeleteFunc(slices.Clone(l), func(n string) bool { return n == name })
		}
		if !slices.Equal(rest(before), rest(after)) {
			continue
		}
		if i+1 < len(after) && slices.Index(before, name) > i {
			c.say("rule %q now runs before rule %q", name, after[i+1])
		} else {
			c.say("rule %q now runs behind rule %q", name, after[i-1])
		}
		return
	}
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] { // those that stayed where they were, as the pack's, are no news
		before, after = before[1:], after[1:]
	}
	c.say("the rules run in another order: %s", oneLine(strings.Join(after, ", ")))
}
