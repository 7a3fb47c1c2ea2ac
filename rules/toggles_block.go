package rules

import (
	"github.com/zclconf/go-cty/cty"

	"tocsin/engine"
)

// togglesKind is the kind of block that switches events on and off.
const togglesKind = "toggles"

// decodeToggles decodes the master switches.
//
//	toggles {
//	  updates    = false    # a group
//	  pve_update = true     # an event beats its group
//	  info       = "digest" # a severity
//	}
func (l *loading) decodeToggles(b *block) {
	toggles, kept := decodeScoped(l, b, (*reader).toggle)
	l.config.Policy.Toggles = toggles
	l.toggles = append(l.toggles, kept)
}

// toggle reads one switch: true, false, "digest" or "live".
func (r *reader) toggle(a *argument) (engine.Toggle, bool) {
	v, ok := r.value(a)
	if !ok {
		return engine.Unset, false
	}
	switch {
	case v.Type() == cty.Bool && v.True():
		return engine.On, true
	case v.Type() == cty.Bool:
		return engine.Off, true
	case v.Type() == cty.String && v.AsString() == "digest":
		return engine.ToDigest, true
	case v.Type() == cty.String && v.AsString() == "live":
		return engine.ToLive, true
	}
	r.wrongType(a, a.valueRange(), "a switch", `true, false, "digest" or "live"`)
	return engine.Unset, false
}
