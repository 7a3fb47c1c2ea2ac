package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// filter takes away the decisions of some stages.
func filter(lines []string, stages ...string) []string {
	return slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(stages, func(stage string) bool { return strings.Contains(line, " - "+stage+" ") })
	})
}

// raise is event with another host.
func (s *story) raise(at time.Duration, typ, host, node string, data ...string) Effects {
	s.t.Helper()
	s.nth++
	in := &event.Incoming{ID: "on-" + host + "-" + typ, Type: typ, Host: host, Cluster: "farm", Data: map[string]any{}}
	if node != "" {
		in.Guest = &event.Guest{ID: "101", Node: node}
	}
	for _, word := range data {
		k, v, _ := strings.Cut(word, "=")
		in.Data[k] = v
	}
	return s.step(at, Arrived{in})
}

func TestAResolverGoesWhereTheTroubleWent(t *testing.T) {
	p := testPolicy()
	p.Channels[0].When, p.Channels[0].WhenPlace = has{Attr: "severity", Value: "CRITICAL"}, "tocsin.hcl:21"
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/") // mail alone takes warnings
	s.event(time.Minute, "disk_space_ok", "", "mount=/")
	s.event(20*time.Minute, "disk_space_ok", "", "mount=/") // nothing is open any more
	s.want(
		"0s mail disk_space_low WARNING", "0s - channel condition_false phone",
		"1m0s mail disk_space_ok INFO resolved", "1m0s - open resolves", "1m0s - channel condition_false phone",
		"20m0s - channel condition_false phone", "20m0s - channel condition_false mail", "20m0s - channel no_channel",
	)
}

func TestTroubleAndResolverShareAKey(t *testing.T) {
	s := newStory(t, testPolicy())
	low := s.event(0, "disk_space_low", "", "mount=/")
	ok := s.event(time.Minute, "disk_space_ok", "", "mount=/")
	other := s.event(time.Minute, "disk_space_low", "", "mount=/srv")
	if low.Sends[0].Notification.Key == "" || low.Sends[0].Notification.Key != ok.Sends[0].Notification.Key {
		t.Errorf("keys %q and %q", low.Sends[0].Notification.Key, ok.Sends[0].Notification.Key)
	}
	if other.Sends[0].Notification.Key == low.Sends[0].Notification.Key {
		t.Error("two troubles share a key")
	}
}

func TestAResolverThatIsOffStillResolves(t *testing.T) {
	p := testPolicy()
	p.Toggles.Types = map[string]Setting[Toggle]{"disk_space_ok": {Off, "tocsin.hcl:9"}}
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/")
	fx := s.event(time.Minute, "disk_space_ok", "", "mount=/")
	if len(fx.Ended) != 1 || len(fx.Cleared) != 1 || len(fx.Sends) != 0 {
		t.Errorf("ended %d, cleared %d, sent %d", len(fx.Ended), len(fx.Cleared), len(fx.Sends))
	}
}

func TestWhatNobodyResolvedIsRemindedOf(t *testing.T) {
	p := ruled(
		&Rule{Condition: types("disk_space_low"), After: 30 * time.Minute, Every: 4 * time.Hour, Channels: []string{"mail"}},
		&Rule{Condition: types("disk_space_low"), After: time.Hour},
		&Rule{Condition: types("vm_stop"), After: time.Minute}, // nothing resolves it
	)
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/")
	for at := 10 * time.Minute; at <= 9*time.Hour; at += 10 * time.Minute {
		s.step(at, Elapsed{})
	}
	s.event(9*time.Hour+time.Minute, "disk_space_ok", "", "mount=/")
	for at := 10 * time.Hour; at <= 20*time.Hour; at += time.Hour {
		s.step(at, Elapsed{})
	}
	s.lines = filter(s.lines, "open")
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"30m0s mail disk_space_low WARNING open=30m0s",
		"1h0m0s phone disk_space_low WARNING open=1h0m0s", "1h0m0s mail disk_space_low WARNING open=1h0m0s",
		"4h30m0s mail disk_space_low WARNING open=4h30m0s", "8h30m0s mail disk_space_low WARNING open=8h30m0s",
		"9h1m0s phone disk_space_ok INFO resolved", "9h1m0s mail disk_space_ok INFO resolved",
	)
}

func TestWhoWasOnlyRemindedHearsOfTheEnd(t *testing.T) {
	p := ruled(&Rule{Condition: types("disk_space_low"), After: 30 * time.Minute, Channels: []string{"mail"}})
	p.Channels[1].When = has{Attr: "severity", Value: "nothing"}
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/")
	s.step(30*time.Minute, Elapsed{})
	s.event(time.Hour, "disk_space_ok", "", "mount=/")
	s.lines = filter(s.lines, "open", "channel")
	s.want(
		"0s phone disk_space_low WARNING", "30m0s mail disk_space_low WARNING open=30m0s",
		"1h0m0s phone disk_space_ok INFO resolved", "1h0m0s mail disk_space_ok INFO resolved",
	)
}

