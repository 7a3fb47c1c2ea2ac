package dispatch

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	fetchSize  = 32               // parcels taken from the outbox at once
	sendLimit  = 60 * time.Second // for one send, whatever the channel
	storePause = time.Second      // after the outbox could not be read
)

// worker delivers the parcels of one channel, one after the other.
type worker struct {
	*Dispatcher
	channel string
	line    atomic.Pointer[Line]
	pace    *rate.Limiter
	wake    chan struct{} // has room for one
	hurry   atomic.Bool   // a CRITICAL parcel came: look again before the next send
	put     putOff
	quit    <-chan struct{}
	stop    context.CancelFunc // ends the worker after the send in flight
}

// staff starts, tells and stops workers, so that there is one for every line of
// the plan. old are the lines before.
func (d *Dispatcher) staff(old map[string]Line) {
	if d.ending() {
		return
	}
	for name, line := range d.plan.Lines {
		w, ok := d.loop.workers[name]
		if !ok {
			w = d.hire(name)
		}
		w.line.Store(&line)
		w.pace.SetLimit(limitOf(line))
		w.pace.SetBurst(max(line.Burst, 1))
		if !ok {
			d.workers.Add(1)
			go w.run()
		} else if old[name].Version != line.Version {
			go w.renew()
		}
	}
	for name, w := range d.loop.workers {
		if _, ok := d.plan.Lines[name]; !ok {
			w.stop()
			delete(d.loop.workers, name)
		}
	}
}

func (d *Dispatcher) hire(channel string) *worker {
	ctx, stop := context.WithCancel(d.sends)
	w := &worker{
		Dispatcher: d, channel: channel, wake: make(chan struct{}, 1), quit: ctx.Done(), stop: stop, pace: rate.NewLimiter(rate.Inf, 1),
	}
	d.loop.workers[channel] = w
	return w
}

func limitOf(line Line) rate.Limit {
	if line.Every <= 0 {
		return rate.Inf
	}
	return rate.Every(line.Every)
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
	if _, err := w.store.Hasten(w.sends, w.channel, time.Now()); err != nil {
		w.log.Warn("held messages are not hastened", "channel", w.channel, "err", err)
	}
	w.nudge(true)
}

func (w *worker) run() {
	defer w.workers.Done()
	for {
		wait := w.round()
		if !w.pause(wait) {
			return
		}
	}
}

// pause waits until the worker is woken or the time has passed; negative means
// as long as it takes. It reports false when the worker is to end.
func (w *worker) pause(wait time.Duration) bool {
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

// round sends what is due and returns how long to wait for the next round.
func (w *worker) round() time.Duration {
	if w.line.Load().Sender == nil {
		return -1 // until a reload brings one
	}
	w.hurry.Store(false)
	parcels, err := w.store.Next(w.sends, w.channel, fetchSize)
	if err != nil {
		w.log.Error("outbox is not readable", "channel", w.channel, "err", err)
		return storePause
	}
	if len(parcels) == 0 {
		return -1
	}
	for _, p := range parcels {
		if wait := w.put.wait(&p, time.Now()); wait > 0 {
			return wait // order is kept: what comes later waits too
		}
		s, ok := w.attempt(p)
		if !ok || !w.hand(s) {
			return -1 // the worker ends
		}
		if s.err != nil || w.hurry.Load() {
			break
		}
	}
	return 0
}

// putOff is the parcel at the head of a queue that waits, and until when by the
// monotonic clock: a step of the wall clock neither ends nor prolongs the wait.
type putOff struct {
	id      int64
	attempt int
	due     time.Time // as it is kept; hastening changes it
	until   time.Time
}

func (o *putOff) wait(p *event.Parcel, now time.Time) time.Duration {
	if o.id != p.ID || o.attempt != p.Attempt || !o.due.Equal(p.Due) {
		*o = putOff{p.ID, p.Attempt, p.Due, now.Add(engine.Wait(*p, now))}
	}
	return o.until.Sub(now)
}

// hand gives an attempt to the loop and waits until it is on disk: so a kill
// repeats at most the one message in flight. The loop takes attempts also while
// it closes.
func (w *worker) hand(s *settled) bool {
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

// attempt sends one parcel within the channel's pace. It reports false when the
// worker is to end instead.
func (w *worker) attempt(p event.Parcel) (*settled, bool) {
	if !w.await() {
		return nil, false
	}
	line := w.line.Load()
	m := p.Message
	m.Rich, m.Brief, m.Repeat = line.Rich && !p.Plain, p.Plain, p.Maybe
	started := time.Now()
	receipt, failed := w.send(line.Sender, &m)
	ended := time.Now()
	took := ended.Sub(started)
	next := engine.Attempted(p, failed, ended, line.GiveUp, jitter())
	w.metrics.Delivered(w.channel, failed, took)
	w.report(&next, failed, took)
	row := event.Delivery{
		EventID: m.EventID, SentAt: ended, Channel: w.channel, Type: m.Type, Severity: m.Severity, Title: m.Title, Message: m.PlainBody(),
		Success: failed == nil, Code: next.Code, Error: next.Error, Attempt: next.Attempt, Latency: took, Source: p.Source, MessageID: receipt.MessageID,
	}
	return &settled{settlement: event.Settlement{Parcel: next, Delivery: row}, err: failed, kept: make(chan struct{})}, true
}

// await waits for the channel's pace. It reports false when the worker is to
// end first.
func (w *worker) await() bool {
	r := w.pace.Reserve()
	for delay := r.Delay(); delay > 0; delay = r.Delay() {
		timer := time.NewTimer(delay)
		select {
		case <-w.quit:
			timer.Stop()
			r.Cancel()
			return false
		case <-timer.C:
		}
	}
	select {
	case <-w.quit:
		return false
	default:
		return true
	}
}

// send makes the attempt. A panic of an adapter counts as a failure of its own.
func (w *worker) send(s Sender, m *event.Message) (receipt event.Receipt, failed *event.SendError) {
	ctx, cancel := context.WithTimeout(w.sends, sendLimit)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			w.log.Error("channel panicked", "channel", w.channel, "panic", fmt.Sprint(r))
			failed = &event.SendError{
				Class: event.Temporary, Code: "internal", Maybe: true,
				Why: "the channel's code stopped in the middle", Do: "this is a fault in tocsin, please report it",
			}
		}
	}()
	receipt, err := s.Send(ctx, m)
	if err != nil {
		return receipt, event.AsSendError(err)
	}
	return receipt, nil
}

func (w *worker) report(p *event.Parcel, failed *event.SendError, took time.Duration) {
	log := w.log.With("channel", w.channel, "event", p.Message.EventID, "event_type", p.Message.Type, "attempt", p.Attempt, "took", took)
	switch {
	case failed == nil:
		log.Info("delivered")
	case p.State == event.Dead:
		log.Error("given up", "code", p.Code, "err", p.Error)
	default:
		log.Warn("not delivered", "code", p.Code, "err", p.Error, "state", string(p.State), "due", p.Due)
	}
}
