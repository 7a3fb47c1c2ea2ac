package engine

import (
	"fmt"
	"testing"
	"time"

	"tocsin/engine/event"
)

// FuzzStep drives the judge with arbitrary stories, restarts included, and
// holds it to what it promises: no event at the same severity is told twice
// within its cooldown, what is held leaves exactly once, an event that is
// neither told nor held has a decision, and a flood's count is true.
func FuzzStep(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 200, 5, 6, 7, 8, 9, 255, 4, 1, 1, 1})
	f.Add([]byte{64, 64, 64, 64, 64, 255, 254, 64, 64, 64})
	f.Fuzz(func(t *testing.T, story []byte) {
		if len(story) > 400 {
			return
		}
		w := &witness{t: t, p: onlyPhone(), held: map[string]bool{}, told: map[string]time.Duration{}, kept: &archive{}}
		w.p.Types["auth_fail"].Burst.Window = time.Minute
		w.open(0)
		for i, b := range story {
			w.at += time.Duration(b%32) * time.Second
			switch {
			case b >= 250:
				w.open(w.at)
			case b >= 240:
				w.step("", Elapsed{})
			default:
				id := fmt.Sprint("event-", i)
				w.step(id, Arrived{&event.Incoming{
					ID: id, Type: []string{"auth_fail", "disk_space_low"}[b>>5&1], Severity: []string{"info", "warning", "critical"}[b%3],
					Data: map[string]any{"source_ip": fmt.Sprint(b >> 6), "mount": fmt.Sprint(b >> 6)},
				}})
			}
		}
		w.at += 48 * time.Hour
		w.step("", Elapsed{})
		w.at += 48 * time.Hour
		w.step("", Elapsed{})
		if len(w.held) != 0 || len(w.kept.held) != 0 {
			t.Errorf("still held at the end: %v", w.held)
		}
	})
}

// witness checks each step.
type witness struct {
	t    *testing.T
	p    *Policy
	st   *State
	at   time.Duration
	held map[string]bool          // ids that wait
	told map[string]time.Duration // when a fingerprint and severity was told singly
	kept *archive
}

func (w *witness) open(at time.Duration) { w.st = w.kept.open(w.t, start.Add(at)) }

func (w *witness) step(id string, in Input) {
	var fx Effects
	w.p.Step(w.st, start.Add(w.at), in, &fx)
	fate := 0
	for _, s := range fx.Sends {
		e := s.Notification.Event
		if s.Notification.Burst != nil {
			w.checkBurst(s.Notification.Burst)
			continue
		}
		if e.ID == id {
			fate++
			w.checkCooldown(e)
		}
	}
	for _, h := range fx.Held {
		w.held[h.Event.ID] = true
		if h.Event.ID == id {
			fate++
		}
	}
	for _, released := range fx.Released {
		if !w.held[released] {
			w.t.Errorf("%s left the bucket twice", released)
		}
		delete(w.held, released)
	}
	for _, d := range fx.Decisions {
		if d.EventID == id && (d.Outcome == Suppressed || d.Outcome == Folded) {
			fate++
		}
	}
	if id != "" && fate != 1 {
		w.t.Errorf("%s has %d fates, want one: %+v", id, fate, fx)
	}
	w.kept.keep(w.t, &story{state: w.st}, fx)
}

func (w *witness) checkCooldown(e *event.Event) {
	key := e.Type + e.Severity.String() + event.Text(e.Data["mount"])
	cooldown, _ := w.p.Cooldown.Lookup(e.Type, e.Group, e.Severity)
	length := cooldown.Value
	if last, ok := w.told[key]; ok && w.at-last < length {
		// A more severe event in between starts a cooldown of its own.
		for _, other := range event.Severities() {
			if other > e.Severity {
				if at, ok := w.told[e.Type+other.String()+event.Text(e.Data["mount"])]; ok && at >= last {
					w.told[key] = w.at
					return
				}
			}
		}
		w.t.Errorf("%s told again after %v, cooldown is %v", key, w.at-last, length)
	}
	w.told[key] = w.at
}

func (w *witness) checkBurst(b *event.Burst) {
	if b.Count < w.p.Types["auth_fail"].Burst.Threshold {
		w.t.Errorf("a summary of %d events", b.Count)
	}
	if len(b.Samples) > w.p.Types["auth_fail"].Burst.Samples {
		w.t.Errorf("%d samples", len(b.Samples))
	}
}
