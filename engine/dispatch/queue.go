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
	known map[int64]trial // of the parcels that were tried
	took  time.Time       // when the target took a message last
	rest  time.Time       // the service asked for a pause until then
	open  bool            // the target took a message last, or was not tried yet
	probe time.Time       // of a target that refuses: when to try again, whatever comes meanwhile
	tried bool            // something was sent since the worker began, or tried to
}

// trial is what is known of a parcel that was tried.
type trial struct {
	off   putOff
	aside bool // it failed while a later one got through: it holds up nobody
	early int  // the attempts behind which it may be tried before its time; 0: none yet
}

// putOff is until when a parcel waits, by the monotonic clock: a step of the wall
// clock neither ends nor prolongs the wait.
type putOff struct {
	attempt int
	due     time.Time // as it is kept; hastening changes it
	until   time.Time
}

func newQueue() queue {
	return queue{known: map[int64]trial{}, open: true}
}

// limit is how many parcels to ask the outbox for.
func (q *queue) limit() int { return fetchSize + q.asides() }

// asides counts the parcels that hold up nobody.
func (q *queue) asides() (n int) {
	for _, t := range q.known {
		if t.aside {
			n++
		}
	}
	return n
}

// look takes notice of the first parcels in the outbox and returns those to work
// on. It forgets what is not among them, and of large ones keeps a few.
func (q *queue) look(parcels []event.Parcel) []event.Parcel {
	if len(q.known) > 0 {
		known := make(map[int64]trial, len(q.known))
		for i := range parcels {
			if t, ok := q.known[parcels[i].ID]; ok {
				known[parcels[i].ID] = t
			}
		}
		q.known = known
	}
	asides := q.asides()
	size := 0
	for i := range parcels {
		size += len(parcels[i].Message.Body) + len(parcels[i].Message.Title)
		if size > fetchBytes && i > asides {
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
	t := q.known[p.ID]
	if t.off.attempt != p.Attempt || !t.off.due.Equal(p.Due) {
		t.off = putOff{p.Attempt, p.Due, now.Add(engine.Wait(*p, now))}
		q.known[p.ID] = t
	}
	return t.off.until.Sub(now)
}

// putAside lets the others pass a parcel.
func (q *queue) putAside(id int64) {
	t := q.known[id]
	t.aside = true
	q.known[id] = t
}

// mayBeEarly reports whether a parcel that failed may be tried before its time:
// the target has taken a message since, so that its failure was likely part of an
// outage that is over. It may once, as it may be the message itself.
func (q *queue) mayBeEarly(p *event.Parcel) bool {
	t := q.known[p.ID]
	if p.State != event.Retry || t.aside || !p.Tried.Before(q.took) {
		return false
	}
	if t.early == 0 {
		t.early = p.Attempt
		q.known[p.ID] = t
	}
	return t.early == p.Attempt
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
				q.putAside(parcels[j].ID)
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
	if !ask || q.known[sent].aside || !first && parcels[i].Attempt%probeEvery != 0 && !q.failedEarly(&parcels[i]) {
		return -1
	}
	return q.leastTried(parcels, i, now)
}

// passed learns that the target took another message right after it had failed to
// take this one.
func (q *queue) passed(p *event.Parcel) {
	if isStuck(p) {
		q.putAside(p.ID)
	}
}

// failedEarly reports whether a parcel failed although its target had taken
// another message before.
func (q *queue) failedEarly(p *event.Parcel) bool {
	early := q.known[p.ID].early
	return early > 0 && p.Attempt > early && isStuck(p)
}

// leastTried returns the parcel behind parcels[i] that was tried the least.
func (q *queue) leastTried(parcels []event.Parcel, i int, now time.Time) int {
	least := -1
	for j := i + 1; j < len(parcels); j++ {
		p := &parcels[j]
		if !q.known[p.ID].aside && q.wait(p, now) <= 0 && (least < 0 || p.Attempt < parcels[least].Attempt) {
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
