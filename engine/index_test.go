package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// has is a condition for tests: an attribute has a value, or begins with one.
type has Key

func (h has) Match(e *event.Event) (bool, error) {
	v := attribute(e, h.Attr)
	text, ok := v.(string)
	prefix, _ := h.Value.(string)
	if h.Prefix {
		return ok && len(text) >= len(prefix) && text[:len(prefix)] == prefix, nil
	}
	return v == h.Value, nil
}

// anyOf and allOf join conditions, as or and and do.
type (
	anyOf []Matcher
	allOf []Matcher
)

func (a anyOf) Match(e *event.Event) (bool, error) {
	for _, m := range a {
		if ok, _ := m.Match(e); ok {
			return true, nil
		}
	}
	return false, nil
}

func (a allOf) Match(e *event.Event) (bool, error) {
	for _, m := range a {
		if ok, _ := m.Match(e); !ok {
			return false, nil
		}
	}
	return true, nil
}

// randomKey makes a key that some events of randomEvent have.
func randomKey(r *rand.Rand) Key {
	switch r.IntN(6) {
	case 0:
		return Key{Attr: "type", Value: fmt.Sprint("type_", r.IntN(30))}
	case 1:
		return Key{Attr: "type", Value: fmt.Sprint("type_", r.IntN(4)), Prefix: true}
	case 2:
		return Key{Attr: "group", Value: fmt.Sprint("group_", r.IntN(4))}
	case 3:
		return Key{Attr: "severity", Value: event.Severities()[r.IntN(3)].String()}
	case 4:
		return Key{Attr: "data.vmid", Value: float64(r.IntN(20))}
	}
	return Key{Attr: "guest.node", Value: fmt.Sprint("pve", r.IntN(3))}
}

// randomCondition makes a condition with the keys that it pins down.
func randomCondition(r *rand.Rand) Condition {
	c := Condition{Events: randomSelector(r)}
	switch r.IntN(5) {
	case 0: // nothing
	case 1:
		k := randomKey(r)
		c.When, c.Keys = has(k), []Key{k}
	case 2:
		a, b := randomKey(r), randomKey(r)
		c.When, c.Keys = anyOf{has(a), has(b)}, []Key{a, b}
	case 3:
		a, b := randomKey(r), randomKey(r)
		c.When, c.Keys = allOf{has(a), has(b)}, []Key{a}
	case 4:
		c.When = has(randomKey(r)) // nobody worked out its keys
	}
	return c
}

func randomSelector(r *rand.Rand) Selector {
	switch r.IntN(5) {
	case 0:
		return Selector{Types: map[string]bool{fmt.Sprint("type_", r.IntN(30)): true, fmt.Sprint("type_", r.IntN(30)): true}}
	case 1:
		return Selector{Groups: map[string]bool{fmt.Sprint("group_", r.IntN(4)): true}}
	case 2:
		return Selector{Globs: []string{fmt.Sprint("type_", r.IntN(3), "*"), "*_7"}}
	}
	return Selector{}
}

func randomRule(r *rand.Rand, n int) *Rule {
	rule := &Rule{Name: fmt.Sprint("rule ", n), Place: fmt.Sprint("rules.hcl:", n), Condition: randomCondition(r)}
	switch r.IntN(8) {
	case 0:
		s := event.Severities()[r.IntN(3)]
		rule.Severity = &s
	case 1:
		value := fmt.Sprint(r.IntN(20))
		rule.Data = []Datum{{Name: "vmid", Type: event.Number, Text: func(*event.Event) (string, error) { return value, nil }}}
	case 2:
		rule.Stop = true
	case 3:
		rule.Drop = r.IntN(3) == 0
	case 4:
		d := time.Duration(r.IntN(60)) * time.Minute
		rule.Cooldown = &d
	case 5:
		rule.Fingerprint = []string{"vmid"}
	default:
		rule.Channels = []string{[]string{"phone", "mail"}[r.IntN(2)]}
	}
	if r.IntN(6) == 0 {
		*rule = Rule{Name: rule.Name, Place: rule.Place, Condition: rule.Condition, After: time.Minute}
	}
	return rule
}

