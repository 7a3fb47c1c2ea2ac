package rules

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
	"tocsin/rules/near"
)

// Serves reports whether the configuration has a channel and has it switched on.
func (c *Config) Serves(channel string) bool {
	ch := c.Channels[channel]
	return ch != nil && ch.Enabled
}

// Stranded warns about messages that nobody will be told as long as this
// configuration runs: they wait for a channel that it does not have, or has
// switched off. Waiting says how many wait, by the name of the channel; where
// they wait is not known to a configuration, so Load cannot tell.
func (c *Config) Stranded(waiting map[string]int) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		n := waiting[name]
		if n == 0 || c.Serves(name) {
			continue
		}
		f := c.gone(name, n)
		if ch := c.Channels[name]; ch != nil {
			f = off(ch, n)
		}
		d := f.diagnostic(hcl.DiagWarning)
		d.Extra.(*diag.Extra).Hidden = c.Hidden
		diags = append(diags, d)
	}
	return diags
}

// gone is about a channel that no block makes. Most often it was renamed.
func (c *Config) gone(name string, waiting int) finding {
	f := finding{
		code: CodeStranded, at: c.firstSpot(), summary: fmt.Sprintf("%s for channel %q, which is gone", waitWords(waiting), name),
	}
	to, renamed := near.Name(name, c.receivers())
	if renamed {
		ch := c.Channels[to]
		f.at, f.in, f.label = ch.Head, ch.title(), fmt.Sprintf("was it renamed to %q?", to)
	}
	f.detail = fmt.Sprintf("Nobody is told of them. Rename it back, or move them with %s.", moveCommand(name, to))
	return f
}

// off is about a channel that is switched off.
func off(ch *Channel, waiting int) finding {
	return finding{
		code: CodeStranded, at: ch.Head, in: ch.title(), summary: fmt.Sprintf("%s for channel %q, which is switched off", waitWords(waiting), ch.Name),
		detail: fmt.Sprintf("Nobody is told of them. Switch it on again, or move them with %s.", moveCommand(ch.Name, "")),
	}
}

// receivers yields the channels that messages can be moved to.
func (c *Config) receivers() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range c.Channels {
			if c.Serves(name) && !yield(name) {
				return
			}
		}
	}
}

// firstSpot is the place of what stands in no file: the beginning of the first
// one that the operator wrote. Commands keep theirs in the data folder, whose
// path is absolute.
func (c *Config) firstSpot() hcl.Range {
	for _, f := range c.Files {
		if !f.Pack && !path.IsAbs(f.Path) {
			return hcl.Range{Filename: f.Path, Start: hcl.InitialPos, End: hcl.InitialPos}
		}
	}
	return hcl.Range{Filename: c.Settings.Tocsin.Edits, Start: hcl.InitialPos, End: hcl.InitialPos}
}

// waitWords tells how many messages wait.
func waitWords(n int) string {
	if n == 1 {
		return "one message waits"
	}
	return fmt.Sprintf("%d messages wait", n)
}

// moveCommand is the command that gives messages to another channel; without
// one, the operator has to fill it in.
func moveCommand(from, to string) string {
	if to == "" {
		to = "NAME"
	}
	return fmt.Sprintf("tocsin outbox retry --channel %s --to %s", shellWord(from), shellWord(to))
}

// shellWord quotes the name of a channel where a shell needs it. One that was
// read from an archive may hold anything.
func shellWord(name string) string {
	if channelName.MatchString(name) && !strings.Contains(name, " ") {
		return name
	}
	return strconv.Quote(name)
}

// title is how the block of a channel begins.
func (ch *Channel) title() string { return fmt.Sprintf("%s %q %q", channelKind, ch.Kind, ch.Name) }
