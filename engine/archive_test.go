package engine

import (
	"slices"
	"testing"
	"time"

	"tocsin/engine/event"
)

// archive keeps effects as a store would.
type archive struct {
	stamps  map[event.Fingerprint]Stamp
	buckets map[string]Bucket
	held    []Held
	now     time.Time // of what is kept next

	waiting  []kept // in the order held
	opens    map[string]Open
	causes   map[string]Cause
	digested map[string]string
}

// kept is a row of a buffer.
type kept struct {
	channel string
	buffer  event.Buffer
	since   time.Time
	id      string
}

func (a *archive) keep(t *testing.T, s *story, fx Effects) {
	t.Helper()
	if err := s.state.Flush(&fx); err != nil {
		t.Fatal(err)
	}
	s.state.Commit()
	if a.stamps == nil {
		a.stamps, a.buckets = map[event.Fingerprint]Stamp{}, map[string]Bucket{}
		a.opens, a.causes, a.digested = map[string]Open{}, map[string]Cause{}, map[string]string{}
	}
	a.keepWaiting(&fx)
	for _, key := range fx.Ended {
		delete(a.opens, key)
	}
	for _, o := range fx.Opened {
		a.opens[o.Key] = o
	}
	for _, key := range fx.Uncaused {
		delete(a.causes, key)
	}
	for _, c := range fx.Causes {
		a.causes[c.Key] = c
	}
	for _, d := range fx.Digested {
		a.digested[d.Channel] = d.Day
	}
	for _, stamp := range fx.Stamps {
		a.stamps[stamp.Fingerprint] = stamp
	}
	for _, fp := range fx.Cleared {
		delete(a.stamps, fp)
	}
	for _, b := range fx.Buckets {
		a.buckets[b.Key] = b
	}
	for _, key := range fx.Closed {
		delete(a.buckets, key)
	}
	a.held = append(a.held, fx.Held...)
	for _, id := range fx.Released {
		for i, h := range a.held {
			if h.Event.ID == id {
				a.held = append(a.held[:i:i], a.held[i+1:]...)
				break
			}
		}
	}
}

// keepWaiting empties the buffers that are told and keeps what is held; now is
// the time of the first decision.
func (a *archive) keepWaiting(fx *Effects) {
	from := 0
	add := func(to int) {
		for _, h := range fx.Holds[from:to] {
			a.waiting = append(a.waiting, kept{h.Channel, h.Buffer, a.now, h.Notification.Event.ID})
		}
		from = to
	}
	for _, g := range fx.Gathers {
		add(g.Holds)
		a.waiting = slices.DeleteFunc(a.waiting, func(k kept) bool { return k.channel == g.Channel && k.buffer == g.Buffer })
	}
	add(len(fx.Holds))
}

// pending is what waits in each buffer.
func (a *archive) pending() []Pending {
	var list []Pending
	for _, k := range a.waiting {
		i := slices.IndexFunc(list, func(p Pending) bool { return p.Channel == k.channel && p.Buffer == k.buffer })
		if i < 0 {
			i, list = len(list), append(list, Pending{Channel: k.channel, Buffer: k.buffer, Oldest: k.since})
		}
		list[i].Count++
	}
	return list
}

func (a *archive) saved() Saved {
	s := Saved{Pending: a.pending()}
	for _, o := range a.opens {
		s.Open = append(s.Open, o)
	}
	for _, c := range a.causes {
		s.Causes = append(s.Causes, c)
	}
	for channel, day := range a.digested {
		s.Digested = append(s.Digested, Digested{channel, day})
	}
	for _, stamp := range a.stamps {
		s.Stamps = append(s.Stamps, stamp)
	}
	for _, b := range a.buckets {
		s.Buckets = append(s.Buckets, b)
	}
	s.Held = a.held
	return s
}

func (a *archive) open(t *testing.T, now time.Time) *State {
	t.Helper()
	st, err := NewState(onlyPhone(), a.saved(), now)
	if err != nil {
		t.Fatal(err)
	}
	return st
}
