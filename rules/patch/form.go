package patch

import (
	"slices"
	"strings"

	"tocsin/rules/proxmenux"
)

// The members of a document beside the kinds of blocks: which files it is of, and
// where things stand.
const (
	revisionKey = "revision"
	placesKey   = "places"
)

// homeless are keys of ProxMenux for which there is nothing here.
var homeless = map[string]bool{"pbs_host": true, "pve_host": true, "pbs_trusted_sources": true}

// renamed returns a patch whose flat keys lack the prefix that they have in the
// database of ProxMenux, and call its groups as they are called here.
func renamed(patch *object) *object {
	out := newObject()
	for _, name := range patch.names {
		key := strings.TrimPrefix(name, proxmenux.Prefix)
		at := strings.LastIndexByte(key, '.') + 1
		if begin := key[:at]; strings.HasSuffix(begin, "events.") || begin == "cooldown." {
			key = begin + proxmenux.Group(key[at:])
		}
		out.put(key, patch.values[name])
	}
	return out
}

// isIdle reports whether a member of a patch asks for nothing. The form of ProxMenux
// is sent as a whole: with what is switched off, what is empty, and what only it
// keeps a record with.
func (f *flat) isIdle(name string) bool {
	kind, field, _ := strings.Cut(name, ".")
	switch {
	case name == revisionKey || name == placesKey || kind == "event_explicit":
		return true
	case strings.HasPrefix(name, "ai_") || predecessor[kind] != nil && field == "ai_detail_level":
		return f.isOff("ai_enabled") || f.isEmpty(name)
	case homeless[name]:
		return f.isEmpty(name)
	case predecessor[kind] == nil:
		return false
	}
	_, there, err := f.only(kind)
	isSetUp := there || err != nil || slices.ContainsFunc(predecessor[kind].needs, func(need string) bool { return !f.isEmpty(kind + "." + need) })
	return field == "digest_last_at" || !isSetUp && f.isOff(kind+".enabled")
}

func (f *flat) isOff(key string) bool {
	on, err := yes(f.patch.values[key])
	return err == nil && on == false
}

func (f *flat) isEmpty(key string) bool {
	v := f.patch.values[key]
	return v == nil || v == ""
}

// toggle takes the switch of a group or an event, in the block at a path; begin is
// what its keys begin with. Here the switch of an event beats that of its group, and
// there it is the other way round: so one that is on is left out where its group goes
// off, and so is one that says no more than the catalogue.
func (f *flat) toggle(name string, v any, begin, word string, at ...string) error {
	on, err := yes(v)
	if group, enabled, known := f.eventType(word); err == nil && known {
		if on == true && f.isOff(begin+"events."+group) || on == enabled && !f.isToggled(word, at) {
			return nil
		}
	}
	return f.put(name, v, yes, append(at, "toggles", word)...)
}

// eventType returns what the catalogue says of an event.
func (f *flat) eventType(name string) (group string, enabled, known bool) {
	for i := range f.blocks {
		if b := &f.blocks[i]; b.Kind == "event" && b.Labels[0] == name {
			enabled = true
			for _, a := range b.Arguments {
				switch a.Name {
				case "group":
					group, _ = a.Value.(string)
				case "enabled":
					enabled = a.Value == true
				}
			}
			return group, enabled, true
		}
	}
	return "", false, false
}

// isToggled reports whether a key that is there decides about an event, for all
// channels or in the block at a path: its own, or one of a severity, which ProxMenux
// does not have.
func (f *flat) isToggled(name string, at []string) bool {
	for i := range f.blocks {
		b := &f.blocks[i]
		toggles := b.Blocks
		switch {
		case b.Kind == "toggles":
			toggles = f.blocks[i : i+1]
		case len(at) == 0 || b.Kind != at[0] || !slices.Equal(b.Labels, at[1:]):
			continue
		}
		for _, block := range toggles {
			for _, a := range block.Arguments {
				if block.Kind == "toggles" && slices.Contains([]string{name, "critical", "warning", "info"}, a.Name) {
					return true
				}
			}
		}
	}
	return false
}