func randomPolicy(r *rand.Rand) *Policy {
	p := testPolicy()
	for i := range 30 {
		name := fmt.Sprint("type_", i)
		p.Types[name] = &Type{Name: name, Group: fmt.Sprint("group_", i%4), Severity: event.Severities()[i%3], Enabled: true, Fingerprint: []string{"vmid"}, Place: "catalogue.hcl:1"}
	}
	p.Types["all_clear"] = &Type{Name: "all_clear", Enabled: true, Fingerprint: []string{"vmid"}, Resolves: []string{"type_1", "type_2", "type_7"}}
	for n := range 1 + r.IntN(40) {
		p.Rules = append(p.Rules, randomRule(r, n))
	}
	for n := range r.IntN(4) {
		p.Silences = append(p.Silences, &Silence{Name: fmt.Sprint("silence ", n), Place: "silences.hcl:1", Condition: randomCondition(r), Until: start.Add(time.Duration(r.IntN(10)) * time.Minute)})
	}
	for n := range r.IntN(4) {
		k := randomKey(r)
		p.Inhibitions = append(p.Inhibitions, &Inhibition{
			Name: fmt.Sprint("inhibit ", n), Place: "inhibit.hcl:1", Cause: randomCondition(r), Within: time.Duration(1+r.IntN(10)) * time.Minute,
			Effect: sameNode{has(k)}, EffectKeys: []Key{k},
		})
	}
	return p
}

// sameNode is an effect on the node of its cause.
type sameNode struct{ Matcher }

func (s sameNode) MatchCause(e, cause *event.Event) (bool, error) {
	ok, err := s.Match(e)
	return ok && e.Guest != nil && cause.Guest != nil && e.Guest.Node == cause.Guest.Node, err
}

func randomEvent(r *rand.Rand, n int) *event.Incoming {
	in := &event.Incoming{ID: fmt.Sprint("event-", n), Type: fmt.Sprint("type_", r.IntN(40)), Data: map[string]any{}}
	switch r.IntN(8) {
	case 0:
		in.Type = "all_clear"
	case 1:
		in.Severity = event.Severities()[r.IntN(3)].String()
	}
	if r.IntN(3) > 0 {
		in.Data["vmid"] = float64(r.IntN(20))
	}
	if r.IntN(2) == 0 {
		in.Guest = &event.Guest{ID: "101", Node: fmt.Sprint("pve", r.IntN(3))}
	}
	return in
}

// TestIndexedAndUnindexedAgree judges the same events with rules, silences and
// inhibitions that are looked up and with those that are tried one by one.
func TestIndexedAndUnindexedAgree(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := randomPolicy(r)
		p.Index()
		plain := *p
		plain.acting.index, plain.reminding.index = nil, nil
		plain.silences.index, plain.causes.index, plain.effects.index = nil, nil, nil
		a, b := newStory(t, p), newStory(t, &plain)
		plain.acting.index, plain.reminding.index = nil, nil
		plain.silences.index, plain.causes.index, plain.effects.index = nil, nil, nil
		at := time.Duration(0)
		for n := range 60 {
			at += time.Duration(r.IntN(90)) * time.Second
			in := randomEvent(r, n)
			again := *in
			x, y := a.step(at, Arrived{in}), b.step(at, Arrived{&again})
			if diff := cmp.Diff(asText(t, &x), asText(t, &y)); diff != "" {
				t.Fatalf("seed %d, event %d differs (-indexed +unindexed):\n%s", seed, n, diff)
			}
		}
	}
}

// asText is everything that effects say, as JSON.
func asText(t *testing.T, fx *Effects) string {
	t.Helper()
	var decisions []event.Decision
	for i := range fx.Decisions {
		decisions = append(decisions, fx.Decisions[i].Record())
	}
	for i := range fx.Stamps {
		fx.Stamps[i].Count = 0 // stamps that ended, and what they counted, are forgotten at random
	}
	text, err := json.MarshalIndent([]any{fx.Sends, fx.Stamps, fx.Holds, fx.Gathers, fx.Ended, fx.Causes, fx.Uncaused, decisions}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFindGivesEachPositionOnceInOrder(t *testing.T) {
	x := newIndex([][][]Key{
		{nil, nil},
		{{{Attr: "type", Value: "a"}, {Attr: "type", Value: "a"}}},
		{{{Attr: "type", Value: "b"}, {Attr: "group", Value: "g"}}},
		{{{Attr: "type", Value: "", Prefix: true}}},
		{{}}, // can never match
		{nil, {{Attr: "data.size", Value: 2048.0}}},
		{{{Attr: "type", Value: "a"}}, {{Attr: "group", Value: "h"}}},
	})
	for _, c := range []struct {
		e    event.Event
		want []int32
	}{
		{event.Event{Type: "a"}, []int32{0, 1, 3, 6}},
		{event.Event{Type: "b", Group: "g"}, []int32{0, 2, 3}},
		{event.Event{Type: "c", Data: map[string]any{"size": event.Bytes(2048)}}, []int32{0, 3, 5}},
		{event.Event{Type: "c", Data: map[string]any{"size": []any{"hostile"}}}, []int32{0, 3}},
	} {
		got := x.find(&c.e, nil)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v: %s", c.e, diff)
		}
	}
}
