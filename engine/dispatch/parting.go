package dispatch

import (
	"context"
	"time"
)

// partingTime is how long a channel may take at the end for messages that say that
// the host goes down.
const partingTime = 5 * time.Second

// part sends what is news only now: that the host goes down. Told after the next start
// it would be history. Such a message waits for neither pace nor its next try, and is
// tried once; the rest waits for the next start.
func (w *worker) part() {
	line := w.line.Load()
	if !w.ending() || line.Sender == nil {
		return
	}
	ctx, cancel := context.WithTimeout(w.sends, partingTime)
	defer cancel()
	w.moves(moveLimit)
	parcels, err := w.store.Next(ctx, w.channel, w.queue.limit())
	if err != nil {
		return // as the next start finds it
	}
	for i := range parcels {
		if p := &parcels[i]; isParting(p.Message.Type) && ctx.Err() == nil && w.mayStill() {
			w.hand(w.attempt(ctx, *p, line))
		}
	}
}

// isParting reports whether an event of a type says that the host goes down.
func isParting(typ string) bool { return typ == "system_shutdown" || typ == "system_reboot" }
