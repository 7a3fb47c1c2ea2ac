package tail

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/log"
)

// Options are what a Tail works with.
type Options struct {
	Rules []*log.Rule // over at most log.MaxFiles files
	Log   *slog.Logger
}

// Tail follows log files. It is a sources.Source.
type Tail struct {
	Options
	poll    time.Duration   // between two looks
	notices func() *notices // nil where there are none
}

// New returns a tail.
func New(opts Options) *Tail {
	return &Tail{Options: opts, poll: poll, notices: func() *notices { return newNotices(opts.Log) }}
}

const (
	poll        = 2 * time.Second        // between two looks where no notice comes
	rest        = 100 * time.Millisecond // from a notice to the look, so that a busy file is looked at ten times a second
	moveEvery   = 30 * time.Second       // the position, where no event moves it
	maxFindings = 200                    // are kept together
	maxTurn     = 16 << 20               // bytes of a file, before others have their turn
	logEvery    = time.Hour              // the same fault
)

// Run follows the files until ctx ends. Of a file that it never saw it begins with
// what is new.
func (t *Tail) Run(ctx context.Context, desk sources.Desk) error {
	r := t.begin(ctx, desk)
	defer r.end()
	ticker := time.NewTicker(t.poll)
	defer ticker.Stop()
	for {
		more, err := r.look()
		if err != nil || ctx.Err() != nil {
			return nil // the desk ended with ctx
		}
		if more {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-r.notices.some():
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(rest):
			}
		}
	}
}

// begin makes what a run needs.
func (t *Tail) begin(ctx context.Context, desk sources.Desk) *run {
	r := &run{Tail: t, ctx: ctx, desk: desk, told: map[string]time.Time{}, notices: t.notices()}
	r.lines.Each, r.lines.Long = r.line, r.long
	was := position{}
	if text := desk.Position(); text != "" {
		p, err := parsePosition(text)
		if err != nil {
			t.Log.Error("log files are followed from now on: what was written since they were read is not read", "err", err, "position", event.Clip(text, 300))
		}
		was = p
	}
	paths := map[string]bool{}
	for _, rule := range t.Rules {
		paths[rule.Path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		f := &followed{path: path, matcher: log.NewMatcher(path, t.Rules)}
		places, known := was[path]
		f.known = known
		for _, at := range places {
			f.parts = append(f.parts, &part{at: at})
		}
		r.files = append(r.files, f)
	}
	return r
}
