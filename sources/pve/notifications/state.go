package notifications

import (
	"fmt"
	"slices"
	"strings"
)

// State is how far a host posts to tocsin.
type State struct {
	Registered bool     `json:"registered"` // target, private section and matcher are there and switched on
	URL        string   `json:"url,omitempty"`
	Secret     bool     `json:"secret"`   // the shared secret is sent along
	Routes     []string `json:"routes"`   // matchers that send to the target
	Troubles   []string `json:"troubles"` // what keeps it from working, each a sentence with its remedy
}

// State tells how far the files are those of a registered tocsin.
func (f Files) State() State {
	st := State{Routes: []string{}, Troubles: []string{}}
	trouble := func(format string, args ...any) { st.Troubles = append(st.Troubles, fmt.Sprintf(format, args...)) }
	targets := f.Public.find(TargetID)
	for i := range f.Public.Sections {
		if s := &f.Public.Sections[i]; s.routes() {
			st.Routes = append(st.Routes, s.ID)
		}
	}
	if len(targets) == 0 {
		return st
	}
	target := targets[len(targets)-1]
	if target.Type != "webhook" {
		trouble("%s:%d: a section of type %s has the name %s: rename it", Public, target.Line, target.Type, TargetID)
		return st
	}
	st.URL = strings.Join(target.Values("url"), "")
	st.Secret = slices.ContainsFunc(target.Values("header"), func(h string) bool {
		members, _ := parsePair(h)
		return strings.EqualFold(members["name"], "X-Webhook-Secret")
	})
	if target.isDisabled() {
		trouble("%s:%d: the target is switched off (disable): tocsin pve setup switches it on", Public, target.Line)
	}
	private := f.Private.find(TargetID)
	switch {
	case len(private) == 0:
		trouble("%s has no section for the target, without which Proxmox VE does not use it: tocsin pve setup adds it", Private)
	case st.Secret && private[len(private)-1].Values("secret") == nil:
		trouble("%s:%d: the shared secret is missing: run tocsin pve setup --secret", Private, private[len(private)-1].Line)
	}
	if len(targets) > 1 {
		trouble("%s:%d: the target stands there %d times, the last counts: tocsin pve setup keeps one", Public, targets[0].Line, len(targets))
	}
	if len(st.Routes) == 0 {
		trouble("no matcher sends to the target: tocsin pve setup adds one")
	}
	st.Registered = len(st.Routes) > 0 && len(private) > 0 && !target.isDisabled()
	return st
}
