package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// start is the wall clock at the beginning of every story.
var start = time.Date(2026, 3, 14, 1, 0, 0, 0, time.UTC)

// testPolicy is a small catalogue with two channels: phone takes everything,
// mail only what is WARNING or worse.
func testPolicy() *Policy {
	burst := &Burst{Name: "burst_auth_fail", Threshold: 3, Window: 2 * time.Minute, By: []string{}, Samples: 2, Place: "bursts.hcl:1"}
	types := map[string]*Type{
		"auth_fail":      {Group: "security", Severity: event.Warning, Enabled: true, Fingerprint: []string{"source_ip"}, Burst: burst},
		"disk_space_low": {Group: "storage", Severity: event.Warning, Enabled: true, Fingerprint: []string{"host", "mount"}, Fields: map[string]event.FieldType{"used": event.Size}},
		"disk_space_ok":  {Group: "storage", Severity: event.Info, Enabled: true, Fingerprint: []string{"host", "mount"}, Resolves: []string{"disk_space_low"}},
		"vm_stop":        {Group: "vm_ct", Severity: event.Info, Enabled: false, Fingerprint: []string{"vmid"}},
		"channel_failing": {
			Group: "health", Severity: event.Warning, Enabled: true, Fingerprint: []string{"channel"},
		},
		"channel_recovered": {Group: "health", Severity: event.Info, Enabled: true, Fingerprint: []string{"channel"}, Resolves: []string{"channel_failing"}},
	}
	for name, t := range types {
		t.Name, t.Place = name, "catalogue.hcl:"+name
	}
	p := &Policy{
		Enabled: true, Host: "home-lab", Types: types,
		Generic:  &Type{Name: "custom", Group: "other", Enabled: true, Place: "catalogue.hcl:custom"},
		Dedup:    Setting[time.Duration]{10 * time.Second, "tocsin.hcl:2"},
		Cooldown: Scoped[time.Duration]{Severities: [3]*Setting[time.Duration]{{15 * time.Minute, "tocsin.hcl:7"}, {5 * time.Minute, "tocsin.hcl:6"}, {time.Minute, "tocsin.hcl:5"}}},
		Channels: []*Channel{
			{Name: "phone", Kind: "telegram", Place: "tocsin.hcl:20"},
			{Name: "mail", Kind: "email", When: atLeast(event.Warning), Place: "tocsin.hcl:30", WhenPlace: "tocsin.hcl:31"},
		},
	}
	p.Index()
	return p
}

// atLeast matches events of a severity or a higher one.
type atLeast event.Severity

func (a atLeast) Match(e *event.Event) (bool, error) { return e.Severity >= event.Severity(a), nil }

// story feeds inputs to the judge and writes down what follows, one line each:
// the offset, then "channel type SEVERITY" for a send, "- stage reason" for an
// event that stops, waits or is merged.
type story struct {
	t      *testing.T
	policy *Policy
	state  *State
	lines  []string
	nth    int
}

func newStory(t *testing.T, p *Policy) *story {
	t.Helper()
	p.Index()
	st, err := NewState(p, Saved{}, start)
	if err != nil {
		t.Fatal(err)
	}
	return &story{t: t, policy: p, state: st}
}

func (s *story) step(at time.Duration, in Input) Effects {
	s.t.Helper()
	var fx Effects
	s.policy.Step(s.state, start.Add(at), in, &fx)
	s.record(at, &fx)
	s.state.Commit()
	return fx
}

