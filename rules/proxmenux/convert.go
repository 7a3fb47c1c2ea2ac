package proxmenux

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Catalogue is what tocsin knows of events, to which toggles and cooldowns refer.
type Catalogue struct {
	Groups map[string]bool
	Types  map[string]Type
}

// Type is an event of the catalogue.
type Type struct {
	Group   string
	Enabled bool // on, unless a toggle says otherwise
}

// Result is a configuration made of settings.
type Result struct {
	Files   map[string][]byte // by name
	Secrets map[string]string // values by name, as the files name them
	Missing []string          // secrets that the files name and the settings do not tell
	Notes   []string          // what could not be carried over, and what to do about it
}

// kinds are the kinds of channels that the program has, in its order, and how the
// channels made of them are called: names of kinds are taken.
var kinds = []struct{ kind, name string }{
	{"telegram", "phone"}, {"discord", "chat"}, {"gotify", "push"}, {"email", "mail"}, {"apprise", "relay"},
}

// Group returns what a group of events of the program is called here.
func Group(name string) string {
	if name == "backup" {
		return "backups"
	}
	return name
}

// conversion collects a Result.
type conversion struct {
	Settings
	catalogue Catalogue
	used      map[string]bool // keys that were looked at
	result    *Result
}

// Convert makes a configuration of settings. from says in its comments where they
// come from.
func Convert(s Settings, from string, catalogue Catalogue) *Result {
	c := &conversion{Settings: s, catalogue: catalogue, used: map[string]bool{}, result: &Result{Files: map[string][]byte{}, Secrets: map[string]string{}}}
	daemon, channels := &page{}, &page{}
	daemon.comment("Made by tocsin import of the notification settings of ProxMenux Monitor in %s.", from)
	channels.comment("Where messages go: the channels of ProxMenux Monitor, as they stood in %s.", from)
	daemon.gap()
	channels.gap()
	c.tocsin(daemon)
	c.webhook(daemon)
	c.toggles(daemon)
	c.cooldowns(daemon)
	c.rewriter(daemon)
	for _, k := range kinds {
		c.channel(channels, k.kind, k.name)
	}
	c.rest(daemon)
	c.result.Files["tocsin.hcl"] = daemon.bytes()
	c.result.Files["channels.hcl"] = channels.bytes()
	slices.Sort(c.result.Missing)
	return c.result
}

// text returns a setting and notes that it was looked at.
func (c *conversion) text(key string) string {
	c.used[key] = true
	return strings.TrimSpace(c.Settings[key])
}

func (c *conversion) on(key string) bool { return strings.EqualFold(c.text(key), "true") }

func (c *conversion) note(format string, args ...any) {
	c.result.Notes = append(c.result.Notes, fmt.Sprintf(format, args...))
}

// secret returns the expression for the value of a key that is one: a reference to
// a secret, whose value is kept when the settings tell it.
func (c *conversion) secret(key, name string) string {
	value := c.text(key)
	if value == "" || value == masked || IsSealed(value) {
		c.result.Missing = append(c.result.Missing, name)
	} else {
		c.result.Secrets[name] = value
	}
	return fmt.Sprintf("secret(%s)", quote(name))
}

func (c *conversion) tocsin(p *page) {
	b := p.block("tocsin")
	b.set("enabled", strconv.FormatBool(c.on("enabled")), "false: nothing is told; switch the other one off first")
	if name := c.text("hostname"); name != "" {
		b.set("display_name", quote(name), "")
	}
	b.end()
}

func (c *conversion) webhook(p *page) {
	secret, allow := c.text("webhook_secret"), c.text("webhook_allowed_ips")
	if secret == "" && allow == "" {
		return
	}
	p.comment("Remote callers of the webhook. From this host it needs no secret.")
	b := p.block("webhook")
	if secret != "" {
		b.set("secret", c.secret("webhook_secret", "webhook"), "")
	}
	var list []string
	for _, word := range words(allow) {
		if !isNetwork(word) {
			c.note("webhook_allowed_ips has %q, which is no address or network: it was left out", word)
			continue
		}
		list = append(list, quote(word))
	}
	if len(list) > 0 {
		b.set("allow", "["+strings.Join(list, ", ")+"]", "")
	}
	b.end()
}

func isNetwork(word string) bool {
	_, err := netip.ParseAddr(word)
	if err != nil {
		_, err = netip.ParsePrefix(word)
	}
	return err == nil && !strings.Contains(word, "%")
}

// toggles are those of releases that had switches for all channels at once.
func (c *conversion) toggles(p *page) {
	if list := c.switches(""); len(list) > 0 {
		p.comment("Switches for all channels.")
		b := p.block("toggles")
		b.setAll(list)
		b.end()
	}
}

// switches are the toggles under a prefix of keys: a channel's, or those of all. The
// program asks the group first, so that an event of a group that is off is off,
// whatever its own switch says; here the event's own switch wins, so that it is left
// out there. A switch that says what the catalogue says is left out, too.
func (c *conversion) switches(prefix string) []setting {
	var list []setting
	off := map[string]bool{}
	for _, key := range c.keys(prefix + "events.") {
		group := Group(strings.TrimPrefix(key, prefix+"events."))
		switch {
		case c.on(key):
		case !c.catalogue.Groups[group]:
			c.note("%s switches off a group of events that tocsin does not have", key)
		default:
			off[group] = true
			list = append(list, setting{name: group, value: "false"})
		}
	}
	for _, key := range c.keys(prefix + "event.") {
		name := strings.TrimPrefix(key, prefix+"event.")
		on := c.on(key)
		t, known := c.catalogue.Types[name]
		switch {
		case !known:
			if !on {
				c.note("%s switches off an event that tocsin does not have", key)
			}
		case off[t.Group] || on == t.Enabled:
		default:
			list = append(list, setting{name: name, value: strconv.FormatBool(on)})
		}
	}
	return list
}

// keys lists the keys below a prefix, sorted.
func (c *conversion) keys(prefix string) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		if strings.HasPrefix(key, prefix) && !strings.Contains(key[len(prefix):], ".") {
			out = append(out, key)
		}
	}
	return out
}

func (c *conversion) cooldowns(p *page) {
	var list []setting
	for _, key := range c.keys("cooldown.") {
		name := Group(strings.TrimPrefix(key, "cooldown."))
		seconds, err := strconv.ParseFloat(c.text(key), 64)
		_, isType := c.catalogue.Types[name]
		switch {
		case err != nil || seconds < 0 || seconds > 365*86400:
			c.note("%s is no number of seconds: it was left out", key)
		case !isType && !c.catalogue.Groups[name]:
			c.note("%s is of an event or group that tocsin does not have", key)
		default:
			list = append(list, setting{name: name, value: quote(span(time.Duration(seconds * float64(time.Second))))})
		}
	}
	if len(list) == 0 {
		return
	}
	p.comment("How long the same thing is not told again.")
	b := p.block("cooldown")
	b.setAll(list)
	b.end()
}

// span writes a duration as the language has it.
func span(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		word string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= unit.of && d%unit.of == 0 {
			return strconv.FormatInt(int64(d/unit.of), 10) + unit.word
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// clock is how the program writes times of day.
var clock = regexp.MustCompile(`^([01]?\d|2[0-3]):[0-5]\d$`)

// hour is a time of day with two digits for the hour; empty: it is none.
func hour(text string) string {
	if !clock.MatchString(text) {
		return ""
	}
	return strings.Repeat("0", 5-len(text)) + text
}

// words are the parts of a list that is separated by commas.
func words(text string) []string {
	var out []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			out = append(out, word)
		}
	}
	return out
}
