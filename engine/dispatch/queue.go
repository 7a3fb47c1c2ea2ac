package dispatch

import (
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	fetchSize  = 16      // parcels taken from the outbox at once
	fetchBytes = 1 << 20 // of their texts that are kept while they are sent

	setAside   = 3 // failures in a row after which others may pass a parcel
	probeEvery = 4 // failures of the first parcel between two tries of another
)

// queue is the order in which a worker sends: as parcels were accepted, CRITICAL
// ones first, and none before its time. Only the first one is tried, so that an
// outage costs one request each step. What it knows beside the outbox may be
// lost: it then learns it again.
type queue struct {
	put   map[int64]putOff // parcels that wait for another try
	aside map[int64]bool   // parcels that failed while a later one got through: they hold up nobody
	early map[int64]int    // parcels that were tried, or may be, after so many attempts and before their time
	took  time.Time        // when the target took a message last
	rest  time.Time        // the service asked for a pause until then
	open  bool             // the target took a message last, or was not tried yet
	probe time.Time        // of a target that refuses: when to try again, whatever comes meanwhile
	tried bool             // something was sent since the worker began, or tried to
}

// putOff is until when a parcel waits, by the monotonic clock: a step of the wall
// clock neither ends nor prolongs the wait.
type putOff struct {
	attempt int
	due     time.Time // as it is kept; hastening changes it
	until   time.Time
}

func newQueue() queue {
	return queue{put: map[int64]putOff{}, aside: map[int64]bool{}, early: map[int64]int{}, open: true}
}

// limit is how many parcels to ask the outbox for.
func (q *queue) limit() int { return fetchSize + len(q.aside) }

// look takes notice of the first parcels in the outbox and returns those to work
// on. It forgets what is not among them, and of large ones keeps a few.
func (q *queue) look(parcels []event.Parcel) []event.Parcel {
	if len(q.put)+len(q.aside)+len(q.early) > 0 {
		put, aside, early := make(map[int64]putOff, len(q.put)), map[int64]bool{}, map[int64]int{}
		for i := range parcels {
			id := parcels[i].ID
			if off, ok := q.put[id]; ok {
				put[id] = off
			}
			if q.aside[id] {
				aside[id] = true
			}
			if attempt, ok := q.early[id]; ok {
				early[id] = attempt
			}
		}
		q.put, q.aside, q.early = put, aside, early
	}
	size := 0
	for i := range parcels {
		size += len(parcels[i].Message.Body) + len(parcels[i].Message.Title)
		if size > fetchBytes && i > len(q.aside) {
			clear(parcels[i:])
			return parcels[:i]
		}
	}
	return parcels
}

// wait is how long a parcel still has to wait.
func (q *queue) wait(p *event.Parcel, now time.Time) time.Duration {
	if p.Tried.IsZero() || p.State == event.Held && q.open {
		return 0 // the target works again, or its settings may have changed while we were away
	}
	if q.mayBeEarly(p) {
		return 0
	}
	off, ok := q.put[p.ID]
	if !ok || off.attempt != p.Attempt || !off.due.Equal(p.Due) {
		off = putOff{p.Attempt, p.Due, now.Add(engine.Wait(*p, now))}
		q.put[p.ID] = off
	}
	return off.until.Sub(now)
}

// mayBeEarly reports whether a parcel that failed may be tried before its time:
// the target has taken a message since, so that its failure was likely part of an
// outage that is over. It may once, as it may be the message itself.
func (q *queue) mayBeEarly(p *event.Parcel) bool {
	if p.State != event.Retry || q.aside[p.ID] || !p.Tried.Before(q.took) {
		return false
	}
	attempt, known := q.early[p.ID]
	if !known {
		q.early[p.ID] = p.Attempt
	}
	return !known || attempt == p.Attempt
}

// note learns from an attempt to send parcels[i]. It returns the index of another
// parcel to try at once, to tell a message that its service cannot take from a
// service that takes none; or -1.
func (q *queue) note(parcels []event.Parcel, i int, s *settled, now time.Time) (other int) {
	first := !q.tried
	q.tried = true
	sent := parcels[i].ID
	parcels[i] = s.settlement.Parcel
	if s.err == nil {
		q.open, q.took = true, now
		for j := range parcels {
			if later := i > j || sent > parcels[j].ID; later && q.failedEarly(&parcels[j]) {
				q.aside[parcels[j].ID] = true
			}
		}
		return -1
	}
	if s.err.Class == event.Target {
		q.open, q.probe = false, now.Add(s.settlement.Parcel.Due.Sub(s.settlement.Parcel.Tried))
	}
	if s.err.RetryAfter > 0 {
		q.rest = now.Add(s.err.RetryAfter)
	}
	ask := isStuck(&parcels[i]) && s.err.Class == event.Temporary && s.err.RetryAfter == 0
	if !ask || q.aside[sent] || !first && parcels[i].Attempt%probeEvery != 0 && !q.failedEarly(&parcels[i]) {
		return -1
	}
	return q.leastTried(parcels, i, now)
}

// passed learns that the target took another message right after it had failed to
// take this one.
func (q *queue) passed(p *event.Parcel) {
	if isStuck(p) {
		q.aside[p.ID] = true
	}
}

// failedEarly reports whether a parcel failed although its target had taken
// another message before.
func (q *queue) failedEarly(p *event.Parcel) bool {
	attempt, known := q.early[p.ID]
	return known && p.Attempt > attempt && isStuck(p)
}

// leastTried returns the parcel behind parcels[i] that was tried the least.
func (q *queue) leastTried(parcels []event.Parcel, i int, now time.Time) int {
	least := -1
	for j := i + 1; j < len(parcels); j++ {
		p := &parcels[j]
		if !q.aside[p.ID] && q.wait(p, now) <= 0 && (least < 0 || p.Attempt < parcels[least].Attempt) {
			least = j
		}
	}
	return least
}

// pause is how long nothing may be sent, whatever waits.
func (q *queue) pause(now time.Time) time.Duration {
	pause := q.rest.Sub(now)
	if !q.open {
		pause = max(pause, q.probe.Sub(now))
	}
	return pause
}

// ask forgets that the target refuses: somebody wants it tried.
func (q *queue) ask() { q.open = true }

// reopen forgets what was learnt of the service: the channel's settings changed.
func (q *queue) reopen() { q.rest, q.open = time.Time{}, true }

func isStuck(p *event.Parcel) bool { return p.State == event.Retry && p.Attempt >= setAside }
