package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tocsin/engine/event"
)

const (
	followEvery = time.Second // new decisions are asked for so often

	// followBack is how far back they are looked for, by the daemon's clock. They
	// are kept within a second of being made, or later while the disk is slow, so
	// that a row may come late.
	followBack = "15s"

	followRows = 1000 // as many as the API gives at once
)

// follower prints decisions as they are made.
type follower struct {
	ask   func(context.Context, url.Values) (*decisionsAnswer, error)
	print func(*event.Decision) error
	warn  io.Writer
	// seen are the rows of the last answer: one that an answer has no more is too
	// old to come again.
	seen map[event.Decision]bool
}

// run ends without an error when ctx does.
func (f *follower) run(ctx context.Context, query url.Values) error {
	err := f.follow(ctx, query)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// follow looks at what is there already, which is no news, before it prints what
// is asked for: nothing falls between the two.
func (f *follower) follow(ctx context.Context, query url.Values) error {
	recent := maps.Clone(query)
	recent.Set("since", followBack)
	recent.Set("limit", strconv.Itoa(followRows))
	if _, err := f.look(ctx, recent); err != nil {
		return err
	}
	if query.Has("since") {
		if err := f.past(ctx, query); err != nil {
			return err
		}
	}
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := f.news(ctx, recent); err != nil {
			return err
		}
	}
}

// past prints what is asked for.
func (f *follower) past(ctx context.Context, query url.Values) error {
	there := f.seen
	answer, err := f.look(ctx, query)
	if err != nil {
		return err
	}
	maps.Copy(f.seen, there)
	if n := answer.Total - len(answer.Decisions); n > 0 {
		fmt.Fprintf(f.warn, "%d more before these; --limit shows more\n", n)
	}
	return f.printAll(answer.Decisions)
}

// news prints what the last answer did not have.
func (f *follower) news(ctx context.Context, recent url.Values) error {
	before := f.seen
	answer, err := f.look(ctx, recent)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(answer.Decisions, func(d event.Decision) bool { return before[d] })
	if len(fresh) == followRows {
		fmt.Fprintln(f.warn, "more was decided than can be followed; tocsin decisions --since shows all of it")
	}
	return f.printAll(fresh)
}

// look asks for decisions and remembers them. It returns the oldest first.
func (f *follower) look(ctx context.Context, query url.Values) (*decisionsAnswer, error) {
	answer, err := f.ask(ctx, query)
	if err != nil {
		return nil, err
	}
	slices.Reverse(answer.Decisions)
	f.seen = make(map[event.Decision]bool, len(answer.Decisions))
	for i := range answer.Decisions {
		d := &answer.Decisions[i]
		d.Time = d.Time.UTC() // so that equal ones compare as such
		f.seen[*d] = true
	}
	return answer, nil
}

func (f *follower) printAll(list []event.Decision) error {
	for i := range list {
		if err := f.print(&list[i]); err != nil {
			return err
		}
	}
	return nil
}
