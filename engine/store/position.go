package store

import (
	"context"

	"tocsin/engine/event"
)

// Positions returns how far each source has read.
func (s *Store) Positions(ctx context.Context) (map[string]string, error) {
	var rows []struct{ Source, Position string }
	if err := s.readers.SelectContext(ctx, &rows, "SELECT source, position FROM positions"); err != nil {
		return nil, s.failed("read positions", err)
	}
	positions := make(map[string]string, len(rows))
	for _, r := range rows {
		positions[r.Source] = r.Position
	}
	return positions, nil
}

func bindPosition(args []any, p *event.Position) []any { return append(args, p.Source, p.At) }
