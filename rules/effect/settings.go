package effect

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"tocsin/rules"
)

// settings compares the blocks that are there once.
func (c *comparison) settings() {
	a, b := &c.old.Settings, &c.new.Settings
	if c.old.Policy.Host != c.new.Policy.Host {
		c.say("messages call this host %s, not %s", c.new.Policy.Host, c.old.Policy.Host)
	}
	if was, is := a.Tocsin.Zone.String(), b.Tocsin.Zone.String(); was != is {
		c.say("times are in %s, not %s", is, was)
	}
	if a.Tocsin.Edits != b.Tocsin.Edits {
		c.say("blocks that are new go into %s, not %s", b.Tocsin.Edits, a.Tocsin.Edits)
	}
	if a.Tocsin.ReadOnly != b.Tocsin.ReadOnly {
		c.say("%s", map[bool]string{true: "panel, API and tocsin set no longer change files", false: "panel, API and tocsin set may change files"}[b.Tocsin.ReadOnly])
	}
	if a.History.Keep != b.History.Keep {
		c.say("history is kept for %s, not %s", span(b.History.Keep), span(a.History.Keep))
	}
	if a.Git.Commit != b.Git.Commit {
		c.say("saved changes are %scommitted to git", map[bool]string{false: "no longer "}[b.Git.Commit])
	}
	c.api(&a.API, &b.API)
	c.webhook(&a.Webhook, &b.Webhook)
	c.heartbeat(&a.Heartbeat, &b.Heartbeat)
	if a.Store.URL.Reveal() != b.Store.URL.Reveal() {
		c.say("history and outbox are kept elsewhere, from the next start on")
	}
}

func (c *comparison) api(a, b *rules.API) {
	if a.Listen != b.Listen {
		c.say("the API listens at %s, not %s", b.Listen, a.Listen)
	}
	if a.TLSCert != b.TLSCert || a.TLSKey != b.TLSKey {
		c.say("the API shows the certificate %s, not %s", cmp.Or(b.TLSCert, "of nobody"), cmp.Or(a.TLSCert, "of nobody"))
	}
	if !slices.Equal(a.AllowedHosts, b.AllowedHosts) {
		c.say("the API answers to %s beside the loopback names", orNothing(b.AllowedHosts))
	}
	if !slices.Equal(a.Proxies, b.Proxies) {
		c.say("the API believes %s who a request comes from", orNothing(networks(b.Proxies)))
	}
	if a.Rate != b.Rate {
		c.say("a token may send %s", perSpan(b.Rate))
	}
}

func networks(list []netip.Prefix) []string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = p.String()
	}
	return words
}

func perSpan(r rules.Rate) string { return fmt.Sprintf("%d events in %s", r.Count, span(r.Per)) }

func (c *comparison) webhook(a, b *rules.Webhook) {
	switch {
	case a.Secret.Reveal() == b.Secret.Reveal():
	case !b.Secret.IsSet():
		c.say("the webhook is closed to other hosts")
	case !a.Secret.IsSet():
		c.say("the webhook is open to other hosts that know its secret")
	default:
		c.say("the webhook has another secret")
	}
	if was, is := a.OldSecret.Reveal(), b.OldSecret.Reveal(); was != is {
		c.say("the webhook takes %s", map[bool]string{true: "an old secret, too", false: "its old secret no more"}[is != ""])
	}
	if a.LoopbackSecret != b.LoopbackSecret {
		c.say("callers on this host %s", map[bool]string{true: "need the webhook's secret too", false: "need no secret"}[b.LoopbackSecret])
	}
	if a.MaxAge != b.MaxAge {
		c.say("the webhook takes calls of up to %s ago, not %s", span(b.MaxAge), span(a.MaxAge))
	}
	if !slices.Equal(a.Allow, b.Allow) {
		c.say("the webhook takes calls from %s", cmp.Or(list(networks(b.Allow)), "everywhere"))
	}
	if a.Rate != b.Rate {
		c.say("an address may call the webhook for %s", perSpan(b.Rate))
	}
}

func (c *comparison) heartbeat(a, b *rules.Heartbeat) {
	switch {
	case a.URL.Reveal() == b.URL.Reveal() && (a.Held == "") == (b.Held == ""):
	case !b.URL.IsSet() && b.Held == "":
		c.say("nobody hears the heartbeat any more")
	case b.Held != "":
		c.say("the heartbeat is held: %s", b.Held)
	default:
		c.say("the heartbeat goes to another address")
	}
	if a.Every != b.Every {
		c.say("the heart beats each %s, not %s", span(b.Every), span(a.Every))
	}
}
