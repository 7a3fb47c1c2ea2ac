package sources

import (
	"context"

	"tocsin/engine/event"
)

// Source is a collector that is ready to run.
type Source interface {
	// Run collects until ctx ends, and then returns nil, soon. It returns an error
	// when it cannot go on; its words tell cause and remedy, as people read them.
	// It is then run again after a pause, on the same Source, with the position that
	// was kept last. So Run keeps nothing but its position from one run to the next.
	Run(ctx context.Context, desk Desk) error
}

// Desk is where a Source hands in what it found. Its methods are for the
// goroutine of Run alone, but for Report.
type Desk interface {
	// Position returns what was kept last for this source, also before a restart of
	// the daemon; empty: it never kept anything, and begins with what is new now. The
	// text is the source's own: a cursor, an offset, a state as JSON.
	Position() string

	// Keep hands over what was found, in order, and where the source stands behind it.
	// It returns when everything is on the disk, however long that takes, so that a
	// source never reads faster than its events are kept. An error means that ctx
	// ended: then some of the findings are kept, the first ones, and the position
	// is that of the last of them.
	//
	// An event and its own position are kept together: after a kill nothing is
	// missing and nothing comes twice. A finding without a position may come again
	// after a kill in the middle of a Keep. Keep with no findings moves the
	// position alone, which costs a transaction: do it seldom.
	Keep(ctx context.Context, position string, findings ...Finding) error

	// Report says what hinders the source while it goes on trying: cause and remedy
	// in one sentence. Empty: nothing does. What ended a run is told until the next
	// one says so.
	Report(trouble string)
}

// Finding is an event that a source found.
type Finding struct {
	Event    *event.Incoming
	Position string      // where the source stands behind it; empty: known for all of Keep only
	Claim    event.Claim // lets the event in once, whatever the position; empty: none
}

// Job is a source that should be running.
type Job struct {
	// Name is unique, and stays the same as long as it means the same: the position
	// is kept under it, and people read it. A kind that reads once for all of its
	// blocks has the kind's name, any other KIND/LABEL.
	Name string
	// Version is a digest of everything that Source was made of. A reload leaves a
	// source alone whose version is the same.
	Version string
	Source  Source
}
