package patch

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/rules"
	"tocsin/rules/edit"
)

// flat turns the flat keys of ProxMenux, and paths such as
// channel.phone.toggles.updates, into a patch of the document.
type flat struct {
	blocks []rules.Block
	patch  *object // under the names that keys have here
	out    *object
	times  map[string]*times // by kind of channel
}

// spread returns the patch with all flat keys in their places.
func spread(blocks []rules.Block, patch *object) (*object, error) {
	patch = renamed(patch)
	f := &flat{blocks: blocks, patch: patch, out: newObject(), times: map[string]*times{}}
	shapes := rules.Shapes()
	for _, name := range patch.names {
		if slices.ContainsFunc(shapes, func(s rules.Shape) bool { return s.Kind == name }) {
			f.merge(f.out, name, patch.values[name])
		}
	}
	for _, name := range patch.names {
		if f.isIdle(name) || slices.ContainsFunc(shapes, func(s rules.Shape) bool { return s.Kind == name }) {
			continue
		}
		if channel, field, ok := strings.Cut(name, "."); ok && timeKey[field] {
			if err := f.time(channel, field, name, patch.values[name]); err != nil {
				return nil, err
			}
			continue
		}
		if err := f.key(name, patch.values[name]); err != nil {
			return nil, err
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(f.times)) {
		if err := f.putTimes(kind, f.times[kind]); err != nil {
			return nil, err
		}
	}
	return f.out, nil
}

func (f *flat) merge(into *object, name string, v any) {
	o, ok := v.(*object)
	below, there := into.values[name].(*object)
	if !ok || !there {
		into.put(name, v)
		return
	}
	for _, inner := range o.names {
		f.merge(below, inner, o.values[inner])
	}
}

// plain are the keys that stand for one setting.
var plain = map[string]struct {
	path []string
	as   func(any) (any, error)
}{
	"enabled":             {[]string{"tocsin", "enabled"}, yes},
	"hostname":            {[]string{"tocsin", "display_name"}, word},
	"webhook_secret":      {[]string{"webhook", "secret"}, word},
	"webhook_allowed_ips": {[]string{"webhook", "allow"}, commas},
}

func (f *flat) key(name string, v any) error {
	if p, ok := plain[name]; ok {
		return f.put(name, v, p.as, p.path...)
	}
	switch {
	case strings.HasPrefix(name, "ai_"):
		return noRewriter(name)
	case homeless[name]:
		return &Error{fmt.Sprintf("%s has no place here", name), "leave it out: other hosts post to the webhook with its secret, and webhook.allow says from where"}
	}
	begin, rest, dotted := strings.Cut(name, ".")
	switch {
	case !dotted:
		return unknown(name, rules.Shapes())
	case begin == "events" || begin == "event":
		return f.toggle(name, v, "", rest)
	case slices.ContainsFunc(rules.Shapes(), func(s rules.Shape) bool { return s.Kind == begin }) && begin != "cooldown":
		return f.address(name, v)
	case begin == "cooldown":
		return f.put(name, v, seconds, "cooldown", rest)
	case predecessor[begin] != nil:
		return f.channel(begin, rest, name, v)
	}
	return unknown(name, rules.Shapes())
}

func (f *flat) put(name string, v any, as func(any) (any, error), path ...string) error {
	if !isMask(v) {
		var err error
		if v, err = as(v); err != nil {
			return &Error{fmt.Sprintf("%s: %v", name, err), ""}
		}
	} else if _, object := v.(*object); !object {
		v = hidden()
	}
	f.out.at(v, path...)
	return nil
}

func hidden() *object {
	o := newObject()
	o.put("set", true)
	return o
}

// address takes a path in our own words.
func (f *flat) address(name string, v any) error {
	addr, err := edit.ParseAddress(name)
	if err != nil {
		return &Error{err.Error(), ""}
	}
	var path []string
	for _, s := range addr {
		if s.At {
			return &Error{fmt.Sprintf("%s: an element of a list has no place in a patch", name), "send the list as a whole"}
		}
		path = append(path, s.Name)
	}
	if path[0] == "channel" && len(path) > 2 {
		for i := range f.blocks {
			if b := &f.blocks[i]; b.Kind == "channel" && b.Labels[1] == path[1] {
				path = slices.Insert(path, 1, b.Labels[0])
				break
			}
		}
	}
	f.out.at(v, path...)
	return nil
}

func noRewriter(name string) error {
	return &Error{fmt.Sprintf("%s: there is no rewriting by a model", name), "leave it out, or send ai_enabled as false"}
}

// predecessor are the kinds of channels of ProxMenux.
var predecessor = map[string]*struct {
	needs []string          // fields without which there is nothing to set up
	other map[string]string // fields that are called otherwise there
}{
	"telegram": {needs: []string{"bot_token", "chat_id"}},
	"discord":  {needs: []string{"webhook_url"}},
	"gotify":   {needs: []string{"url", "token"}},
	"apprise":  {needs: []string{"url"}},
	"email": {
		needs: []string{"from_address", "to_addresses"},
		other: map[string]string{"tls_mode": "tls", "from_address": "from", "to_addresses": "to"},
	},
}

// channel takes a key of one kind of channel, which there is one of.
func (f *flat) channel(kind, field, name string, v any) error {
	label, _, err := f.only(kind)
	if err != nil {
		return err
	}
	path := []string{"channel", kind, label}
	if begin, word, ok := strings.Cut(field, "."); ok && (begin == "events" || begin == "event") {
		return f.toggle(name, v, kind+".", word, path...)
	}
	as := word
	switch field {
	case "enabled":
		as = yes
	case "rich_format":
		field, as = "rich", yes
	case "port", "topic_id":
		as = number
	case "to_addresses":
		as = commas
	case "tls_mode":
		as = mode
	case "ai_detail_level":
		return noRewriter(name)
	}
	if other, ok := predecessor[kind].other[field]; ok {
		field = other
	}
	return f.put(name, v, as, append(path, field)...)
}

// only returns the one channel of a kind, or how a first one is called.
func (f *flat) only(kind string) (label string, there bool, err error) {
	var found []string
	for i := range f.blocks {
		if b := &f.blocks[i]; b.Kind == "channel" && b.Labels[0] == kind {
			found = append(found, b.Labels[1])
		}
	}
	switch len(found) {
	case 0:
		return kind + "-1", false, nil
	case 1:
		return found[0], true, nil
	}
	return "", false, &Error{
		fmt.Sprintf("there are %d channels of kind %s, so %s. names none of them", len(found), kind, kind),
		fmt.Sprintf("name one: channel.%s.FIELD", found[0]),
	}
}
