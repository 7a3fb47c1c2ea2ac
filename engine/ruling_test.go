package engine

import (
	"errors"
	"testing"
	"time"

	"tocsin/engine/event"
)

// types is a condition on a list of event types and groups.
func types(names ...string) Condition {
	c := Condition{Events: Selector{Types: map[string]bool{}}}
	for _, n := range names {
		c.Events.Types[n] = true
	}
	return c
}

// ruled returns the test policy with rules, which are named by their letters.
func ruled(rules ...*Rule) *Policy {
	p := testPolicy()
	for i, r := range rules {
		r.Name, r.Place = string(rune('a'+i)), "rules.hcl:"+string(rune('1'+i))
	}
	p.Rules = rules
	return p
}

func severity(s event.Severity) *event.Severity { return &s }

func text(s string) func(*event.Event) (string, error) {
	return func(*event.Event) (string, error) { return s, nil }
}

func TestRulesNameChannels(t *testing.T) {
	s := newStory(t, ruled(
		&Rule{Condition: types("vm_stop", "disk_space_low"), Channels: []string{"mail"}},
		&Rule{Condition: types("auth_fail"), Channels: []string{"mail"}},
		&Rule{Condition: types("auth_fail"), Channels: []string{"phone", "gone"}},
	))
	s.event(0, "disk_space_low", "info", "mount=/") // below what mail takes by itself
	s.event(time.Minute, "auth_fail", "")
	s.want(
		"0s mail disk_space_low INFO", "0s - rules rule", "0s - channel routed_elsewhere phone",
		"1m0s phone auth_fail WARNING", "1m0s mail auth_fail WARNING", "1m0s - rules rule", "1m0s - rules rule", "1m0s - channel channel_off gone",
	)
}

func TestARuleSeesWhatTheOnesBeforeItMade(t *testing.T) {
	critical := has{Attr: "severity", Value: "CRITICAL"}
	owned := has{Attr: "data.owner", Value: "ops"}
	s := newStory(t, ruled(
		&Rule{Condition: types("disk_space_low"), Severity: severity(event.Critical), Data: []Datum{{Name: "owner", Type: event.String, Text: text("ops")}}},
		&Rule{Condition: Condition{When: allOf{critical, owned}, Keys: []Key{Key(critical)}}, Channels: []string{"mail"}, Stop: true},
		&Rule{Drop: true},
	))
	s.event(0, "disk_space_low", "", "mount=/")
	s.event(0, "auth_fail", "")
	s.want(
		"0s mail disk_space_low CRITICAL", "0s - rules rule", "0s - rules rule", "0s - channel routed_elsewhere phone",
		"0s - rules dropped",
	)
}

func TestARuleThatFailsCountsAsFalse(t *testing.T) {
	s := newStory(t, ruled(
		&Rule{Condition: Condition{When: failing{}}, Drop: true},
		&Rule{Data: []Datum{{Name: "owner", Text: func(*event.Event) (string, error) { return "", errors.New("no owner") }}}, Channels: []string{"phone"}},
	))
	s.event(0, "disk_space_low", "", "mount=/")
	s.want(
		"0s phone disk_space_low WARNING", "0s - rules condition_failed", "0s - rules template_failed", "0s - rules rule",
		"0s - channel routed_elsewhere mail",
	)
}

type failing struct{}

func (failing) Match(*event.Event) (bool, error) { return false, errors.New("cannot be worked out") }

func TestRulesChooseCooldownAndFingerprint(t *testing.T) {
	hour := time.Hour
	s := newStory(t, ruled(&Rule{Condition: types("disk_space_low"), Cooldown: &hour, Fingerprint: []string{"pool"}, Channels: []string{"phone"}}))
	s.event(0, "disk_space_low", "", "mount=/a", "pool=tank")
	s.event(30*time.Minute, "disk_space_low", "", "mount=/b", "pool=tank")
	s.event(59*time.Minute, "disk_space_low", "", "mount=/b", "pool=rpool")
	s.lines = filter(s.lines, "rules", "channel")
	s.want("0s phone disk_space_low WARNING", "30m0s - cooldown cooling_down", "59m0s phone disk_space_low WARNING")
}

func TestResolvingEndsTheCooldownThatARuleMade(t *testing.T) {
	s := newStory(t, ruled(&Rule{Condition: types("disk_space_low"), Fingerprint: []string{"pool"}}))
	s.event(0, "disk_space_low", "", "mount=/a", "pool=tank")
	s.event(time.Minute, "disk_space_ok", "", "mount=/a")
	s.lines = nil
	s.event(2*time.Minute, "disk_space_low", "", "mount=/a", "pool=tank")
	s.lines = filter(s.lines, "rules")
	s.want("2m0s phone disk_space_low WARNING", "2m0s mail disk_space_low WARNING")
}
