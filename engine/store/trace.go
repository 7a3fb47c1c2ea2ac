package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"tocsin/engine/event"
)

// Trace is everything that is kept about one event.
type Trace struct {
	Event     *event.Recorded  // nil: not on record
	Decisions []event.Decision // the oldest first
	History   []event.Delivery // the oldest first
	Outbox    []event.Parcel
	Waiting   []event.Waiting
	// Folded are decisions of the same moment that count more than one event,
	// of which this may be one. They are looked for when nothing else is known.
	Folded []event.Decision
}

// around is how far from an event's moment a folded decision may stand: it was
// made for the first of a flood.
const around = 5 * time.Second

// Trace returns everything that is kept about an event.
func (s *Store) Trace(ctx context.Context, eventID string) (t Trace, err error) {
	all := Page{Limit: pageLimit}
	rec, found, err := s.Event(ctx, eventID)
	if err != nil {
		return t, err
	}
	if found {
		t.Event = &rec
	}
	if t.Decisions, _, err = s.Decisions(ctx, DecisionFilter{EventID: eventID, Page: all}); err != nil {
		return t, err
	}
	slices.Reverse(t.Decisions)
	if t.History, _, err = s.History(ctx, HistoryFilter{EventID: eventID, Page: all}); err != nil {
		return t, err
	}
	slices.Reverse(t.History)
	if t.Outbox, err = s.Outbox(ctx, OutboxFilter{EventID: eventID, Page: all}); err != nil {
		return t, err
	}
	if t.Waiting, err = s.WaitingOf(ctx, eventID); err != nil {
		return t, err
	}
	if id, bad := ulid.ParseStrict(eventID); bad == nil && t.IsEmpty() {
		t.Folded, err = s.foldedAt(ctx, ulid.Time(id.Time()))
	}
	return t, err
}

// IsEmpty reports whether nothing at all is known of the event.
func (t *Trace) IsEmpty() bool {
	return t.Event == nil && len(t.Decisions)+len(t.History)+len(t.Outbox)+len(t.Waiting)+len(t.Folded) == 0
}

// foldedAt returns decisions around a moment that count more than one event.
func (s *Store) foldedAt(ctx context.Context, at time.Time) ([]event.Decision, error) {
	list, _, err := s.Decisions(ctx, DecisionFilter{Since: at.Add(-around), Until: at.Add(around), Page: Page{Limit: pageLimit}})
	if err != nil {
		return nil, fmt.Errorf("look for folded decisions: %w", err)
	}
	return slices.DeleteFunc(list, func(d event.Decision) bool { return d.Count < 2 }), nil
}
