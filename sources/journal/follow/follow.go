package follow

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/journal"
)

// Options are what a Follower works with.
type Options struct {
	Rules   []*journal.Rule
	Command string   // empty: journalctl
	Args    []string // before its other arguments: which journal to read
	Log     *slog.Logger
}

// Follower reads the journal. It is a sources.Source.
type Follower struct{ Options }

// New returns a follower.
func New(opts Options) *Follower {
	if opts.Command == "" {
		opts.Command = "journalctl"
	}
	return &Follower{opts}
}

const (
	maxFindings = 200              // are kept together
	moveEvery   = 30 * time.Second // the position, where no event moves it
	moveEntries = 20_000           // or after so many entries
	settleTime  = 3 * time.Second  // after which a journalctl that still runs is well
)

// Run reads the journal until ctx ends or journalctl does. The first time it begins
// with what is new.
func (f *Follower) Run(ctx context.Context, desk sources.Desk) error {
	err := f.read(ctx, desk, desk.Position())
	if errors.Is(err, errPosition) && ctx.Err() == nil {
		f.Log.Error("the journal is read from now on: what was written since the last entry is not read", "err", err, "position", event.Clip(desk.Position(), 300))
		err = f.read(ctx, desk, "")
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (f *Follower) read(ctx context.Context, desk sources.Desk, from string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	matcher := journal.NewMatcher(f.Rules)
	r := &reading{Follower: f, desk: desk, matcher: matcher, from: from, began: time.Now(), told: map[string]time.Time{}}
	if from != "" {
		r.moved = r.began // or the first entry tells where the journal ends, which is kept at once
	}
	p, err := start(ctx, f.Command, f.args(matcher, from), r.hinder)
	if err != nil {
		return err
	}
	well := time.AfterFunc(settleTime, r.recover)
	defer well.Stop()
	kept := r.run(ctx, NewLines(p.out))
	cancel()
	ended := p.end()
	if kept != nil {
		return kept
	}
	return ended
}

// args are journalctl's arguments. It begins at the entry that was read last, not
// behind it: behind an entry that was deleted, journalctl leaves out another one.
func (f *Follower) args(matcher *journal.Matcher, from string) []string {
	args := append([]string(nil), f.Args...)
	args = append(args, "--follow", "--output=json", "--all", "--no-pager", "--output-fields="+strings.Join(matcher.Fields(), ","))
	if from == "" {
		return append(args, "--lines=1") // where the journal ends now
	}
	return append(args, "--no-tail", "--cursor="+from)
}
