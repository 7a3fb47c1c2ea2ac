package engine

import (
	"time"

	"tocsin/engine/event"
)

// State is what the judge remembers between inputs: which fingerprints were
// told when, which bursts are open, which channels fail. One goroutine owns it.
//
// Every change is noted until Commit or Rollback, so that a batch of steps
// whose transaction failed leaves no trace.
type State struct {
	epoch   time.Time // all instants count from here
	stamps  map[event.Fingerprint]stamp
	buckets map[string]*bucket
	due     deadlines
	held    int                // bytes of the held events
	health  map[string]*health // of channels that failed last
	touched []*bucket          // changed since the last Flush
	changes []func(*State)     // how to take back each change, in order
	batch   int                // counts commits and rollbacks; buckets are copied once a batch

	open       map[event.Fingerprint]*openEvent
	silenced   map[event.Fingerprint]*openEvent // those of open that something holds back
	reopened   []*openEvent                     // changed since the last Flush
	inhibitors map[string][]*cause              // by inhibition
	waiting    map[string]*waiting              // by channel
	room       []int32                          // for positions of conditions, used again and again
}

// instant is a moment on the monotonic clock, as the time since the state's
// epoch: a step of the wall clock moves no cooldown and no window.
type instant = time.Duration

// stamp is one fingerprint that was taken.
type stamp struct {
	typ      string
	at       instant // when it was taken
	until    instant // end of its cooldown
	severity event.Severity
	count    int
}

// maxStamps bounds the memory for fingerprints. Over it those that end first
// are forgotten; at worst a repeat is told once more.
const maxStamps = 250_000

// NewState returns the state that saved describes, as of now. A wait that was
// saved is never longer than it was meant to be, whatever the clock did since.
// p gives the data of saved events their types again.
func NewState(p *Policy, saved Saved, now time.Time) (*State, error) {
	st := &State{
		epoch:   now,
		stamps:  make(map[event.Fingerprint]stamp, min(len(saved.Stamps), maxStamps)),
		buckets: make(map[string]*bucket, len(saved.Buckets)),
		health:  map[string]*health{},

		open: map[event.Fingerprint]*openEvent{}, silenced: map[event.Fingerprint]*openEvent{},
		inhibitors: map[string][]*cause{}, waiting: map[string]*waiting{},
	}
	for _, s := range saved.Stamps[max(len(saved.Stamps)-maxStamps, 0):] { // the newest
		length := max(s.Until.Sub(s.At), 0)
		age := max(now.Sub(s.At), 0)
		st.stamps[s.Fingerprint] = stamp{
			typ: s.Type, severity: s.Severity, count: s.Count,
			at: -age, until: min(s.Until.Sub(now), length),
		}
	}
	for _, b := range saved.Buckets {
		if err := st.restore(p, b, now); err != nil {
			return nil, err
		}
	}
	for _, h := range saved.Held {
		p.retype(h.Event)
		st.held += Weight(h.Event.Data)
		if b, ok := st.buckets[h.Bucket]; ok {
			b.held = append(b.held, h)
		} else {
			st.adopt(h)
		}
	}
	if err := st.restoreOpens(p, saved, now); err != nil {
		return nil, err
	}
	st.restoreWaiting(p, saved, now)
	st.restoreHealth(saved.Health, now)
	st.Commit()
	return st, nil
}

// Next returns the next moment at which something is due.
func (st *State) Next() (time.Time, bool) {
	if len(st.due) == 0 {
		return time.Time{}, false
	}
	return st.epoch.Add(st.due[0].at), true
}

// Commit makes every change since the last Commit or Rollback final.
func (st *State) Commit() {
	st.changes = st.changes[:0]
	st.batch++
}

// Rollback takes back every change since the last Commit or Rollback.
func (st *State) Rollback() {
	for i := len(st.changes) - 1; i >= 0; i-- {
		st.changes[i](st)
	}
	st.changes = st.changes[:0]
	st.batch++
}

// Unsaved reports whether an open event changed since the last Flush.
func (st *State) Unsaved() bool { return len(st.reopened) > 0 }

// Size tells how much the state remembers.
func (st *State) Size() (fingerprints, bursts int) { return len(st.stamps), len(st.buckets) }

func (st *State) instant(now time.Time) instant { return now.Sub(st.epoch) }

func (st *State) note(undo func(*State)) { st.changes = append(st.changes, undo) }

// setStamp takes a fingerprint and forgets a few that ended, so that the map
// stays as small as what is cooling down.
func (st *State) setStamp(fp event.Fingerprint, s stamp, now instant, dedup time.Duration) {
	old, had := st.stamps[fp]
	st.note(func(st *State) {
		if had {
			st.stamps[fp] = old
		} else {
			delete(st.stamps, fp)
		}
	})
	st.stamps[fp] = s
	if !had {
		st.sweep(fp, now, dedup)
	}
}

// forgetStamp drops a stamp, unless the batch is taken back.
func (st *State) forgetStamp(fp event.Fingerprint) {
	old := st.stamps[fp]
	st.note(func(st *State) { st.stamps[fp] = old })
	delete(st.stamps, fp)
}

// sweep looks at a few stamps and drops those that ended, and when the map is
// full also the one among them that ends first.
func (st *State) sweep(keep event.Fingerprint, now instant, dedup time.Duration) {
	var first event.Fingerprint
	var end instant
	seen := 0
	for fp, s := range st.stamps {
		if seen++; seen > 8 {
			break
		}
		e := max(s.until, s.at+dedup)
		switch {
		case fp == keep:
		case e <= now:
			st.forgetStamp(fp)
		case end == 0 || e < end:
			first, end = fp, e
		}
	}
	if len(st.stamps) > maxStamps && end != 0 {
		st.forgetStamp(first)
	}
}

func (st *State) dropStamp(fp event.Fingerprint) bool {
	old, had := st.stamps[fp]
	if had {
		st.note(func(st *State) { st.stamps[fp] = old })
		delete(st.stamps, fp)
	}
	return had
}
