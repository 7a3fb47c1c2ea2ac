package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tocsin/engine/event"
)

// FuzzNight drives the judge through nights and days with quiet hours, a
// digest, silences, reminders and an inhibition, restarts and steps taken back
// included, and holds it to what it promises: CRITICAL never waits, each message
// that waits is told once and by the end, nothing is told that is not open, and
// a state read back goes on like the one that was kept.
func FuzzNight(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 200, 5, 6, 7, 8, 9, 255, 4, 1, 1, 1})
	f.Add([]byte{9, 40, 80, 120, 251, 160, 200, 7, 230, 254, 64, 64, 64})
	f.Fuzz(func(t *testing.T, story []byte) {
		if len(story) > 300 {
			return
		}
		w := &watcher{t: t, p: nightPolicy(t), now: start, kept: &archive{}, waits: map[string]bool{}}
		w.restart()
		for i, b := range story {
			w.now = w.now.Add(time.Duration(b%64) * 7 * time.Minute)
			switch {
			case b >= 250:
				w.restart()
			case b >= 245:
				w.step(Edited{})
			default:
				w.tryAndTakeBack(w.input(i+1000, 255-b))
				w.step(w.input(i, b))
			}
		}
		for range 20 {
			w.now = w.now.Add(12 * time.Hour)
			w.step(Elapsed{})
		}
		if len(w.waits) != 0 || len(w.kept.waiting) != 0 {
			t.Errorf("still waiting at the end: %v", w.waits)
		}
		if len(w.st.open) != 0 || len(w.kept.opens) != 0 || len(w.st.silenced) != 0 || len(w.kept.causes) != 0 {
			t.Errorf("still open at the end: %d, kept %d, held back %d, causes %d", len(w.st.open), len(w.kept.opens), len(w.st.silenced), len(w.kept.causes))
		}
	})
}

func nightPolicy(t *testing.T) *Policy {
	p := nightly(t)
	lost := lostNode()
	for _, name := range []string{"node_lost", "node_back", "vm_fail", "vm_ok"} {
		p.Types[name] = lost.Types[name]
	}
	p.Inhibitions = lost.Inhibitions
	p.Silences = []*Silence{{Name: "noon", Place: "silences.hcl:1", Condition: types("disk_space_low"), Hours: windows(t, "12:00-15:00")}}
	p.Rules = []*Rule{{Name: "nobody reacted", Place: "rules.hcl:1", Condition: types("disk_space_low"), After: 30 * time.Minute, Every: 4 * time.Hour}}
	p.Index()
	return p
}

// watcher checks each step.
type watcher struct {
	t     *testing.T
	p     *Policy
	st    *State
	now   time.Time
	kept  *archive
	waits map[string]bool // channel, buffer and id of what waits
	n     int
}

func (w *watcher) restart() {
	var err error
	if w.st, err = NewState(w.p, w.kept.saved(), w.now); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watcher) input(i int, b byte) Input {
	types := []string{"disk_space_low", "disk_space_ok", "backup_complete", "vm_start", "node_lost", "node_back", "vm_fail", "vm_ok"}
	return Arrived{&event.Incoming{
		ID: fmt.Sprint("event-", i), Type: types[b>>3&7], Severity: []string{"", "", "critical"}[b%3], Host: fmt.Sprint("pve", b&1),
		Guest: &event.Guest{ID: "101", Node: fmt.Sprint("pve", b>>1&1)}, Data: map[string]any{"mount": fmt.Sprint(b & 1), "vmid": fmt.Sprint(b & 1)},
	}}
}

// tryAndTakeBack takes a step whose transaction fails.
func (w *watcher) tryAndTakeBack(in Input) {
	before := picture(w.st, w.st.instant(w.now))
	due := dues(w.st)
	var fx Effects
	w.p.Step(w.st, w.now, in, &fx)
	w.st.Rollback()
	after := picture(w.st, w.st.instant(w.now))
	for key, value := range before {
		if after[key] != value {
			w.t.Fatalf("after taking back %s is %q, was %q", key, after[key], value)
		}
	}
	if len(after) != len(before) {
		w.t.Fatalf("after taking back %d things are remembered, were %d", len(after), len(before))
	}
	for d := range due {
		if !dues(w.st)[d] {
			w.t.Fatalf("after taking back nothing is due at %s", d)
		}
	}
}

func (w *watcher) step(in Input) {
	var fx Effects
	w.p.Step(w.st, w.now, in, &fx)
	told := 0
	tell := func(until int) {
		for ; told < until; told++ {
			h := fx.Holds[told]
			if h.Notification.Event.Severity == event.Critical {
				w.t.Errorf("CRITICAL %s waits", h.Notification.Event.ID)
			}
			w.n++
			w.waits[fmt.Sprint(h.Channel, h.Buffer, w.n)] = true
		}
	}
	for _, g := range fx.Gathers {
		tell(g.Holds)
		n := 0
		for key := range w.waits {
			if len(key) > len(g.Channel)+len(g.Buffer) && key[:len(g.Channel)+len(g.Buffer)] == g.Channel+string(g.Buffer) {
				delete(w.waits, key)
				n++
			}
		}
		if n == 0 {
			w.t.Errorf("%s %s is told with nothing in it", g.Channel, g.Buffer)
		}
	}
	tell(len(fx.Holds))
	for _, s := range fx.Sends {
		key := s.Notification.Key
		if s.Notification.Open > 0 && w.st.open[keyOf(w.t, key)] == nil && !slices.Contains(fx.Ended, key) {
			w.t.Errorf("a reminder of %s, which is not open", s.Notification.Event.ID)
		}
	}
	w.kept.now = w.now
	w.kept.keep(w.t, &story{state: w.st}, fx)
}

func keyOf(t *testing.T, text string) event.Fingerprint {
	fp, err := parsePrint(text)
	if err != nil {
		t.Fatal(err)
	}
	return fp
}
