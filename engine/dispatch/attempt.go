package dispatch

import (
	"context"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// sendLimit bounds one send, whatever the channel.
const sendLimit = 60 * time.Second

// turn is what a worker does after it waited to send a parcel.
type turn int

const (
	sent  turn = iota // it was tried, and what came of that is kept
	yield             // a CRITICAL one came meanwhile: look again
	leave             // the worker ends, or has lost its sender
)

// deliver makes one attempt to send a parcel and sees to it that what came of it
// is kept.
func (w *worker) deliver(p *event.Parcel) (*settled, turn) {
	if t := w.await(p.Message.Severity == event.Critical); t != sent {
		return nil, t
	}
	if !w.mayStill() { // it waited for too long
		return nil, yield
	}
	line := w.line.Load()
	if line.Sender == nil { // by a reload
		return nil, leave
	}
	s := w.attempt(w.sends, *p, line)
	if !w.hand(s) {
		return nil, leave
	}
	return s, sent
}

// attempt sends one parcel; the end of ctx gives it up.
func (w *worker) attempt(ctx context.Context, p event.Parcel, line *Line) *settled {
	fence := int64(0)
	if w.leases != nil {
		fence = w.leases.fence(w.channel)
	}
	w.begin(p.ID)
	m := p.Message
	m.Rich, m.Brief, m.Repeat = line.Rich && !p.Plain, p.Plain, p.Maybe
	started := time.Now()
	receipt, failed := w.call(ctx, line.Sender, &m)
	ended := time.Now()
	took := ended.Sub(started)
	w.took(took)
	next := engine.Attempted(p, failed, ended, line.GiveUp, jitter())
	w.metrics.Delivered(w.channel, failed, took)
	w.report(&next, failed, took)
	row := event.Delivery{
		EventID: m.EventID, SentAt: ended, Channel: w.channel, Type: m.Type, Severity: m.Severity, Title: m.Title, Message: m.PlainBody(),
		Success: failed == nil, Code: next.Code, Error: next.Error, Attempt: next.Attempt, Latency: took, Source: p.Source, MessageID: receipt.MessageID,
	}
	if failed == nil {
		row.Error = w.noted(receipt.Note)
	}
	return &settled{settlement: event.Settlement{Parcel: next, Delivery: row}, err: failed, kept: make(chan struct{}), fence: fence}
}

// noted keeps what a service had to say on a delivery, for people to see.
func (w *worker) noted(note string) string {
	before := w.note.Swap(&note)
	if note != "" && (before == nil || *before != note) {
		w.log.Warn("delivered, but something is to be changed", "channel", w.channel, "note", note)
	}
	return note
}

// await waits for the channel's pace.
func (w *worker) await(urgent bool) turn {
	w.rests()
	wait, giveBack := w.paces.reserve(time.Now(), urgent)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for waits := wait > 0; waits; {
		select {
		case <-w.quit:
			return leave
		case <-timer.C:
			waits = false
		case <-w.wake: // what else came is looked for after this send
			if w.hurry.Load() && !urgent {
				giveBack()
				return yield
			}
		}
	}
	select {
	case <-w.quit:
		return leave
	default:
		return sent
	}
}

// begin tells the loop that a send begins, so that a kill in the middle of it is
// known afterwards.
func (w *worker) begin(parcel int64) {
	select {
	case w.inbox <- &started{engine.Sending{ID: parcel, Channel: w.channel}}:
	case <-w.done:
	}
}

// call makes the attempt. A panic of an adapter counts as a failure of its own.
func (w *worker) call(ctx context.Context, s Sender, m *event.Message) (receipt event.Receipt, failed *event.SendError) {
	w.moves(sendLimit + moveLimit)
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
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