func TestASilenceHoldsAndWhatIsStillOpenIsToldAtItsEnd(t *testing.T) {
	p := testPolicy()
	p.Silences = []*Silence{{Name: "patch sunday", Place: "silences.hcl:1", Condition: types("disk_space_low", "auth_fail"), Until: start.Add(time.Hour)}}
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/")
	s.event(time.Minute, "disk_space_low", "", "mount=/srv")
	s.event(time.Minute, "auth_fail", "") // nothing resolves it: it is gone
	s.event(2*time.Minute, "disk_space_ok", "", "mount=/srv")
	fx := s.step(time.Hour, Elapsed{})
	s.want(
		"0s - silence silenced", "1m0s - silence silenced", "1m0s - silence silenced",
		"2m0s phone disk_space_ok INFO resolved", "2m0s - open resolves", "2m0s - channel condition_false mail",
		"1h0m0s phone disk_space_low WARNING", "1h0m0s mail disk_space_low WARNING",
	)
	if len(fx.Stamps) != 1 {
		t.Errorf("%d stamps at the end of the silence, want 1", len(fx.Stamps))
	}
}

func TestASilenceIsComparedWithTheTimeOfTheEvent(t *testing.T) {
	p := testPolicy()
	p.Silences = []*Silence{{Name: "patch sunday", Place: "silences.hcl:1", Until: start.Add(time.Hour)}}
	s := newStory(t, p)
	late := &event.Incoming{ID: "late", Type: "auth_fail", Time: start.Add(30 * time.Minute)}
	s.step(2*time.Hour, Arrived{late})
	s.want("2h0m0s - silence silenced")
}

func TestASilenceTakenAwayTellsWhatIsStillOpen(t *testing.T) {
	p := testPolicy()
	p.Silences = []*Silence{{Name: "for good", Place: "silences.hcl:1"}}
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/")
	p.Silences = nil
	p.Index()
	s.step(time.Minute, Edited{})
	s.want("0s - silence silenced", "1m0s phone disk_space_low WARNING", "1m0s mail disk_space_low WARNING")
}

// lostNode is a policy in which a lost node keeps its guests quiet.
func lostNode() *Policy {
	p := testPolicy()
	p.Types["node_lost"] = &Type{Name: "node_lost", Severity: event.Critical, Enabled: true, Fingerprint: []string{"host"}}
	p.Types["node_back"] = &Type{Name: "node_back", Enabled: true, Fingerprint: []string{"host"}, Resolves: []string{"node_lost"}}
	p.Types["vm_fail"] = &Type{Name: "vm_fail", Severity: event.Warning, Enabled: true, Fingerprint: []string{"vmid"}}
	p.Types["vm_ok"] = &Type{Name: "vm_ok", Enabled: true, Fingerprint: []string{"vmid"}, Resolves: []string{"vm_fail"}}
	p.Inhibitions = []*Inhibition{{
		Name: "guests of a lost node", Place: "inhibit.hcl:1", Cause: types("node_lost"), Within: 12 * time.Hour,
		Effect: onNode{}, EffectKeys: []Key{{Attr: "type", Value: "vm_", Prefix: true}},
	}}
	p.Channels = p.Channels[:1]
	return p
}

// onNode is a guest of the node that its cause is about.
type onNode struct{}

func (onNode) MatchCause(e, cause *event.Event) (bool, error) {
	return strings.HasPrefix(e.Type, "vm_") && e.Guest != nil && e.Guest.Node == cause.Host, nil
}

func TestOneCauseOneMessage(t *testing.T) {
	s := newStory(t, lostNode())
	s.raise(0, "node_lost", "pve3", "")
	s.raise(time.Minute, "vm_fail", "pve1", "pve3", "vmid=101")
	s.raise(time.Minute, "vm_fail", "pve1", "pve2", "vmid=201")
	s.raise(2*time.Minute, "vm_fail", "pve1", "pve3", "vmid=102")
	s.raise(3*time.Minute, "vm_ok", "pve1", "", "vmid=102") // no longer open when the node is back
	s.raise(10*time.Minute, "node_back", "pve3", "")
	s.raise(20*time.Minute, "vm_fail", "pve1", "pve3", "vmid=103")
	s.want(
		"0s phone node_lost CRITICAL", "1m0s - inhibit inhibited", "1m0s phone vm_fail WARNING",
		"2m0s - inhibit inhibited", "3m0s phone vm_ok INFO resolved", "3m0s - open resolves",
		"10m0s phone node_back INFO resolved", "10m0s phone vm_fail WARNING", "10m0s - open resolves",
		"20m0s phone vm_fail WARNING",
	)
}

