package crew

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// Post keeps what sources find.
type Post interface {
	// Take keeps findings in order, each with its position under key, and returns
	// what became of each. Behind one that is not kept none is, but for one whose
	// verdict is Refused.
	Take(ctx context.Context, key string, findings []sources.Finding) []Verdict
	// Move keeps a position alone.
	Move(ctx context.Context, p event.Position) error
}

// Verdict is what became of a finding: kept, or why not.
type Verdict struct {
	Err  error // nil: it is kept
	Fate Fate  // of one that is not
}

// Fate says whether a finding may be offered again.
type Fate int

// The fates of a finding that is not kept.
const (
	Later   Fate = iota // it will be taken once the cause is gone
	Full                // too much waits already: it is let go after a while
	Refused             // it never will be
)

// Options are what a Crew works with.
type Options struct {
	Post      Post
	Positions map[string]string // that were kept, by name of the job
	Log       *slog.Logger
	// Panicked is told of each panic of a source, which is run again; may be nil.
	Panicked func(part string)
	// Lost counts findings that were let go; may be nil.
	Lost func(name string, findings int)
}

// Crew runs the sources. Its methods may be called from many goroutines.
type Crew struct {
	Options
	ctx  context.Context
	stop context.CancelFunc

	mu        sync.Mutex
	members   map[string]*member
	positions map[string]string
}

// New returns a crew that runs nothing yet.
func New(opts Options) *Crew {
	if opts.Panicked == nil {
		opts.Panicked = func(string) {}
	}
	if opts.Lost == nil {
		opts.Lost = func(string, int) {}
	}
	c := &Crew{Options: opts, members: map[string]*member{}, positions: map[string]string{}}
	for name, at := range opts.Positions {
		c.positions[name] = at
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

// Set makes jobs the ones that run: it stops those that are gone or whose version
// is another, waits for their ends, and starts what is new. The rest go on as if
// nothing had happened.
func (c *Crew) Set(jobs []sources.Job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return
	}
	var ending []*member
	for name, m := range c.members {
		i := slices.IndexFunc(jobs, func(j sources.Job) bool { return j.Name == name })
		if i >= 0 && jobs[i].Version == m.job.Version {
			continue
		}
		m.stop()
		ending = append(ending, m)
		delete(c.members, name)
	}
	for _, m := range ending {
		<-m.ended
		c.positions[m.job.Name] = m.position
	}
	for _, job := range jobs {
		if c.members[job.Name] == nil {
			c.members[job.Name] = c.start(job)
		}
	}
}

// Close stops all sources and waits for their ends, or for the end of ctx.
func (c *Crew) Close(ctx context.Context) {
	c.stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		select {
		case <-m.ended:
		case <-ctx.Done():
			c.Log.Warn("a source does not end and is left behind", "source", m.job.Name)
		}
	}
}

// State is how a source is doing.
type State struct {
	Name     string
	Running  bool      // not waiting to be run again
	Trouble  string    // what hinders it; empty: nothing
	Since    time.Time // of the trouble, or of the run
	Restarts int       // runs that ended by themselves
	Findings int       // that are kept
	Last     time.Time // when the last of them was
}

// States tells how the sources are doing, by name.
func (c *Crew) States() []State {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]State, 0, len(c.members))
	for _, m := range c.members {
		list = append(list, m.state())
	}
	slices.SortFunc(list, func(a, b State) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list
}
