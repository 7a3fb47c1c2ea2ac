package log

import (
	"context"
	"io"
)

// place is where an outlet writes to.
type place interface {
	// put writes the whole block. When it fails, maybe tells whether some of
	// the block may be there.
	put(block []byte) (maybe bool, err error)
}

// outlet lets one write at a time through to its place. A terminal that is
// stopped, or a disk that hangs, blocks a write for ever; then the sender goes
// its way and the write keeps the outlet until it ends.
type outlet struct {
	place place
	turn  chan struct{} // holds a token while nobody writes
}

func newOutlet(p place) *outlet {
	o := &outlet{place: p, turn: make(chan struct{}, 1)}
	o.turn <- struct{}{}
	return o
}

// write puts block. When it fails, maybe tells whether the block may be there,
// or may yet come.
func (o *outlet) write(ctx context.Context, block []byte) (maybe bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-o.turn:
	}
	type result struct {
		maybe bool
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { o.turn <- struct{}{} }()
		maybe, err := o.place.put(block)
		done <- result{maybe, err}
	}()
	select {
	case <-ctx.Done():
		return true, ctx.Err()
	case r := <-done:
		return r.maybe, r.err
	}
}

// stream is standard output, or what takes its place.
type stream struct{ w io.Writer }

func (s stream) put(block []byte) (maybe bool, err error) {
	n, err := s.w.Write(block)
	if err == nil && n < len(block) {
		err = io.ErrShortWrite
	}
	return n > 0 && err != nil, err
}
