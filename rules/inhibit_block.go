package rules

import (
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/rules/condition"
)

// inhibitKind is the kind of block that tells one cause in place of its effects.
const inhibitKind = "inhibit"

// defaultWithin is how long a cause keeps its effects back that nothing resolves.
const defaultWithin = 24 * time.Hour

// decodeInhibit decodes an inhibition.
//
//	inhibit "guests of a lost node" {
//	  cause  = "event.type == 'node_disconnect'"
//	  effect = "event.group == 'vm_ct' and event.guest.node == cause.data.node"
//	  within = "12h"                 # at most; its resolution ends it sooner
//	}
func (l *loading) decodeInhibit(b *block) {
	if !l.checkTitle(b) {
		return
	}
	r := l.read(b)
	r.require("cause", "effect")
	inh := &engine.Inhibition{Name: b.name(), Place: place(b.head), Within: defaultWithin, EffectPlace: b.place("effect")}
	on := r.enabled()
	inh.Cause.WhenPlace = b.place("cause")
	cause := r.condition("cause", condition.Subject{})
	if cause != nil {
		inh.Cause.When, inh.Cause.Keys = cause, cause.Keys()
		r.lintCondition("cause", cause, &engine.Selector{})
		l.lintCause(r, cause)
	}
	effect := r.condition("effect", condition.Subject{Cause: true})
	if effect != nil {
		inh.Effect, inh.EffectKeys = effect, effect.Keys()
		r.lintCondition("effect", effect, &engine.Selector{})
	}
	r.span("within", &inh.Within, time.Minute, 31*day)
	r.done()
	if on && cause != nil && effect != nil {
		l.config.Policy.Inhibitions = append(l.config.Policy.Inhibitions, inh)
	}
}

// lintCause warns about a cause that nothing resolves: it holds its effects back
// for as long as it may.
func (l *loading) lintCause(r *reader, cause *condition.Condition) {
	types := typesOf(cause.Keys())
	if len(types) == 0 {
		return
	}
	for _, name := range types {
		if l.resolved[name] {
			return
		}
	}
	l.warn(finding{
		code: CodeUnresolved, at: r.argument("cause").valueRange(), in: r.block.in(), summary: "nothing resolves this cause",
		detail: fmt.Sprintf("No event says resolves = [%q], so the effects are kept back for all of within.", types[0]),
	})
}

// typesOf returns the event types that keys name, if they name nothing else.
func typesOf(keys []engine.Key) []string {
	var types []string
	for _, k := range keys {
		name, _ := k.Value.(string)
		if k.Attr != "type" || k.Prefix {
			return nil
		}
		types = append(types, name)
	}
	return types
}
