package dispatch

import (
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

const (
	backlogSpan = 10 * time.Minute // of a channel's pace: what it carries in that time may wait singly
	mergeAtOnce = 200              // parcels that become one message at most
	tightRoom   = fetchSize        // parcels that may wait singly when the outbox is nearly full
)

// relieve merges the oldest parcels of a queue that has grown past what the
// channel's pace carries in ten minutes: into grouped messages, in their place,
// without those that are CRITICAL. An outage merges nothing before the service
// takes messages again, unless the outbox gets full. It reports whether the queue
// has changed.
func (w *worker) relieve(parcels []event.Parcel) bool {
	room, pressed := w.room(), w.pressed.Load()
	if pressed {
		room = min(room, tightRoom)
	}
	if len(parcels) == 0 || len(parcels) <= min(room, fetchSize-1) {
		return false
	}
	if first := &parcels[0]; !pressed && (first.Attempt > 0 || first.Message.Severity == event.Critical) {
		return false
	}
	rows, err := w.mergeable(room, pressed)
	if err != nil {
		w.log.Error("the queue is not merged", "channel", w.channel, "err", err)
		return false
	}
	if len(rows) < 2 {
		return false
	}
	err = w.change(w.sends, func(c *cycle) error {
		c.merge(w.channel, rows)
		return nil
	})
	return err == nil
}

// shorten merges the queue while the outbox is nearly full, whether the service
// takes messages or not.
func (w *worker) shorten() {
	for w.pressed.Load() {
		parcels, err := w.store.Next(w.sends, w.channel, fetchSize)
		if err != nil || !w.relieve(parcels) {
			return
		}
	}
}

// mergeable returns the oldest parcels of what is beyond the room; when the outbox
// is nearly full, INFO ones before others.
func (w *worker) mergeable(room int, pressed bool) ([]event.Parcel, error) {
	n, err := w.store.Backlog(w.sends, w.channel)
	if err != nil || n <= room {
		return nil, err
	}
	limit := min(n-room+1, mergeAtOnce)
	if pressed {
		rows, err := w.store.Mergeable(w.sends, w.channel, event.Info.String(), limit)
		if err != nil || len(rows) > 1 {
			return rows, err
		}
	}
	return w.store.Mergeable(w.sends, w.channel, "", limit)
}

// merge puts one message in the place of parcels.
func (c *cycle) merge(channel string, rows []event.Parcel) {
	m, ids := c.groupOf(channel, rows)
	if len(ids) < 2 {
		return
	}
	m.ID = m.EventID + "." + channel
	c.batch.Merged = append(c.batch.Merged, engine.Merged{
		Into: event.Parcel{ID: ids[0], Channel: channel, Message: m, Source: "tocsin", State: event.Queued, Accepted: c.now, Due: c.now},
		IDs:  ids, Decision: c.toldIn(engine.Decision{Channel: channel, Stage: engine.StageDeliver, Reason: engine.ReasonMerged}, m.EventID),
	})
	for range ids {
		c.metrics.Decided(string(engine.Folded), string(engine.ReasonMerged))
	}
	c.log.Warn("a queue was longer than its channel's pace carries in ten minutes: the oldest are told together", "channel", channel, "messages", len(ids))
}

// pressAll makes every worker shorten its queue.
func (d *Dispatcher) pressAll(on bool) {
	if d.pressed.Swap(on) == on || !on {
		return
	}
	for _, w := range d.loop.workers {
		w.nudge(false)
	}
}
