package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func TestAttempted(t *testing.T) {
	const giveUp = 72 * time.Hour
	fail := func(class event.Class, after time.Duration) *event.SendError {
		return &event.SendError{Class: class, Code: "code", Why: "why", Do: "do", RetryAfter: after}
	}
	queued := event.Parcel{State: event.Queued, Accepted: start, Due: start}
	tried := func(n int) event.Parcel { p := queued; p.Attempt = n; return p }
	plain := tried(1)
	plain.Plain = true
	for _, c := range []struct {
		name   string
		parcel event.Parcel
		err    *event.SendError
		age    time.Duration
		state  event.ParcelState
		wait   time.Duration
	}{
		{"delivered", queued, nil, 0, event.Sent, 0},
		{"first retry", queued, fail(event.Temporary, 0), 0, event.Retry, time.Second},
		{"third retry", tried(2), fail(event.Temporary, 0), 0, event.Retry, 4 * time.Second},
		{"backoff has an end", tried(60), fail(event.Temporary, 0), time.Hour, event.Retry, 450 * time.Second},
		{"the service's wish is never undercut", queued, fail(event.Temporary, time.Hour), 0, event.Retry, time.Hour},
		{"given up with age", tried(9), fail(event.Temporary, 0), giveUp, event.Dead, 0},
		{"and at once, when it waited behind others", tried(0), fail(event.Temporary, 0), giveUp, event.Dead, 0},
		{"a clock that jumps gives up nothing", tried(3), fail(event.Temporary, 0), 40 * 24 * time.Hour, event.Retry, 8 * time.Second},
		{"a target holds", queued, fail(event.Target, 0), 0, event.Held, 15 * time.Minute},
		{"a target holds whatever the age", tried(300), fail(event.Target, 0), giveUp, event.Held, 15 * time.Minute},
		{"an unfit message is tried plain at once", queued, fail(event.Unfit, 0), 0, event.Retry, 0},
		{"and then given up", plain, fail(event.Unfit, 0), 0, event.Dead, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := start.Add(c.age)
			got := Attempted(c.parcel, c.err, now, giveUp, 0.5)
			if got.State != c.state || got.Attempt != c.parcel.Attempt+1 {
				t.Errorf("state %s after attempt %d, want %s", got.State, got.Attempt, c.state)
			}
			if wait := got.Due.Sub(now); (got.State == event.Retry || got.State == event.Held) && wait != c.wait {
				t.Errorf("waits %v, want %v", wait, c.wait)
			}
			if c.err != nil && (got.Code != "code" || got.Error != "why: do") {
				t.Errorf("error is %q %q", got.Code, got.Error)
			}
		})
	}
}

func TestAShortPatienceIsNoLongerThanItself(t *testing.T) {
	p, now := event.Parcel{State: event.Queued, Accepted: start, Due: start}, start
	for p.State != event.Dead && now.Sub(start) < time.Hour {
		now = now.Add(max(p.Due.Sub(now), 0))
		p = Attempted(p, &event.SendError{Class: event.Temporary}, now, time.Minute, 0.5)
	}
	if age := now.Sub(start); age < time.Minute || age > 2*time.Minute {
		t.Errorf("given up after %v, want a minute", age)
	}
}

func TestALostAnswerMarksTheParcel(t *testing.T) {
	p := Attempted(event.Parcel{Accepted: start}, &event.SendError{Class: event.Temporary, Maybe: true}, start, time.Hour, 0)
	if p.State != event.Unknown {
		t.Errorf("state %s after a lost answer", p.State)
	}
	p = Attempted(p, &event.SendError{Class: event.Temporary}, start, time.Hour, 0)
	if !p.Maybe {
		t.Error("a parcel that may have arrived forgot it")
	}
	if diff := cmp.Diff(event.Retry, p.State); diff != "" {
		t.Error(diff)
	}
}
