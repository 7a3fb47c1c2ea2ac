package store

import (
	"context"
	"time"
)

// checkAfter is how long a commit proves that another would succeed: checks may
// come often, and each one that writes takes a turn of the disk.
const checkAfter = time.Second

// Check reports whether the store can keep a row now: whether something was
// kept within the last second, or else whether it can be. An *Unavailable says
// why it cannot.
func (s *Store) Check(ctx context.Context) error {
	if last := s.kept.Load(); last != nil && time.Since(*last) < checkAfter {
		return nil
	}
	err := s.change(ctx, "check store", func(t *tx) error {
		_, err := t.exec("UPDATE probe SET written = written + 1")
		return err
	})
	if err != nil {
		return err
	}
	s.noteKept()
	return nil
}

func (s *Store) noteKept() {
	now := time.Now()
	s.kept.Store(&now)
}