func (s *story) record(at time.Duration, fx *Effects) {
	for _, send := range fx.Sends {
		n := send.Notification
		line := fmt.Sprintf("%v %s %s %s", at, send.Channel, n.Event.Type, n.Event.Severity)
		if n.Burst != nil {
			line += fmt.Sprintf(" count=%d", n.Burst.Count)
		}
		if n.Open > 0 {
			line += fmt.Sprint(" open=", n.Open)
		}
		if n.Resolved {
			line += " resolved"
		}
		s.lines = append(s.lines, line)
	}
	for _, g := range fx.Gathers {
		line := fmt.Sprintf("%v %s tells %s", at, g.Channel, g.Buffer)
		if g.Late {
			line += " late"
		}
		if g.Early {
			line += " early"
		}
		s.lines = append(s.lines, line)
	}
	for _, d := range fx.Decisions {
		s.lines = append(s.lines, strings.TrimRight(fmt.Sprintf("%v - %s %s %s", at, d.Stage, d.Reason, d.Channel), " "))
	}
}

// event raises one event at an offset; data is "key=value" words.
func (s *story) event(at time.Duration, typ, severity string, data ...string) Effects {
	s.t.Helper()
	s.nth++
	in := &event.Incoming{ID: fmt.Sprintf("event-%d", s.nth), Type: typ, Severity: severity, Host: "pve1", Data: map[string]any{}}
	for _, word := range data {
		k, v, _ := strings.Cut(word, "=")
		in.Data[k] = v
	}
	return s.step(at, Arrived{in})
}

func (s *story) want(lines ...string) {
	s.t.Helper()
	if diff := cmp.Diff(lines, s.lines); diff != "" {
		s.t.Errorf("story differs (-want +got):\n%s", diff)
	}
}

func TestDedupCountsFromTheFirst(t *testing.T) {
	p := testPolicy()
	p.Cooldown = Scoped[time.Duration]{}
	s := newStory(t, p)
	for _, at := range []time.Duration{0, 4 * time.Second, 9 * time.Second, 10 * time.Second} {
		s.event(at, "disk_space_low", "", "mount=/")
	}
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"4s - dedup duplicate", "9s - dedup duplicate",
		"10s phone disk_space_low WARNING", "10s mail disk_space_low WARNING",
	)
}

func TestCooldownEndsAndIsBrokenByEscalation(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "disk_space_low", "warning", "mount=/")
	s.event(time.Minute, "disk_space_low", "warning", "mount=/")
	s.event(time.Minute, "disk_space_low", "warning", "mount=/srv")
	s.event(2*time.Minute, "disk_space_low", "critical", "mount=/")
	s.event(150*time.Second, "disk_space_low", "critical", "mount=/")
	s.event(3*time.Minute, "disk_space_low", "critical", "mount=/")
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"1m0s - cooldown cooling_down",
		"1m0s phone disk_space_low WARNING", "1m0s mail disk_space_low WARNING",
		"2m0s phone disk_space_low CRITICAL", "2m0s mail disk_space_low CRITICAL", "2m0s - cooldown escalated",
		"2m30s - cooldown cooling_down",
		"3m0s phone disk_space_low CRITICAL", "3m0s mail disk_space_low CRITICAL",
	)
}

func TestEscalationInsideTheDedupWindow(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "disk_space_low", "warning", "mount=/")
	s.event(time.Second, "disk_space_low", "critical", "mount=/")
	s.event(2*time.Second, "disk_space_low", "warning", "mount=/")
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"1s phone disk_space_low CRITICAL", "1s mail disk_space_low CRITICAL", "1s - cooldown escalated",
		"2s - dedup duplicate",
	)
}

func TestResolvingEventEndsTheCooldown(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "disk_space_low", "", "mount=/")
	fx := s.event(time.Minute, "disk_space_ok", "", "mount=/")
	if len(fx.Cleared) != 1 {
		t.Errorf("cleared %d fingerprints, want 1", len(fx.Cleared))
	}
	s.event(2*time.Minute, "disk_space_low", "", "mount=/")
	s.want(
		"0s phone disk_space_low WARNING", "0s mail disk_space_low WARNING",
		"1m0s phone disk_space_ok INFO resolved", "1m0s mail disk_space_ok INFO resolved", "1m0s - open resolves",
		"2m0s phone disk_space_low WARNING", "2m0s mail disk_space_low WARNING",
	)
}

