package store

import (
	"context"
	"fmt"
	"math"

	"github.com/jmoiron/sqlx"
)

// pruneHistory removes the oldest delivery attempts when they take more than so
// many bytes on the disk, in the order in which they were kept: the clock may
// have been wrong.
func (s *Store) pruneHistory(ctx context.Context, limit int64) (n int, err error) {
	excess, err := s.excessHistory(ctx, limit)
	if err != nil {
		return 0, s.failed("measure the history", err)
	}
	for n < excess {
		removed := 0
		err := s.change(ctx, "prune", func(t *tx) (err error) {
			removed, err = t.count("DELETE FROM notification_history WHERE id IN (SELECT id FROM notification_history ORDER BY id LIMIT ?)", min(pruneRows, excess-n))
			return err
		})
		n += removed
		if err != nil || removed == 0 {
			return n, err
		}
	}
	return n, nil
}

// excessHistory returns how many rows are too many, at the size that one has on
// the average, its indexes included.
func (s *Store) excessHistory(ctx context.Context, limit int64) (rows int, err error) {
	var used int64
	if err := s.readers.GetContext(ctx, &used, s.dialect.inUse); err != nil || used <= limit {
		return 0, err
	}
	var history struct{ Size, Count int64 }
	if err := s.readers.GetContext(ctx, &history, s.dialect.measure); err != nil || history.Size <= limit || history.Count == 0 {
		return 0, err
	}
	each := max(history.Size/history.Count, 1)
	return int((history.Size - limit + each - 1) / each), nil
}

const (
	// sparePages may stay free for what comes next: 16 MiB. A large database may
	// have an eighth of it free.
	sparePages  = 4096
	spareEighth = 8

	// shrinkPages are given back in one transaction.
	shrinkPages = 512
)

// shrink gives free pages at the end of the file back to the disk, in portions.
// What is free in between moves.
func (s *Store) shrink(ctx context.Context) error {
	if s.server != nil { // which looks after its files itself
		return nil
	}
	for before := math.MaxInt; ; {
		var file struct{ Pages, Free, Vacuum int }
		const measure = `SELECT pages.page_count AS pages, free.freelist_count AS free, vacuum.auto_vacuum AS vacuum
			FROM pragma_page_count AS pages, pragma_freelist_count AS free, pragma_auto_vacuum AS vacuum`
		if err := s.readers.GetContext(ctx, &file, measure); err != nil {
			return s.failed("measure the database", err)
		}
		spare := max(sparePages, file.Pages/spareEighth)
		if file.Vacuum != incremental || file.Free <= spare || file.Free >= before {
			return nil
		}
		before = file.Free
		if err := s.change(ctx, "give room back", giveBack); err != nil {
			return err
		}
	}
}

// giveBack gives back one portion.
func giveBack(t *tx) error {
	rows, err := t.writer.conn.QueryContext(t.ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", shrinkPages))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() { // each gives back a page
	}
	return rows.Err()
}

// incremental is the mode of a database whose pages can be given back.
const incremental = 2

// vacuumAtOnce is how large a database may be that is rewritten at the start, so
// that its pages can be given back from then on: some tenths of a second. Larger
// ones stay as they are; their free pages are used again.
const vacuumAtOnce = 32 << 20

// makeShrinkable prepares a database to give pages back. It can only be told
// before its first table, or by rewriting it.
func makeShrinkable(ctx context.Context, conn *sqlx.Conn) error {
	var file struct {
		Vacuum int
		Size   int64
	}
	const measure = `SELECT vacuum.auto_vacuum AS vacuum, pages.page_count * size.page_size AS size
		FROM pragma_auto_vacuum AS vacuum, pragma_page_count AS pages, pragma_page_size AS size`
	if err := conn.GetContext(ctx, &file, measure); err != nil {
		return err
	}
	if file.Vacuum == incremental || file.Size > vacuumAtOnce {
		return nil
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA auto_vacuum = %d", incremental)); err != nil || file.Size == 0 {
		return err
	}
	// Where it fails, for want of room say, the next start tries again.
	_, err := conn.ExecContext(ctx, "VACUUM")
	if _, damaged := asDamage(err); damaged {
		return err
	}
	return nil
}
