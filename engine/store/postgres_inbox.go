package store

import (
	"context"
	"encoding/json"
	"fmt"

	"tocsin/engine"
	"tocsin/engine/event"
)

// The kinds of what nodes have for the one that judges.
const (
	postedEvent   = "event"
	postedAttempt = "attempt"
	postedMove    = "move"
)

// postedText is what stands in a row of the inbox.
type postedText struct {
	Event   *incomingText   `json:"event,omitempty"`
	Claim   *event.Claim    `json:"claim,omitempty"`
	Attempt *engine.Attempt `json:"attempt,omitempty"`
}

// post keeps what other nodes' judge is to have, and forgets what was judged.
func (c *commit) post(sv *server, t *tx) error {
	text := newEncoder()
	for i := range c.Posted {
		kind, body := newPostedText(&c.Posted[i])
		row, err := text.encode(body)
		if err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		if _, err := t.exec("INSERT INTO inbox (kind, node, body, weight) VALUES (?, ?, ?, ?)", kind, sv.node, row, int64(len(row))); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
	}
	for id, why := range c.Refused {
		if _, err := t.exec("UPDATE inbox SET refused = ? WHERE id = ?", why, id); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
	}
	if err := each(t, &c.sql.taken, c.Taken, bindValue); err != nil {
		return fmt.Errorf("inbox: %w", err)
	}
	return nil
}

func newPostedText(p *engine.Posted) (kind string, text postedText) {
	switch {
	case p.Event != nil:
		text.Event = &incomingText{*p.Event, p.Event.Except, p.Event.AtLeast}
		if p.Claim.Key != "" {
			text.Claim = &p.Claim
		}
		return postedEvent, text
	case p.Attempt != nil:
		text.Attempt = p.Attempt
		return postedAttempt, text
	}
	return postedMove, text
}

// Posted returns what waits for the node that judges, in the order in which it was
// kept. What cannot be read has none of an event, an attempt and a move.
func (s *Store) Posted(ctx context.Context, limit int) ([]engine.Posted, error) {
	var rows []struct {
		ID         int64
		Kind, Body string
	}
	if err := s.readers.SelectContext(ctx, &rows, "SELECT id, kind, body FROM inbox WHERE refused = '' ORDER BY id LIMIT ?", limit); err != nil {
		return nil, s.failed("read the inbox", err)
	}
	list := make([]engine.Posted, len(rows))
	for i, r := range rows {
		list[i] = engine.Posted{ID: r.ID, Moved: r.Kind == postedMove}
		var text postedText
		if err := json.Unmarshal([]byte(r.Body), &text); err != nil {
			continue
		}
		if text.Event != nil {
			in := text.Event.Incoming
			in.Except, in.AtLeast = text.Event.Except, text.Event.AtLeast
			list[i].Event = &in
		}
		if text.Claim != nil {
			list[i].Claim = *text.Claim
		}
		list[i].Attempt = text.Attempt
	}
	return list, nil
}
