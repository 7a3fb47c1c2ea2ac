package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// onlyPhone leaves one channel, so that stories stay short.
func onlyPhone() *Policy {
	p := testPolicy()
	p.Channels = p.Channels[:1]
	p.Index()
	return p
}

// told returns the lines of a story that are messages.
func (s *story) told() []string {
	var lines []string
	for _, line := range s.lines {
		var at, channel string
		if fmt.Sscan(line, &at, &channel); channel != "-" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *story) wantTold(lines ...string) {
	s.t.Helper()
	if diff := cmp.Diff(lines, s.told()); diff != "" {
		s.t.Errorf("messages differ (-want +got):\n%s", diff)
	}
}

func TestAFloodFromOneAddressIsTwoMessages(t *testing.T) {
	s := newStory(t, onlyPhone())
	for i := range 50 {
		s.event(time.Duration(i)*time.Second, "auth_fail", "", "source_ip=203.0.113.7", fmt.Sprintf("user=u%d", i%3))
	}
	fx := s.step(2*time.Minute, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone burst_auth_fail WARNING count=50")
	n := fx.Sends[0].Notification
	want := &event.Burst{
		Count: 50, Window: event.Duration(49 * time.Second), First: start, Last: start.Add(49 * time.Second),
		Distinct: map[string][]string{"source_ip": {"203.0.113.7"}},
	}
	samples := n.Burst.Samples
	n.Burst.Samples = nil
	if diff := cmp.Diff(want, n.Burst); diff != "" {
		t.Errorf("burst differs (-want +got):\n%s", diff)
	}
	if len(samples) != 2 || samples[0].ID != "event-1" || samples[1].ID != "event-2" {
		t.Errorf("samples are %v, want the first two events", samples)
	}
	if diff := cmp.Diff(map[string]any{"source_ip": "203.0.113.7"}, n.Event.Data); diff != "" {
		t.Errorf("data that all events share differs (-want +got):\n%s", diff)
	}
	s.step(6*time.Minute, Elapsed{})
	if _, bursts := s.state.Size(); bursts != 0 {
		t.Errorf("%d bursts are open after the flood, want none", bursts)
	}
}

// TestOneOccurrence: where a rule says that what is the same is one occurrence, its
// repeats are no further events of a flood.
func TestOneOccurrence(t *testing.T) {
	tell := func(once bool) []string {
		p := onlyPhone()
		p.Rules = []*Rule{{Condition: types("auth_fail"), Fingerprint: []string{"source_ip"}, Once: once}}
		p.Index()
		s := newStory(t, p)
		for i := range 4 {
			s.event(time.Duration(i)*time.Second, "auth_fail", "", "source_ip=203.0.113.7")
		}
		s.step(5*time.Minute, Elapsed{})
		return s.told()
	}
	one := []string{"0s phone auth_fail WARNING"}
	if diff := cmp.Diff(one, tell(true)); diff != "" {
		t.Errorf("once (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append(one, "5m0s phone burst_auth_fail WARNING count=4"), tell(false)); diff != "" {
		t.Errorf("without (-want +got):\n%s", diff)
	}
}

func TestTwoEventsAreNoBurstAndNoneIsLost(t *testing.T) {
	s := newStory(t, onlyPhone())
	s.event(0, "auth_fail", "", "source_ip=203.0.113.7")
	fx := s.event(time.Second, "auth_fail", "", "source_ip=198.51.100.2")
	if len(fx.Held) != 1 {
		t.Fatalf("held %d events, want 1", len(fx.Held))
	}
	fx = s.step(2*time.Minute, Elapsed{})
	if diff := cmp.Diff([]string{"event-2"}, fx.Released); diff != "" {
		t.Errorf("released differs (-want +got):\n%s", diff)
	}
	if len(fx.Closed) != 1 {
		t.Errorf("closed %d bursts, want 1", len(fx.Closed))
	}
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone auth_fail WARNING")
}

func TestAGoingFloodIsToldAtGrowingIntervals(t *testing.T) {
	s := newStory(t, onlyPhone())
	n := 0
	for at := time.Duration(0); at < 5*time.Hour; at += 10 * time.Second {
		n++
		s.event(at, "auth_fail", "", fmt.Sprintf("source_ip=10.0.%d.%d", n/250, n%250))
	}
	s.wantTold(
		"0s phone auth_fail WARNING",
		"2m0s phone burst_auth_fail WARNING count=12",
		"6m0s phone burst_auth_fail WARNING count=36",
		"14m0s phone burst_auth_fail WARNING count=84",
		"30m0s phone burst_auth_fail WARNING count=180",
		"1h2m0s phone burst_auth_fail WARNING count=372",
		"2h2m0s phone burst_auth_fail WARNING count=732",
		"3h2m0s phone burst_auth_fail WARNING count=1092",
		"4h2m0s phone burst_auth_fail WARNING count=1452",
	)
}

func TestCriticalEventsGoSinglyUntilTheFloodIsSure(t *testing.T) {
	s := newStory(t, onlyPhone())
	for i := range 6 {
		s.event(time.Duration(i)*time.Second, "auth_fail", "critical", fmt.Sprintf("source_ip=203.0.113.%d", i))
	}
	next, ok := s.state.Next()
	if want := start.Add(13 * time.Second); !ok || !next.Equal(want) {
		t.Errorf("next deadline is %v, want ten seconds after the first folded event, %v", next, want)
	}
	s.step(13*time.Second, Elapsed{})
	s.wantTold(
		"0s phone auth_fail CRITICAL", "1s phone auth_fail CRITICAL", "2s phone auth_fail CRITICAL",
		"13s phone burst_auth_fail CRITICAL count=6",
	)
}

func TestEventsOfAFullBucketAreCountedNotKept(t *testing.T) {
	s := newStory(t, onlyPhone())
	held, released := 0, 0
	for i := range 1000 {
		fx := s.event(time.Duration(i)*time.Millisecond, "auth_fail", "", fmt.Sprintf("source_ip=10.1.%d.%d", i/250, i%250))
		held += len(fx.Held)
		released += len(fx.Released)
	}
	if held != 1 || released != 1 {
		t.Errorf("held %d and released %d events, want 1 and 1: the summary stands for the rest", held, released)
	}
	s.step(2*time.Minute, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone burst_auth_fail WARNING count=1000")
}

func TestByFieldsSplitFloods(t *testing.T) {
	p := onlyPhone()
	p.Types["auth_fail"].Burst.By = []string{"service"}
	s := newStory(t, p)
	for i := range 6 {
		s.event(time.Duration(i)*time.Second, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i), fmt.Sprintf("service=s%d", i%2))
	}
	s.step(3*time.Minute, Elapsed{})
	s.wantTold(
		"0s phone auth_fail WARNING", "1s phone auth_fail WARNING",
		"3m0s phone burst_auth_fail WARNING count=3", "3m0s phone burst_auth_fail WARNING count=3",
	)
}

func TestABurstFollowsItsEventsToTheirChannels(t *testing.T) {
	p := testPolicy()
	p.Channels[1].Toggles.Types = map[string]Setting[Toggle]{"auth_fail": {Off, "tocsin.hcl:33"}}
	s := newStory(t, p)
	for i := range 5 {
		s.event(time.Duration(i)*time.Second, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i))
	}
	s.step(2*time.Minute, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone burst_auth_fail WARNING count=5")
}

func TestAFloodSurvivesARestart(t *testing.T) {
	p := onlyPhone()
	s := newStory(t, p)
	saved := &archive{}
	for i := range 2 {
		saved.keep(t, s, s.event(time.Duration(i)*time.Second, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i)))
	}
	s.state = saved.open(t, start.Add(time.Minute))
	saved.keep(t, s, s.event(61*time.Second, "auth_fail", "", "source_ip=203.0.113.99"))
	s.state = saved.open(t, start.Add(90*time.Second))
	s.step(2*time.Minute, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone burst_auth_fail WARNING count=3")
}

func TestAHeldEventOutlivesItsBucket(t *testing.T) {
	s := newStory(t, onlyPhone())
	st, err := NewState(onlyPhone(), Saved{Held: []Held{{Bucket: "gone", Event: &event.Event{ID: "event-9", Type: "auth_fail", Group: "security", Severity: event.Warning}}}}, start)
	if err != nil {
		t.Fatal(err)
	}
	s.state = st
	s.step(0, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING")
}

func TestASummaryGoesToNobodyWhoIsGone(t *testing.T) {
	p := testPolicy()
	s := newStory(t, p)
	for i := range 5 {
		s.event(time.Duration(i)*time.Second, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i))
	}
	p.Channels = p.Channels[1:]
	p.Index()
	s.lines = nil
	s.step(2*time.Minute, Elapsed{})
	s.want("2m0s mail burst_auth_fail WARNING count=5", "2m0s - channel channel_gone phone")
}

func TestWhatIsSwitchedOffMeanwhileIsNotTold(t *testing.T) {
	off := map[string]func(p *Policy){
		"notifications_off": func(p *Policy) { p.Enabled = false },
		"toggled_off": func(p *Policy) {
			p.Toggles.Types = map[string]Setting[Toggle]{"auth_fail": {Off, "tocsin.hcl:9"}}
		},
	}
	for reason, change := range off {
		p := onlyPhone()
		s := newStory(t, p)
		s.event(0, "auth_fail", "", "source_ip=203.0.113.1")
		s.event(time.Second, "auth_fail", "", "source_ip=203.0.113.2")
		change(p)
		s.lines = nil
		fx := s.step(2*time.Minute, Elapsed{})
		s.want("2m0s - burst burst_too_small", "2m0s - enabled "+reason)
		if len(fx.Released) != 1 {
			t.Errorf("%s: the event still waits", reason)
		}
	}
	p := onlyPhone()
	s := newStory(t, p)
	for i := range 5 {
		s.event(0, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i))
	}
	p.Enabled, s.lines = false, nil
	s.step(2*time.Minute, Elapsed{})
	s.want("2m0s - enabled notifications_off")
}

func TestAHeldEventThatNoChannelTakesAnyMoreSaysSo(t *testing.T) {
	p := onlyPhone()
	s := newStory(t, p)
	s.event(0, "auth_fail", "", "source_ip=203.0.113.1")
	s.event(time.Second, "auth_fail", "", "source_ip=203.0.113.2")
	p.Channels, s.lines = nil, nil
	s.step(2*time.Minute, Elapsed{})
	s.want("2m0s - burst burst_too_small", "2m0s - channel no_channel")
}

func TestSharedDataKeepTheirTypesOverARestart(t *testing.T) {
	p := onlyPhone()
	p.Types["auth_fail"].Fields = map[string]event.FieldType{"wait": event.Span}
	p.Types["auth_fail"].Burst.Samples = 0
	s := newStory(t, p)
	kept := &archive{}
	for i := range 4 {
		kept.keep(t, s, s.event(time.Duration(i)*time.Second, "auth_fail", "", fmt.Sprintf("source_ip=203.0.113.%d", i), "wait=3m"))
	}
	st, err := NewState(p, kept.saved(), start.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	s.state = st
	fx := s.step(2*time.Minute, Elapsed{})
	if len(fx.Sends) != 1 || fx.Sends[0].Notification.Event.Data["wait"] != event.Duration(3*time.Minute) {
		t.Errorf("the summary is %+v", fx.Sends)
	}
}