func TestACauseEndsByItself(t *testing.T) {
	s := newStory(t, lostNode())
	s.raise(0, "node_lost", "pve3", "")
	s.raise(time.Minute, "vm_fail", "pve1", "pve3", "vmid=101")
	s.step(12*time.Hour, Elapsed{})
	s.raise(13*time.Hour, "vm_fail", "pve1", "pve3", "vmid=102")
	s.want(
		"0s phone node_lost CRITICAL", "1m0s - inhibit inhibited", "12h0m0s phone vm_fail WARNING", "13h0m0s phone vm_fail WARNING",
	)
}

func TestASilencedCauseInhibitsAllTheSame(t *testing.T) {
	p := lostNode()
	p.Silences = []*Silence{{Name: "node", Place: "silences.hcl:1", Condition: types("node_lost"), Until: start.Add(time.Hour)}}
	s := newStory(t, p)
	s.raise(0, "node_lost", "pve3", "")
	s.raise(time.Minute, "vm_fail", "pve1", "pve3", "vmid=101")
	s.want("0s - silence silenced", "1m0s - inhibit inhibited")
}

// The end of what nobody was told of is news like any other: once is enough.
func TestTheEndOfATroubleThatWasNotToldMayBeARepeat(t *testing.T) {
	p := testPolicy()
	p.Channels[0].When, p.Channels[1].When = has{Attr: "type", Value: "disk_space_ok"}, has{Attr: "type", Value: "disk_space_ok"}
	s := newStory(t, p)
	s.event(0, "disk_space_ok", "", "mount=/")
	s.event(time.Second, "disk_space_low", "", "mount=/")
	s.event(2*time.Second, "disk_space_ok", "", "mount=/")
	s.lines = filter(s.lines, "open", "channel")
	s.want("0s phone disk_space_ok INFO", "0s mail disk_space_ok INFO", "2s - dedup duplicate")
}

func TestEachEndOfAFlappingTroubleIsTold(t *testing.T) {
	s := newStory(t, testPolicy())
	for i, typ := range []string{"disk_space_low", "disk_space_ok", "disk_space_low", "disk_space_ok"} {
		s.event(time.Duration(i)*time.Minute, typ, "", "mount=/")
	}
	s.lines = filter(s.lines, "open", "channel")
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"1m0s phone disk_space_ok INFO resolved", "1m0s mail disk_space_ok INFO resolved",
		"2m0s phone disk_space_low WARNING", "2m0s mail disk_space_low WARNING",
		"3m0s phone disk_space_ok INFO resolved", "3m0s mail disk_space_ok INFO resolved",
	)
}

func TestAnEscalationIsRemindedOf(t *testing.T) {
	s := newStory(t, ruled(&Rule{Condition: Condition{When: has{Attr: "severity", Value: "CRITICAL"}}, After: 30 * time.Minute}))
	s.event(0, "disk_space_low", "", "mount=/")
	s.event(10*time.Minute, "disk_space_low", "critical", "mount=/")
	s.lines = nil
	s.step(40*time.Minute, Elapsed{})
	s.lines = filter(s.lines, "open")
	s.want("40m0s phone disk_space_low CRITICAL open=40m0s", "40m0s mail disk_space_low CRITICAL open=40m0s")
}

func TestWhatASilenceHeldIsToldAndNotWhatCameBefore(t *testing.T) {
	p := testPolicy()
	p.Silences = []*Silence{{Name: "later", Place: "silences.hcl:1", From: start.Add(time.Hour), Until: start.Add(2 * time.Hour)}}
	s := newStory(t, p)
	s.event(0, "disk_space_low", "", "mount=/", "used=90")
	s.event(90*time.Minute, "disk_space_low", "", "mount=/", "used=99")
	fx := s.step(2*time.Hour, Elapsed{})
	if len(fx.Sends) != 2 || fx.Sends[0].Notification.Event.ID != "event-2" {
		t.Errorf("told %+v", fx.Sends)
	}
}

func TestASilenceRemovedWhileTheDaemonWasDown(t *testing.T) {
	p := testPolicy()
	p.Silences = []*Silence{{Name: "for good", Place: "silences.hcl:1"}}
	s := newStory(t, p)
	kept := &archive{now: start}
	fx := s.event(0, "disk_space_low", "", "mount=/")
	kept.keep(t, s, fx)
	p.Silences = nil
	p.Index()
	st, err := NewState(p, kept.saved(), start.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var out Effects
	p.Step(st, start.Add(time.Hour), Elapsed{}, &out)
	if len(out.Sends) != 2 {
		t.Errorf("%d messages at the next start, want 2", len(out.Sends))
	}
}

func TestAnExplanationOfTomorrowForgetsNothing(t *testing.T) {
	s := newStory(t, testPolicy())
	for i := range 20 {
		s.event(0, "disk_space_low", "", "mount="+string(rune('a'+i)))
	}
	before, _ := s.state.Size()
	s.policy.Explain(s.state, start.Add(24*time.Hour), &event.Incoming{ID: "x", Type: "disk_space_low", Data: map[string]any{"mount": "new"}})
	if after, _ := s.state.Size(); after != before {
		t.Errorf("%d fingerprints are remembered, were %d", after, before)
	}
}
