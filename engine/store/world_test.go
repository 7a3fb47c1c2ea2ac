package store

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// world makes batches that make sense on the whole: parcels are settled while
// they are in the outbox, events are held once.
type world struct {
	*rand.Rand
	*model
	now    time.Time
	events int
}

func (w *world) id() string { w.events++; return fmt.Sprintf("e%04d", w.events) }

func (w *world) some(limit int, do func()) {
	for range w.IntN(limit + 1) {
		do()
	}
}

func (w *world) channel() string { return channels()[w.IntN(3)] }

func (w *world) soon() time.Time { return w.now.Add(time.Duration(w.IntN(300)-30) * time.Minute) }

func (w *world) batch() *engine.Batch {
	b := new(engine.Batch)
	w.some(12, func() { b.Stamps = append(b.Stamps, stamp(w.IntN(20), w.soon())) })
	w.some(3, func() { b.Cleared = append(b.Cleared, fingerprint(w.IntN(20))) })
	w.some(10, func() {
		h := held(fmt.Sprint("b", w.IntN(4)), w.id())
		h.Channels = h.Channels[:w.IntN(3)]
		b.Held = append(b.Held, h)
	})
	w.some(3, func() { b.Released = append(b.Released, fmt.Sprintf("e%04d", w.IntN(w.events+1))) })
	w.some(3, func() {
		b.Buckets = append(b.Buckets, engine.Bucket{Key: fmt.Sprint("b", w.IntN(4)), State: fmt.Appendf(nil, `{"n":%d}`, w.IntN(9))})
	})
	w.some(2, func() { b.Closed = append(b.Closed, fmt.Sprint("b", w.IntN(4))) })
	w.some(10, func() {
		p := parcel(w.channel(), w.id(), event.Severity(w.IntN(3)))
		p.Accepted, p.Due = w.now, w.now
		b.Queued = append(b.Queued, p)
	})
	w.some(3, func() { b.Claims = append(b.Claims, claim(fmt.Sprint("k", w.IntN(9)), w.soon())) })
	w.some(9, func() { b.Decisions = append(b.Decisions, decision(w.id(), w.soon())) })
	w.some(2, func() { b.History = append(b.History, delivery(w.channel(), w.id(), w.soon())) })
	w.waits(b)
	for _, p := range w.outbox {
		if p.State != event.Dead && w.IntN(3) == 0 {
			b.Settled = append(b.Settled, w.settle(p))
		}
	}
	return b
}

// waits adds what waits for a moment or for another event.
func (w *world) waits(b *engine.Batch) {
	buffers := []event.Buffer{event.QuietBuffer, event.DigestBuffer}
	w.some(1, func() {
		summary := told(w.channel(), buffers[w.IntN(2)], w.id())
		summary.Decision.Time = w.soon()
		b.Told = append(b.Told, summary)
	})
	w.some(6, func() { b.Waiting = append(b.Waiting, waits(w.channel(), buffers[w.IntN(2)], w.id(), w.soon())) })
	w.some(3, func() { b.Ended = append(b.Ended, fmt.Sprint("o", w.IntN(9))) })
	w.some(3, func() { b.Opened = append(b.Opened, open(fmt.Sprint("o", w.IntN(9)), w.id(), w.soon())) })
	w.some(2, func() { b.Uncaused = append(b.Uncaused, fmt.Sprint("c", w.IntN(5))) })
	w.some(2, func() {
		b.Causes = append(b.Causes, engine.Cause{Key: fmt.Sprint("c", w.IntN(5)), Inhibition: "lost node", Event: held("", w.id()).Event, Until: w.soon()})
	})
	w.some(1, func() {
		b.Digested = append(b.Digested, engine.Digested{Channel: w.channel(), Day: w.now.Format(time.DateOnly)})
	})
	w.some(4, func() { b.Arrived = append(b.Arrived, arrived(w.id(), w.soon())) })
}

func (w *world) settle(p event.Parcel) event.Settlement {
	states := []event.ParcelState{event.Sent, event.Retry, event.Unknown, event.Held, event.Dead}
	p.State = states[w.IntN(len(states))]
	p.Attempt++
	p.Due = w.soon()
	p.Code, p.Error = "timeout", fmt.Sprint("attempt ", p.Attempt)
	p.Plain, p.Maybe = w.IntN(2) == 0, w.IntN(2) == 0
	s := event.Settlement{Parcel: p}
	if w.IntN(4) > 0 {
		s.Delivery = delivery(p.Channel, p.Message.EventID, w.now)
		s.Delivery.Success, s.Delivery.Attempt = p.State == event.Sent, p.Attempt
	}
	return s
}