// A batch must say one thing about a fingerprint, as the store keeps it in the
// order that may tell something twice.
func TestTroubleThatComesBackInTheSameBatchIsStamped(t *testing.T) {
	s := newStory(t, onlyPhone())
	var fx Effects
	for i, typ := range []string{"disk_space_low", "disk_space_ok", "disk_space_low"} {
		in := &event.Incoming{ID: fmt.Sprint(i), Type: typ, Host: "pve1", Data: map[string]any{"mount": "/"}}
		s.policy.Step(s.state, start, Arrived{in}, &fx)
	}
	if len(fx.Stamps) != 3 || len(fx.Cleared) != 0 {
		t.Errorf("%d stamps and %d cleared, want 3 and none", len(fx.Stamps), len(fx.Cleared))
	}
}

// What a flood is refused for is one row with a count, whatever decides.
func TestDecisionsAboutTheSameThingFold(t *testing.T) {
	p := testPolicy()
	p.Channels[0].Toggles.Groups = map[string]Setting[Toggle]{"storage": {Off, "tocsin.hcl:22"}}
	p.Types["disk_space_low"].Severity = event.Info
	s := newStory(t, p)
	for _, typ := range []string{"disk_space_low", "nobody_knows"} {
		prints := map[event.Fingerprint]bool{}
		for range 3 {
			for _, d := range s.event(0, typ, "info", "mount=/", "used=a lot").Decisions {
				prints[d.Fingerprint] = true
			}
		}
		if len(prints) != 1 || prints[event.Fingerprint{}] {
			t.Errorf("decisions about %s have %d fingerprints, want one", typ, len(prints))
		}
	}
}

func TestAnEventThatNoChannelTakesStampsNothing(t *testing.T) {
	p := testPolicy()
	p.Channels = p.Channels[1:]
	s := newStory(t, p)
	fx := s.event(0, "disk_space_ok", "", "mount=/")
	if len(fx.Stamps) != 0 {
		t.Errorf("stamped %d fingerprints, want none", len(fx.Stamps))
	}
	s.want("0s - channel condition_false mail", "0s - channel no_channel")
}

func TestNotificationsOff(t *testing.T) {
	p := testPolicy()
	p.Enabled = false
	s := newStory(t, p)
	s.event(0, "disk_space_low", "")
	s.want("0s - enabled notifications_off")
}

func TestUnknownTypeIsTold(t *testing.T) {
	s := newStory(t, testPolicy())
	s.event(0, "quantum_flux", "error")
	s.want("0s phone quantum_flux CRITICAL", "0s mail quantum_flux CRITICAL", "0s - admit unknown_type")
}

func TestAFailingChannelIsToldOnceOverTheOthers(t *testing.T) {
	s := newStory(t, testPolicy())
	down := &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no answer", Do: "look at the network"}
	var raised []event.Incoming
	for i := range 12 {
		fx := s.step(time.Duration(i)*time.Minute, Settled{Channel: "mail", Err: down})
		raised = append(raised, fx.Raised...)
	}
	fx := s.step(time.Hour, Settled{Channel: "mail"})
	raised = append(raised, fx.Raised...)
	fx = s.step(2*time.Hour, Settled{Channel: "mail"})
	raised = append(raised, fx.Raised...)
	if len(raised) != 2 || raised[0].Type != "channel_failing" || raised[1].Type != "channel_recovered" {
		t.Fatalf("raised %+v, want one channel_failing and one channel_recovered", raised)
	}
	s.lines = nil
	s.step(3*time.Hour, Arrived{&raised[0]})
	s.want("3h0m0s phone channel_failing WARNING", "3h0m0s - channel own_channel mail")
}

func TestOneOddMessageSaysNothingAboutItsChannel(t *testing.T) {
	s := newStory(t, testPolicy())
	for range 20 {
		if fx := s.step(0, Settled{Channel: "mail", Err: &event.SendError{Class: event.Unfit}}); len(fx.Raised) > 0 {
			t.Fatal("a refused message made its channel a failing one")
		}
	}
}
