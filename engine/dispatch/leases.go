package dispatch

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// leases are the channels over which this node may send, while other nodes share
// the store. Its methods are called by the workers, the loop and the renewal.
type leases struct {
	store Shared
	nodes atomic.Int64 // that are there

	turn sync.Mutex // held while the store is told of a change, and held with it

	mu   sync.Mutex
	held map[string]lease
}

// lease is the right to send over a channel.
type lease struct {
	fence int64
	until time.Time // by this node's own clock, and no later than the store thinks
}

func newLeases(store Shared) *leases { return &leases{store: store, held: map[string]lease{}} }

// renewals is how often a lease is renewed in its time.
const renewals = 3

// yieldTime is how long a node that has its share of the channels leaves a free one
// to others.
const yieldTime = 2 * time.Second

// fence returns the fence of a channel's lease, as far as this node knows; 0: it
// has none.
func (l *leases) fence(channel string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held[channel].fence
}

// lasts reports whether a lease is good for a send that begins now.
func (l *leases) lasts(channel string) (held, lasts bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.held[channel]
	return ok, ok && time.Until(h.until) > l.store.LeaseTime()/renewals
}

func (l *leases) set(channel string, h lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[channel] = h
}

func (l *leases) drop(channel string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, channel)
}

// excess is how many channels this node holds beyond its share of so many.
func (l *leases) excess(channels int) int {
	nodes := max(int(l.nodes.Load()), 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.held) - (channels+nodes-1)/nodes
}

// renew keeps what is held.
func (l *leases) renew(ctx context.Context) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	asked := time.Now()
	fences, err := l.store.Renew(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.held)
	for channel, fence := range fences { // also those of which an answer was lost
		l.held[channel] = lease{fence, asked.Add(l.store.LeaseTime())}
	}
	return nil
}

// take asks for a lease.
func (l *leases) take(ctx context.Context, channel string) (fence int64, wait time.Duration, err error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	asked := time.Now()
	fence, wait, err = l.store.Lease(ctx, channel)
	if err == nil && fence > 0 {
		l.set(channel, lease{fence, asked.Add(l.store.LeaseTime())})
	}
	return fence, wait, err
}

// release gives a lease up.
func (l *leases) release(ctx context.Context, channel string) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	fence := l.fence(channel)
	l.drop(channel)
	return l.store.Release(ctx, channel, fence)
}

// SetNodes says how many nodes share the store, so that each takes its share of
// the channels. It reports whether they are others than before.
func (d *Dispatcher) SetNodes(n int) (changed bool) {
	return d.leases != nil && d.leases.nodes.Swap(int64(n)) != int64(n)
}

// keepLeases renews leases until the dispatcher has ended.
func (d *Dispatcher) keepLeases() {
	tick := time.NewTicker(d.shared.LeaseTime() / renewals)
	defer tick.Stop()
	for {
		select {
		case <-d.done:
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
		if err := d.leases.renew(ctx); err != nil {
			d.log.Warn("leases of channels are not renewed: nothing is sent once they have run out", "err", err)
		}
		cancel()
	}
}

// hold makes sure that this node may send over the channel, and other nodes do
// not. Otherwise it returns how long to wait; negative: until the worker is woken.
func (w *worker) hold(line *Line) (ok bool, wait time.Duration) {
	if w.leases == nil {
		return true, 0
	}
	if line.Sender == nil && line.Fallback.Channel == "" {
		return false, -1 // another node may have what this one lacks
	}
	held, lasts := w.leases.lasts(w.channel)
	switch {
	case lasts:
		return true, 0
	case held: // the store does not answer, or has not yet
		return false, storePause
	case time.Now().Before(w.others) && !w.freed.Swap(false): // it is another's: whatever was queued, that one was woken too
		return false, time.Until(w.others)
	case w.leases.excess(w.lines()) < 0:
	case w.yields.IsZero():
		w.yields = time.Now().Add(yieldTime)
		return false, yieldTime
	case time.Now().Before(w.yields): // woken meanwhile
		return false, time.Until(w.yields)
	}
	w.yields = time.Time{}
	return w.lease()
}

// mayStill reports whether the lease is good for a send that begins now.
func (w *worker) mayStill() bool {
	if w.leases == nil {
		return true
	}
	_, lasts := w.leases.lasts(w.channel)
	return lasts
}

func (w *worker) lease() (ok bool, wait time.Duration) {
	fence, wait, err := w.leases.take(w.sends, w.channel)
	switch {
	case err != nil:
		if w.sends.Err() == nil {
			w.log.Warn("the lease of a channel cannot be taken yet", "channel", w.channel, "err", err)
		}
		return false, storePause
	case fence == 0 && wait == 0:
		return false, -1
	case fence == 0:
		w.others = time.Now().Add(wait)
		return false, wait
	}
	w.queue = newQueue() // others may have sent since
	w.log.Info("this node sends over a channel from now on", "channel", w.channel, "fence", fence)
	return true, 0
}

// share gives up a channel with nothing to send when this node has more than its
// share, or cannot send over it.
func (w *worker) share(line *Line, wait time.Duration) {
	if w.leases == nil || wait == 0 || line.Sender != nil && (wait > 0 || w.leases.excess(w.lines()) <= 0) {
		return
	}
	if err := w.leases.release(w.sends, w.channel); err != nil && w.sends.Err() == nil {
		w.log.Debug("a lease is not released and runs out by itself", "channel", w.channel, "err", err)
	}
}

// lines is how many channels this node knows.
func (d *Dispatcher) lines() int { return int(d.lineCount.Load()) }

// fences puts the fences on what a cycle says of channels' parcels.
func (c *cycle) fences() {
	if c.leases == nil {
		return
	}
	b := &c.batch
	b.Fences = map[string]int64{}
	for _, s := range b.Sending {
		b.Fences[s.Channel] = c.leases.fence(s.Channel)
	}
	for i := range b.Merged {
		channel := b.Merged[i].Into.Channel
		b.Fences[channel] = c.leases.fence(channel)
	}
	for i := range b.Copied {
		b.Fences[b.Copied[i].Channel] = c.leases.fence(b.Copied[i].Channel)
	}
	for _, s := range c.settled { // of the lease under which they were made
		b.Fences[s.settlement.Parcel.Channel] = s.fence
	}
}

// lost takes notice of channels that another node sends over by now.
func (c *cycle) lost() {
	for _, channel := range c.batch.Lost {
		c.leases.drop(channel)
		c.log.Warn("another node sends over a channel that this one held for too long without a word: what this one sent last may arrive twice", "channel", channel)
	}
}

func asClaimed(err error) (*engine.Claimed, bool) { return errors.AsType[*engine.Claimed](err) }

func isDeposed(err error) bool { return errors.Is(err, engine.ErrDeposed) }

// buffers lists the buffers.
func buffers() []event.Buffer { return []event.Buffer{event.QuietBuffer, event.DigestBuffer} }
