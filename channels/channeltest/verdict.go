package channeltest

import (
	"strings"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// giveUp is how long a message is worth sending by default.
const giveUp = 72 * time.Hour

// judges checks what a channel made of a fault, and what follows from it.
func (x *exam) judges(err error, want Verdict) {
	x.t.Helper()
	var e *event.SendError
	got := Verdict{}
	if err != nil {
		if e = x.formed("error", err); e == nil {
			return
		}
		got = Verdict{e.Class, e.Code, e.RetryAfter, e.Maybe}
	}
	if got != want {
		x.faultf("got %v %+v, want %v %+v (%v)", got.Class, got, want.Class, want, err)
	}
	x.settles(e)
}

// settles checks where a message stands after the attempt.
func (x *exam) settles(e *event.SendError) {
	x.t.Helper()
	now := time.Now()
	after := func(p event.Parcel) event.Parcel { return engine.Attempted(p, e, now, giveUp, 0.5) }
	fresh := event.Parcel{State: event.Queued, Accepted: now}
	p := after(fresh)
	expect := func(what string, ok bool) {
		if !ok {
			x.faultf("%s; the message is %+v", what, p)
		}
	}
	switch {
	case e == nil:
		expect("delivered, but not settled as sent", p.State == event.Sent)
	case e.Class == event.Target:
		expect("the target's fault does not hold the queue for a while", p.State == event.Held && p.Due.After(now))
	case e.Class == event.Unfit:
		expect("an unfit message is not tried plain at once", p.State == event.Retry && p.Plain && !p.Due.After(now))
		p = after(p)
		expect("an unfit message that was refused plain too is not given up", p.State == event.Dead)
	default:
		expect("a temporary fault ends or holds the message", p.State != event.Sent && p.State != event.Dead && p.State != event.Held)
		expect("the service's wish to wait is undercut", !p.Due.Before(now.Add(max(e.RetryAfter, time.Second))))
		expect("it is not known that the message may have arrived", p.Maybe == e.Maybe)
		fresh.Accepted = now.Add(-giveUp)
		p = after(fresh)
		expect("a message too old to matter is not given up", p.State == event.Dead)
	}
}

// ample is a body that fits into one part of every service and takes more than
// a buffer on the wire.
func ample() string {
	return strings.TrimSpace(strings.Repeat("Резервная копия не записана.\n", 100))
}
