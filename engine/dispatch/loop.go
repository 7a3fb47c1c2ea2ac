package dispatch

import (
	"time"

	"tocsin/engine"
)

// loop is what only the loop's goroutine touches.
type loop struct {
	plan     Plan
	state    *engine.State
	effects  engine.Effects
	batch    engine.Batch
	fold     *folder
	claims   *claims
	watchers map[string]*watch
	workers  map[string]*worker
	leaving  map[string]*worker // without a line, but still at their last send

	judging  bool       // other nodes post what they have for this one
	edited   bool       // the judge does not know yet that the plan or the clock is another
	underWay underWay   // sends that the outbox does not know of yet
	waiting  []*settled // attempts whose transaction failed
	retryAt  time.Time  // when a failed transaction of ours is tried again
	trouble  trouble
	volume   volume
}

const (
	batchSize   = 256             // items that share a transaction at most
	batchBytes  = 4 << 20         // and how much they weigh: each channel gets a message of them
	commitLimit = 5 * time.Second // for one transaction
	retryCommit = time.Second     // pause after a failed one that nobody waits for
	lastGrace   = time.Second     // for what was sent to be kept, after sends were given up
)

// run is the loop. After closing it works off what was already taken.
func (d *Dispatcher) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		d.arm(timer)
		select {
		case first := <-d.inbox:
			d.cycle(d.gather(first))
		case <-timer.C:
			d.cycle(nil)
		case <-d.posts:
			d.takePosted()
		case <-d.closing:
			d.drain(timer)
			return
		}
	}
}

// drain keeps what was taken before the end, the attempts of workers that end,
// and the last decisions. A store that keeps nothing and a channel that does not
// let go hold it up no longer than lastGrace.
func (d *Dispatcher) drain(timer *time.Timer) {
	for n := len(d.inbox); n > 0; { // what was taken is queued before the workers look for the last time
		items := d.gather(nil)
		d.cycle(items)
		n -= max(len(items), 1)
	}
	for _, w := range d.loop.workers {
		w.stop()
	}
	stopped := make(chan struct{})
	go func() {
		d.workers.Wait()
		close(stopped)
	}()
	given := d.sends.Done()
	var end <-chan time.Time
	for running := true; running; {
		d.arm(timer)
		select {
		case first := <-d.inbox:
			d.cycle(d.gather(first))
		case <-timer.C:
			d.cycle(nil)
		case <-given:
			given, end = nil, time.After(lastGrace)
		case <-stopped:
			running = false
		case <-end:
			running = false
		}
	}
	for pending, failed := true, false; pending && !failed; _, pending = d.fold.due() {
		d.fold.flushAt = time.Time{}
		d.cycle(d.gather(nil))
		failed = !d.retryAt.IsZero()
	}
	if len(d.waiting) > 0 {
		d.log.Error("deliveries could not be noted: their messages may be sent again", "messages", len(d.waiting))
	}
}

// arm sets the timer to the next moment at which the loop has to look by
// itself.
func (d *Dispatcher) arm(timer *time.Timer) {
	next, ok := d.state.Next()
	if at, pending := d.fold.due(); pending && (!ok || at.Before(next)) {
		next, ok = at, true
	}
	if at, pending := d.underWay.due(); pending && (!ok || at.Before(next)) {
		next, ok = at, true
	}
	if len(d.waiting) > 0 {
		next, ok = d.retryAt, true
	}
	if d.edited {
		next, ok = time.Now(), true
	}
	if ok && next.Before(d.retryAt) {
		next = d.retryAt
	}
	timer.Stop()
	if ok {
		timer.Reset(max(time.Until(next), 0))
	}
}

// gather adds to the first item, if there is one, whatever else is waiting
// already: it shares the transaction.
func (d *Dispatcher) gather(first item) []item {
	items := make([]item, 0, 64)
	weight := 0
	for i := first; len(items) < batchSize && weight < batchBytes; i = nil {
		if i == nil {
			select {
			case i = <-d.inbox:
			default:
				return items
			}
		}
		items = append(items, i)
		if a, ok := i.(*arrival); ok {
			weight += a.weight
		}
	}
	return items
}
