package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// A part that panics begins anew. One that does so again and again is broken, and
// a process that begins from what is on the disk may not be.
const (
	panicLimit   = 5
	panicSpan    = 10 * time.Minute
	restartPause = time.Second
)

// ErrPanics ends a daemon whose code panicked too often.
var ErrPanics = errors.New("tocsin's own code panicked again and again: this is a fault in tocsin, please report what the log says; what was accepted is kept, start it again")

// panics counts the panics of all parts.
type panics struct {
	log    *slog.Logger
	metric func(part string)
	ends   chan error // has room for one: it was once too often

	mu   sync.Mutex
	last []time.Time // the latest, at most panicLimit
}

func newPanics(log *slog.Logger, metric func(string)) *panics {
	return &panics{log: log, metric: metric, ends: make(chan error, 1)}
}

// note counts the panic of a part, which has logged it.
func (p *panics) note(part string) {
	p.metric(part)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = append(p.last, time.Now())
	if len(p.last) < panicLimit {
		return
	}
	p.last = p.last[len(p.last)-panicLimit:]
	if span := time.Since(p.last[0]); span <= panicSpan {
		select {
		case p.ends <- fmt.Errorf("%d panics in %v, the last in the %s: %w", panicLimit, span.Round(time.Second), part, ErrPanics):
		default: // it ends already
		}
	}
}

// guard runs a part in the background until it returns by itself. One that panics
// begins anew.
func (p *panics) guard(ctx context.Context, part string, run func()) {
	for !p.survives(part, run) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(restartPause):
		}
	}
}

func (p *panics) survives(part string, run func()) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("tocsin's own code panicked", "part", part, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			p.note(part)
			ok = false
		}
	}()
	run()
	return true
}
