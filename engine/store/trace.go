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
	History   []event.Delivery // the oldest first; also of the messages that told it with others
	Outbox    []event.Parcel   // the same
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
	err = s.view(ctx, "trace event", func(tx *view) (err error) {
		if err = t.read(ctx, tx, eventID); err != nil {
			return err
		}
		if id, bad := ulid.ParseStrict(eventID); bad == nil && t.IsEmpty() {
			t.Folded, err = foldedAt(ctx, tx, ulid.Time(id.Time()))
		}
		return err
	})
	return t, err
}

// read reads everything as of one instant: a parcel that is sent meanwhile is
// neither missing nor there twice.
func (t *Trace) read(ctx context.Context, tx *view, eventID string) error {
	all := Page{Limit: pageLimit}
	rec, found, err := readEvent(ctx, tx, eventID)
	if err != nil {
		return fmt.Errorf("event: %w", err)
	}
	if found {
		t.Event = &rec
	}
	if t.Decisions, _, err = readDecisions(ctx, tx, DecisionFilter{EventID: eventID, Page: all}); err != nil {
		return fmt.Errorf("decisions: %w", err)
	}
	slices.Reverse(t.Decisions)
	for _, id := range t.messages(eventID) {
		sent, _, err := readHistory(ctx, tx, HistoryFilter{EventID: id, Page: all})
		if err != nil {
			return fmt.Errorf("history: %w", err)
		}
		slices.Reverse(sent)
		queued, err := readOutbox(ctx, tx, OutboxFilter{EventID: id, Page: all})
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		t.History, t.Outbox = append(t.History, sent...), append(t.Outbox, queued...)
	}
	if t.Waiting, err = readWaitingOf(ctx, tx, eventID); err != nil {
		return fmt.Errorf("what waits: %w", err)
	}
	return nil
}

// messages are the ids under which an event was told: its own, and those of the
// messages that told it with others.
func (t *Trace) messages(eventID string) []string {
	ids := []string{eventID}
	for _, d := range t.Decisions {
		if d.ToldIn != "" && !slices.Contains(ids, d.ToldIn) {
			ids = append(ids, d.ToldIn)
		}
	}
	return ids
}

// IsEmpty reports whether nothing at all is known of the event.
func (t *Trace) IsEmpty() bool {
	return t.Event == nil && len(t.Decisions)+len(t.History)+len(t.Outbox)+len(t.Waiting)+len(t.Folded) == 0
}

// foldedAt returns decisions around a moment that count more than one event.
func foldedAt(ctx context.Context, tx *view, at time.Time) ([]event.Decision, error) {
	list, _, err := readDecisions(ctx, tx, DecisionFilter{Since: at.Add(-around), Until: at.Add(around), Page: Page{Limit: pageLimit}})
	if err != nil {
		return nil, fmt.Errorf("folded decisions: %w", err)
	}
	return slices.DeleteFunc(list, func(d event.Decision) bool { return d.Count < 2 }), nil
}
