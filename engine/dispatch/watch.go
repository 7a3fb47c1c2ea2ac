package dispatch

import "tocsin/engine/event"

// watch is somebody who waits for the deliveries of an event.
type watch struct{ results chan<- event.Delivery }

// announce tells a watcher what came of the first attempt over a channel.
func (c *cycle) announce(s *settled) {
	if s.settlement.Delivery.Attempt > 1 {
		return
	}
	w, ok := c.watchers[s.settlement.Delivery.EventID]
	if !ok {
		return
	}
	select {
	case w.results <- s.settlement.Delivery:
	default: // it stopped listening
	}
}
