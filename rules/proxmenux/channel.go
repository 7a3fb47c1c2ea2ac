package proxmenux

import (
	"cmp"
	"strconv"
	"strings"
)

// channel writes the channel of a kind, if there are settings of one. One that was
// switched off is written too, and switched off.
func (c *conversion) channel(p *page, kind, name string) {
	b := p.channel(kind, name)
	enabled := c.on(kind + ".enabled")
	if !c.fields(b, kind, name) {
		if enabled {
			c.note("%s is switched on but not set up: no channel was made of it", kind)
		}
		c.usedUp(kind)
		return
	}
	if !enabled {
		b.set("enabled", "false", "it was switched off")
	}
	if c.has(kind+".rich_format") && !c.on(kind+".rich_format") {
		b.set("rich", "false", "plain text, without icons and markup")
	}
	level := cmp.Or(c.text("ai_detail_level_"+kind), c.text(kind+".ai_detail_level"))
	if level != "" && level != "standard" {
		b.comment("detail = %s  # for texts that a model rewrites", quote(level))
	}
	c.held(b, kind)
	if list := c.switches(kind + "."); len(list) > 0 {
		inner := b.block("toggles")
		inner.setAll(list)
		inner.end()
	}
	b.end()
}

// usedUp takes all settings of a kind as looked at.
func (c *conversion) usedUp(kind string) {
	for key := range c.Settings {
		if strings.HasPrefix(key, kind+".") {
			c.used[key] = true
		}
	}
}

// fields writes what a kind is set up with. It reports whether there was anything.
func (c *conversion) fields(b *block, kind, name string) bool {
	switch kind {
	case "telegram":
		return c.telegram(b, name)
	case "discord":
		return c.only(b, kind, "webhook_url", name)
	case "gotify":
		return c.gotify(b, name)
	case "email":
		return c.email(b, name)
	default:
		return c.only(b, kind, "url", name)
	}
}

// only writes a kind that is set up with one secret address.
func (c *conversion) only(b *block, kind, field, name string) bool {
	key := kind + "." + field
	if !c.has(key) {
		return false
	}
	b.set(field, c.secret(key, name+"_"+field), "")
	return true
}

func (c *conversion) telegram(b *block, name string) bool {
	if !c.has("telegram.bot_token") && !c.has("telegram.chat_id") {
		return false
	}
	b.set("bot_token", c.secret("telegram.bot_token", name+"_bot_token"), "")
	b.set("chat_id", quote(c.text("telegram.chat_id")), "")
	if topic := c.text("telegram.topic_id"); topic != "" {
		if _, err := strconv.ParseUint(topic, 10, 53); err != nil {
			c.note("telegram.topic_id is no number: it was left out")
		} else {
			b.set("topic_id", topic, "")
		}
	}
	return true
}

func (c *conversion) gotify(b *block, name string) bool {
	if !c.has("gotify.url") && !c.has("gotify.token") {
		return false
	}
	b.set("url", quote(c.text("gotify.url")), "")
	b.set("token", c.secret("gotify.token", name+"_token"), "")
	return true
}

// email writes a mail channel. Without a host the program gave its mail to the
// sendmail of the system; here that is the mail server of the system.
func (c *conversion) email(b *block, name string) bool {
	if !c.has("email.from_address") && !c.has("email.to_addresses") {
		return false
	}
	host, port := c.text("email.host"), c.text("email.port")
	mode := map[string]string{"ssl": "tls", "tls": "tls", "starttls": "starttls", "none": "none"}[strings.ToLower(c.text("email.tls_mode"))]
	if host == "" {
		b.set("host", quote("127.0.0.1"), "the mail server of this host, in place of its sendmail command")
		b.set("tls", quote("none"), "")
	} else {
		b.set("host", quote(host), "")
		if port != "" {
			if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
				c.note("email.port is no port: it was left out")
			} else {
				b.set("port", port, "")
			}
		}
		if mode != "" {
			b.set("tls", quote(mode), "")
		}
	}
	if user := c.text("email.username"); user != "" && host != "" {
		b.set("username", quote(user), "")
		b.set("password", c.secret("email.password", name+"_password"), "")
	}
	b.set("from", quote(c.text("email.from_address")), "")
	var to []string
	for _, word := range words(c.text("email.to_addresses")) {
		to = append(to, quote(word))
	}
	b.set("to", "["+strings.Join(to, ", ")+"]", "")
	if prefix := c.text("email.subject_prefix"); prefix != "" && prefix != "[ProxMenux]" {
		b.set("subject_prefix", quote(prefix), "")
	}
	return true
}

// held writes quiet hours and digest.
func (c *conversion) held(b *block, kind string) {
	start := cmp.Or(c.text(kind+".quiet_start"), "22:00")
	end := cmp.Or(c.text(kind+".quiet_end"), "06:00")
	if c.on(kind + ".quiet_enabled") {
		from, until := hour(start), hour(end)
		switch {
		case from == "" || until == "":
			c.note("%s has quiet hours from %q until %q, which are no times of day: they were left out", kind, start, end)
		case from == until:
			c.note("%s has quiet hours that end when they begin, which ProxMenux Monitor takes for none: they were left out", kind)
		default:
			inner := b.block("quiet_hours")
			inner.set("hours", quote(from+"-"+until), "told in one message at the end; CRITICAL comes through")
			inner.end()
		}
	}
	at := cmp.Or(c.text(kind+".digest_time"), "09:00")
	c.used[kind+".digest_last_at"] = true
	if !c.on(kind + ".digest_enabled") {
		return
	}
	if hour(at) == "" {
		c.note("%s has a digest at %q, which is no time of day: it was left out", kind, at)
		return
	}
	inner := b.block("digest")
	inner.set("at", quote(hour(at)), "")
	inner.end()
}
