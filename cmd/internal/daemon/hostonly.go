package daemon

import (
	"slices"
	"strings"

	"tocsin/channels"
	"tocsin/rules"
	"tocsin/sources/log"
	"tocsin/sources/probe"
)

// hostOnly is an edit that would make or change what only a file written on the
// host itself may say.
type hostOnly struct{ what string }

// Error names it.
func (h *hostOnly) Error() string {
	return h.what + " runs programs of this host, or reads or writes its files"
}

// allow refuses edits over the network that would be a shell, see channels.Kind, or
// would read a file, which may be a secret.
func (d *Daemon) allow(before, after *rules.Config) error {
	if before == nil { // the files do not load: what is there is what somebody wrote
		before = d.running.Load().config
	}
	was := onHost(before)
	for what, how := range onHost(after) {
		if was[what] != how {
			return &hostOnly{what}
		}
	}
	return nil
}

// onHost lists what of a configuration runs programs, or reads or writes files, with
// what tells how. Also what is switched off: it can be switched on.
func onHost(c *rules.Config) map[string]string {
	out := map[string]string{}
	for name, ch := range c.Channels {
		acts := func(k channels.Kind) bool { return k.Name == ch.Kind && k.HostOnly != nil && k.HostOnly(ch.Values) }
		if slices.ContainsFunc(c.Kinds, acts) {
			out["channel "+name] = ch.Hash
		}
	}
	for _, s := range c.Sources {
		if r, ok := s.Spec.(*probe.Rule); ok && (len(r.Command) > 0 || r.Path != "") {
			out["source "+s.Kind+" "+s.Name] = strings.Join(append(r.Command, r.Path), "\x00")
		}
		if r, ok := s.Spec.(*log.Rule); ok {
			out["source "+s.Kind+" "+s.Name] = r.Path
		}
	}
	if command := c.Settings.Apprise.Command; command != "" {
		out["apprise: command"] = command
	}
	return out
}
