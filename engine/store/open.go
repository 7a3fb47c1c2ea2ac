package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// openRow is an open event, and causeRow a cause of an inhibition, as they are
// kept.
type (
	openRow struct {
		Key     string `db:"key"`
		EventID string `db:"event_id"`
		Type    string `db:"event_type"`
		Host    string `db:"host"`
		Opened  int64  `db:"opened_at"`
		Event   string `db:"event"`
		State   string `db:"state"`
	}
	causeRow struct {
		Key        string `db:"key"`
		Inhibition string `db:"inhibition"`
		Until      int64  `db:"until"`
		Event      string `db:"event"`
	}
)

const (
	openColumns  = "key,event_id,event_type,host,opened_at,event,state"
	causeColumns = "key,inhibition,until,event"
)

func newOpenRow(o *engine.Open, text *encoder) (openRow, error) {
	body, err := text.encode(o.Event)
	if err != nil {
		return openRow{}, fmt.Errorf("open event %s: %w", o.Event.ID, err)
	}
	return openRow{
		Key: o.Key, EventID: o.Event.ID, Type: o.Event.Type, Host: o.Event.Host, Opened: millis(o.Since), Event: body, State: string(o.State),
	}, nil
}

func newCauseRow(c *engine.Cause, text *encoder) (causeRow, error) {
	body, err := text.encode(c.Event)
	if err != nil {
		return causeRow{}, fmt.Errorf("cause %s: %w", c.Event.ID, err)
	}
	return causeRow{Key: c.Key, Inhibition: c.Inhibition, Until: millis(c.Until), Event: body}, nil
}

func bindOpen(args []any, r *openRow) []any {
	return append(args, r.Key, r.EventID, r.Type, r.Host, r.Opened, r.Event, r.State)
}

func bindCause(args []any, r *causeRow) []any {
	return append(args, r.Key, r.Inhibition, r.Until, r.Event)
}

func bindDigested(args []any, d *engine.Digested) []any { return append(args, d.Channel, d.Day) }

func loadOpen(ctx context.Context, t *view) ([]engine.Open, error) {
	var rows []openRow
	if err := t.SelectContext(ctx, &rows, "SELECT "+openColumns+" FROM open_events ORDER BY opened_at, key"); err != nil {
		return nil, err
	}
	list := make([]engine.Open, len(rows))
	for i, r := range rows {
		list[i] = engine.Open{Key: r.Key, Event: new(event.Event), Since: instant(r.Opened), State: []byte(r.State)}
		if err := json.Unmarshal([]byte(r.Event), list[i].Event); err != nil {
			return nil, fmt.Errorf("event %s: %w", r.EventID, err)
		}
	}
	return list, nil
}

func loadCauses(ctx context.Context, t *view, now time.Time) ([]engine.Cause, error) {
	var rows []causeRow
	if err := t.SelectContext(ctx, &rows, "SELECT "+causeColumns+" FROM inhibit_causes WHERE until > ? ORDER BY key", millis(now)); err != nil {
		return nil, err
	}
	list := make([]engine.Cause, len(rows))
	for i, r := range rows {
		list[i] = engine.Cause{Key: r.Key, Inhibition: r.Inhibition, Event: new(event.Event), Until: instant(r.Until)}
		if err := json.Unmarshal([]byte(r.Event), list[i].Event); err != nil {
			return nil, fmt.Errorf("cause %q: %w", r.Key, err)
		}
	}
	return list, nil
}

func loadDigested(ctx context.Context, t *view) ([]engine.Digested, error) {
	var list []engine.Digested
	return list, t.SelectContext(ctx, &list, "SELECT channel, day FROM digests ORDER BY channel")
}
