package engine

import (
	"testing"

	"tocsin/engine/event"
)

func TestSwitches(t *testing.T) {
	key := func(kind, name string, v Toggle) Scoped[Toggle] {
		s := Setting[Toggle]{v, kind + ":" + name}
		switch kind {
		case "type":
			return Scoped[Toggle]{Types: map[string]Setting[Toggle]{name: s}}
		case "group":
			return Scoped[Toggle]{Groups: map[string]Setting[Toggle]{name: s}}
		}
		return Scoped[Toggle]{Severities: [3]*Setting[Toggle]{&s, nil, nil}}
	}
	both := func(a, b Scoped[Toggle]) Scoped[Toggle] {
		a.Groups = b.Groups
		return a
	}
	none := Scoped[Toggle]{}
	for _, c := range []struct {
		name            string
		enabled         bool // in the catalogue
		master, channel Scoped[Toggle]
		want            Toggle
		reason          Reason
	}{
		{"nothing said, on in the catalogue", true, none, none, On, ""},
		{"nothing said, off in the catalogue", false, none, none, Off, ReasonCatalogue},
		{"master off is final", true, key("type", "vm_stop", Off), key("type", "vm_stop", On), Off, ReasonToggle},
		{"a type beats its group", true, both(key("type", "vm_stop", On), key("group", "vm_ct", Off)), none, On, ""},
		{"master group off", true, key("group", "vm_ct", Off), none, Off, ReasonToggle},
		{"master severity off", true, key("severity", "", Off), none, Off, ReasonToggle},
		{"a group key turns on nothing that is off", false, key("group", "vm_ct", On), none, Off, ReasonCatalogue},
		{"a severity key neither", false, none, key("severity", "", On), Off, ReasonCatalogue},
		{"its own key does", false, key("type", "vm_stop", On), none, On, ""},
		{"also in one channel alone", false, none, key("type", "vm_stop", On), On, ""},
		{"turned on by type, agreed to by the channel's group", false, key("type", "vm_stop", On), key("group", "vm_ct", On), On, ""},
		{"turned on by type, off in the channel", false, key("type", "vm_stop", On), key("group", "vm_ct", Off), Off, ReasonToggle},
		{"the channel's key decides over the master's", true, key("type", "vm_stop", On), key("type", "vm_stop", ToDigest), ToDigest, ""},
		{"the master's holds where the channel is silent", true, key("group", "vm_ct", ToLive), none, ToLive, ""},
		{"digest turns on, too", false, none, key("type", "vm_stop", ToDigest), ToDigest, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := testPolicy()
			p.Toggles, p.Channels[0].Toggles = c.master, c.channel
			typ := p.Types["vm_stop"]
			typ.Enabled = c.enabled
			e := &event.Event{Type: "vm_stop", Group: "vm_ct"}
			v := p.switches(e, typ, p.Channels[0])
			if v.Toggle != c.want || v.Reason != c.reason {
				t.Errorf("got %v %q, want %v %q", v.Toggle, v.Reason, c.want, c.reason)
			}
			if v.Place == "" {
				t.Error("no place is named")
			}
			if on := p.enabled(e, typ).Toggle != Off; !on && c.want != Off {
				t.Error("the stage before stops an event that this channel takes")
			}
		})
	}
}

// TestTheEndOfWhatIsOff: who does not hear of a trouble does not hear that it is over.
func TestTheEndOfWhatIsOff(t *testing.T) {
	over := func(trouble, severity string) *event.Event {
		return &event.Event{Type: "all_well", Data: map[string]any{Ends: trouble, WasSeverity: severity}}
	}
	p := testPolicy()
	well := &Type{Name: "all_well", Enabled: true, Resolves: []string{"vm_stop", "auth_fail"}, Place: "here"}
	p.Types["all_well"] = well
	p.Types["vm_stop"].Enabled = false
	phone := p.Channels[0]
	check := func(what string, e *event.Event, want Toggle) {
		t.Helper()
		if got := p.switches(e, well, phone); got.Toggle != want {
			t.Errorf("%s: %v on the channel, want %v", what, got.Toggle, want)
		}
		if got := p.enabled(e, well); (got.Toggle != Off) != (want != Off) {
			t.Errorf("%s: %v anywhere, want %v", what, got.Toggle, want)
		}
	}
	check("a type that is on", over("auth_fail", ""), On)
	check("a type that is off", over("vm_stop", ""), Off)
	check("a type that it does not resolve", over("oom_kill", ""), On)
	check("no type", over("", ""), On)
	phone.Toggles = Scoped[Toggle]{Types: map[string]Setting[Toggle]{"vm_stop": {On, "there"}}}
	check("one that the channel has on", over("vm_stop", ""), On)
	phone.Toggles = Scoped[Toggle]{}
	p.Toggles = Scoped[Toggle]{Severities: [3]*Setting[Toggle]{nil, {Off, "warnings"}, nil}}
	check("one that was a warning, with warnings off", over("auth_fail", "WARNING"), Off)
	check("one that was critical, with warnings off", over("auth_fail", "CRITICAL"), On)
}
