package dispatch

import (
	"context"
	"sync/atomic"
	"time"

	"tocsin/engine/event"
)

// storePause is how long a worker waits after the outbox could not be read.
const storePause = time.Second

// worker delivers the parcels of one channel, one after the other.
type worker struct {
	*Dispatcher
	channel string
	line    atomic.Pointer[Line]
	wake    chan struct{}          // has room for one
	hurry   atomic.Bool            // a CRITICAL parcel came: look again before the next send
	renewed atomic.Bool            // the settings changed: what was learnt of the service is worth nothing
	freed   atomic.Bool            // another node may have given the channel up
	asked   atomic.Bool            // somebody wants what waits to be tried
	note    atomic.Pointer[string] // of the last delivery, for the operator; nil or empty: none
	quit    <-chan struct{}
	stop    context.CancelFunc // ends the worker after the send in flight
	ended   chan struct{}      // closed then
	before  *worker            // that had the channel and is at its last send; nil: none is

	// Of the worker's goroutine alone, and after its end of the one after it.
	queue  queue
	paces  *paces
	takes  time.Duration // a send, about; 0: none was made
	yields time.Time     // until when a free channel is left to others
	others time.Time     // until when another node has the channel, as it looked last

	gait // for the watchdog
}

// nudge makes the worker look into the outbox.
func (w *worker) nudge(urgent bool) {
	if urgent {
		w.hurry.Store(true)
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// renew tries what waits again, because the channel's settings changed.
func (w *worker) renew() {
	if _, err := w.store.Hasten(w.sends, w.channel, time.Now()); err != nil && w.sends.Err() == nil {
		w.log.Warn("held messages are not hastened", "channel", w.channel, "err", err)
	}
	w.renewed.Store(true)
	w.nudge(true)
}

func (w *worker) run() {
	if w.before != nil {
		<-w.before.ended // or both would send the first parcel
		w.paces, w.before = w.before.paces, nil
	}
	for {
		w.moves(moveLimit)
		wait := w.round()
		if !w.pause(wait) {
			w.part()
			return
		}
	}
}

// pause waits until the worker is woken or the time has passed; negative means
// as long as it takes. It reports false when the worker is to end.
func (w *worker) pause(wait time.Duration) bool {
	w.rests()
	select {
	case <-w.quit:
		return false
	default:
	}
	var due <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-w.quit:
		return false
	case <-w.wake:
		return true
	case <-due:
		return true
	}
}

// round does what is due and returns how long to wait for the next round;
// negative: until the worker is woken.
func (w *worker) round() time.Duration {
	line := w.line.Load()
	w.paces.set(line)
	if ok, wait := w.hold(line); !ok {
		return wait
	}
	w.shorten()
	wait := w.send(line) // before copies are made: the service may be back
	wait = sooner(wait, w.passOn(line))
	w.share(line, wait)
	return wait
}

// sooner returns the shorter of two waits, of which negative ones have no end.
func sooner(a, b time.Duration) time.Duration {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// send sends what is due.
func (w *worker) send(line *Line) time.Duration {
	if line.Sender == nil {
		return -1 // until a reload brings one
	}
	if w.renewed.Swap(false) {
		w.queue.reopen()
	}
	if w.asked.Swap(false) {
		w.queue.ask()
	}
	if pause := w.queue.pause(time.Now()); pause > 0 {
		return pause
	}
	w.hurry.Store(false)
	parcels, err := w.store.Next(w.sends, w.channel, w.queue.limit())
	if err != nil {
		w.log.Error("outbox is not readable", "channel", w.channel, "err", err)
		return storePause
	}
	if w.relieve(parcels) {
		return 0
	}
	return w.work(w.queue.look(parcels))
}

// work sends the parcels that are due, in their order.
func (w *worker) work(parcels []event.Parcel) time.Duration {
	next := time.Duration(-1)
	for i := range parcels {
		if !w.mayStill() {
			return 0
		}
		p := &parcels[i]
		if wait := w.queue.wait(p, time.Now()); wait > 0 {
			next = sooner(next, wait)
			if w.queue.known[p.ID].aside {
				continue
			}
			return next // order is kept: what comes later waits too
		}
		s, turn := w.deliver(p)
		if turn != sent {
			return turn.wait()
		}
		next = 0 // look again after this
		if other := w.queue.note(parcels, i, s, time.Now()); other >= 0 {
			if s, turn = w.deliver(&parcels[other]); turn != sent {
				return turn.wait()
			}
			if w.queue.note(parcels, other, s, time.Now()); s.err == nil {
				w.queue.passed(&parcels[i])
			}
			return 0
		}
		if s.err != nil || w.hurry.Load() {
			return 0
		}
	}
	return next
}

// wait is how long to wait for the next round after a turn in which nothing was
// sent.
func (t turn) wait() time.Duration {
	if t == leave {
		return -1
	}
	return 0
}

// room is how many parcels may wait singly: what the channel's pace carries in a
// while, or what it was found to take.
func (w *worker) room() int {
	room := w.paces.carries(time.Now(), backlogSpan)
	if w.takes > 0 {
		room = min(room, max(int(backlogSpan/w.takes), 1))
	}
	return room
}

// took learns how long a send takes.
func (w *worker) took(d time.Duration) {
	if w.takes == 0 {
		w.takes = d
		return
	}
	w.takes += (d - w.takes) / 8
}

// hand gives an attempt to the loop and waits until it is on disk: so a kill
// repeats at most the one message in flight. The loop takes attempts also while
// it closes.
func (w *worker) hand(s *settled) bool {
	w.rests() // it is the loop's turn
	defer w.moves(moveLimit)
	select {
	case w.inbox <- s:
	case <-w.done:
		return false
	}
	select {
	case <-s.kept:
		return true
	case <-w.done:
		return false
	}
}
