package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// refused is a batch whose transaction fails.
func (s *story) refused(at time.Duration, in Input) {
	s.t.Helper()
	var fx Effects
	s.policy.Step(s.state, start.Add(at), in, &fx)
	if err := s.state.Flush(&fx); err != nil {
		s.t.Fatal(err)
	}
	s.state.Rollback()
}

func login(n int, data map[string]any) Arrived {
	data["source_ip"] = fmt.Sprint("203.0.113.", n)
	return Arrived{&event.Incoming{ID: fmt.Sprint("event-", n), Type: "auth_fail", Data: data}}
}

// splitByAddress opens a bucket for each address.
func splitByAddress() *Policy {
	p := onlyPhone()
	p.Types["auth_fail"].Burst.By = []string{"source_ip"}
	return p
}

func TestEventsThatCannotBeKeptLeaveNothingInMemory(t *testing.T) {
	s := newStory(t, splitByAddress())
	for i := range 10_000 {
		s.refused(0, login(i, map[string]any{}))
	}
	if n := len(s.state.touched) + len(s.state.stamps) + len(s.state.buckets) + len(s.state.changes) + s.state.held; n != 0 {
		t.Errorf("%d things are remembered of events that were refused", n)
	}
	if n := len(s.state.due); n > 100 {
		t.Errorf("%d deadlines are remembered of events that were refused", n)
	}
}

func TestABucketThatWasTakenBackIsStillWritten(t *testing.T) {
	s := newStory(t, onlyPhone())
	kept := &archive{}
	kept.keep(t, s, s.event(0, "auth_fail", "", "source_ip=203.0.113.1"))
	s.refused(2*time.Minute, Elapsed{}) // would have closed it
	kept.keep(t, s, s.event(time.Minute, "auth_fail", "", "source_ip=203.0.113.2"))
	s.state = kept.open(t, start.Add(time.Minute))
	s.event(61*time.Second, "auth_fail", "", "source_ip=203.0.113.3")
	s.step(2*time.Minute, Elapsed{})
	s.wantTold("0s phone auth_fail WARNING", "2m0s phone burst_auth_fail WARNING count=3")
}

func TestManyFloodsShareABucket(t *testing.T) {
	s := newStory(t, splitByAddress())
	for i := range 5 * maxBuckets {
		s.event(0, "auth_fail", "", fmt.Sprint("source_ip=", i))
	}
	if _, bursts := s.state.Size(); bursts > maxBuckets+1 {
		t.Errorf("%d bursts are open, want at most %d", bursts, maxBuckets+1)
	}
	s.lines = nil
	s.step(2*time.Minute, Elapsed{})
	s.wantTold(fmt.Sprintf("2m0s phone burst_auth_fail WARNING count=%d", 4*maxBuckets))
}

// A flood of large events must cost little memory, and none may be lost over
// that.
func TestAFloodOfLargeEventsIsBounded(t *testing.T) {
	p := splitByAddress()
	p.Dedup, p.Cooldown = Setting[time.Duration]{}, Scoped[time.Duration]{}
	p.Types["auth_fail"].Burst.Threshold = 100
	s := newStory(t, p)
	const size, events, addresses = 1 << 20, 60, 6
	held, told := 0, 0
	for i := range events {
		fx := s.step(0, login(i%addresses, map[string]any{"n": i, "message": strings.Repeat("m", size)}))
		held, told = held+len(fx.Held), told+len(fx.Sends)
	}
	if held+told != events {
		t.Errorf("%d held and %d told, want %d together", held, told, events)
	}
	if held == 0 || held*size > maxHeld {
		t.Errorf("%d MiB are held, want some and at most %d", held*size>>20, maxHeld>>20)
	}
	kept := 0
	for _, b := range s.state.buckets {
		state, err := json.Marshal(&b.figures)
		if err != nil {
			t.Fatal(err)
		}
		kept += len(state)
	}
	if most := len(s.state.buckets) * 4 * maxSample; kept > most {
		t.Errorf("%d bursts keep %d KiB for their summaries, want at most %d", len(s.state.buckets), kept>>10, most>>10)
	}
	fx := s.step(2*time.Minute, Elapsed{})
	if len(fx.Released) != held || s.state.held != 0 {
		t.Errorf("%d of %d held events left, and %d bytes are still counted", len(fx.Released), held, s.state.held)
	}
}

func TestSamplesAreCutAndEventsAreNot(t *testing.T) {
	data := map[string]any{
		"long": strings.Repeat("ü", 5000), "list": []any{"a", strings.Repeat("b", 600)}, "map": map[string]any{"k": strings.Repeat("c", 600)}, "n": 1.0,
	}
	for i := range 100 {
		data[fmt.Sprint("x", i)] = strings.Repeat("x", 100)
	}
	e := &event.Event{ID: "event-1", Data: data}
	s := sample(e)
	if Weight(s.Data) > maxSample || Weight(e.Data) < 20_000 {
		t.Errorf("the sample weighs %d, the event %d", Weight(s.Data), Weight(e.Data))
	}
	if long, _ := s.Data["long"].(string); len(long) > maxValue || !strings.HasSuffix(long, "(cut)") {
		t.Errorf("the long value is %q", long)
	}
	if list, _ := s.Data["list"].([]any); len(list) != 1 || s.Data["map"] != nil || s.Data["n"] != 1.0 {
		t.Errorf("list is %v, map %v, n %v", list, s.Data["map"], s.Data["n"])
	}
	small := &event.Event{Data: map[string]any{"a": "b"}}
	if sample(small) != small {
		t.Error("a small event was copied")
	}
}

func TestOnlyTheNewestStampsAreLoaded(t *testing.T) {
	saved := Saved{Stamps: make([]Stamp, maxStamps+10)}
	for i := range saved.Stamps {
		s := &saved.Stamps[i]
		s.Fingerprint[0], s.Fingerprint[1], s.Fingerprint[2] = byte(i), byte(i>>8), byte(i>>16)
		s.At, s.Until = start, start.Add(time.Hour)
	}
	st, err := NewState(testPolicy(), saved, start)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := st.Size(); n != maxStamps {
		t.Errorf("%d fingerprints are remembered, want %d", n, maxStamps)
	}
	if _, ok := st.stamps[saved.Stamps[len(saved.Stamps)-1].Fingerprint]; !ok {
		t.Error("the newest is forgotten")
	}
}
