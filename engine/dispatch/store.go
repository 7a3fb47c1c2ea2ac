package dispatch

import (
	"context"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Store keeps what the loop decides, and the queues of the channels.
type Store interface {
	Outbox
	Buffers
	// Commit keeps the whole batch, on disk, or nothing of it.
	Commit(ctx context.Context, b *engine.Batch) error
	// Check keeps a row that says nothing, unless something was kept just now.
	Check(ctx context.Context) error
	// Volume tells how much waits to be delivered.
	Volume(ctx context.Context) (engine.Volume, error)
}

// Outbox is where parcels wait.
type Outbox interface {
	// Next returns the first parcels of a channel that are not sent or dead:
	// CRITICAL ones first, then in the order they were accepted.
	Next(ctx context.Context, channel string, limit int) ([]event.Parcel, error)
	// Hasten makes the waiting parcels of a channel due now.
	Hasten(ctx context.Context, channel string, now time.Time) (int, error)
	// Interrupt marks the parcels that were being sent when the process before
	// this one ended.
	Interrupt(ctx context.Context) (int, error)
	// Backlog counts the parcels of a channel that wait and are not CRITICAL.
	Backlog(ctx context.Context, channel string) (int, error)
	// Mergeable returns the oldest of them that may become one message, without
	// their bodies; with a severity, only those of it.
	Mergeable(ctx context.Context, channel, severity string, limit int) ([]event.Parcel, error)
	// Overdue returns the first parcels of a channel that were accepted until a
	// moment and that nothing stands in for, and when the first of the later ones
	// was accepted; zero: there is none.
	Overdue(ctx context.Context, channel string, until time.Time, limit int) (list []event.Parcel, next time.Time, err error)
	// Knows tells of which events a channel has a parcel or took a message.
	Knows(ctx context.Context, channel string, events []string) (map[string]bool, error)
	// Requeue makes chosen parcels due now, gives dead ones another life, and
	// moves all of them when another channel is named. It returns how many.
	Requeue(ctx context.Context, which engine.Selection, to string, now time.Time) (int, error)
}

// Buffers is where messages wait for a time of the day.
type Buffers interface {
	// Waiting returns the first messages that wait in a buffer of a channel, in
	// the order of their events' times and without their bodies, how many wait in
	// all, and the highest of their severities.
	Waiting(ctx context.Context, channel string, buffer event.Buffer, limit int) (rows []event.Waiting, total int, highest event.Severity, err error)
	// Rebuffer moves chosen messages to the same buffer of another channel. It
	// returns how many, and what then waits in all buffers.
	Rebuffer(ctx context.Context, buffer event.Buffer, which engine.Selection, to string) (moved int, now []engine.Pending, err error)
}
