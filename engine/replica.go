package engine

import (
	"errors"
	"fmt"

	"tocsin/engine/event"
)

// ErrDeposed is the error of a store that keeps nothing of a batch, because
// another node judges now, or may. What was judged since the last commit is
// worth nothing.
var ErrDeposed = errors.New("another node judges now")

// Claimed is the error of a store that keeps nothing of a batch, because another
// node took keys of it first.
type Claimed struct{ Claims []event.Claim }

// Error tells how many keys were taken.
func (c *Claimed) Error() string {
	return fmt.Sprintf("another node took the same events first (keys: %d)", len(c.Claims))
}

// Sending is a parcel that an attempt is under way for.
type Sending struct {
	ID      int64
	Channel string
}

// Posted is what a node that does not judge has for the one that does. One of
// Event, Attempt and Moved is set.
type Posted struct {
	ID int64 // given by the store

	Event   *event.Incoming // that was accepted
	Claim   event.Claim     // of the event; empty: none
	Attempt *Attempt
	Moved   bool // messages in buffers went to other channels
}

// Attempt is what came of a send over a channel, for the judge to know how the
// channel is doing. Outbox and history have it already.
type Attempt struct {
	Channel  string
	Err      *event.SendError
	Delivery event.Delivery
}
