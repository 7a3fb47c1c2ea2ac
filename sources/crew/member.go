package crew

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

const (
	firstPause = time.Second     // before a source is run again, doubled each time
	maxPause   = time.Minute     // the longest
	goodRun    = 5 * time.Minute // after a run so long the pauses begin anew
)

// member is a source at work.
type member struct {
	crew     *Crew
	job      sources.Job
	log      *slog.Logger
	stop     context.CancelFunc
	ended    chan struct{}
	position string // of the goroutine until it has ended

	mu  sync.Mutex
	now State
}

// start is called with the crew's lock held.
func (c *Crew) start(job sources.Job) *member {
	ctx, stop := context.WithCancel(c.ctx)
	m := &member{
		crew: c, job: job, log: c.Log.With("source", job.Name), stop: stop, ended: make(chan struct{}), position: c.positions[job.Name],
		now: State{Name: job.Name, Running: true, Since: time.Now()},
	}
	go m.live(ctx)
	return m
}

func (m *member) state() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// live runs the source again and again until ctx ends.
func (m *member) live(ctx context.Context) {
	defer close(m.ended)
	pause := firstPause
	for {
		began := time.Now()
		err := m.run(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = fmt.Errorf("it ended by itself, which it should not: please report it")
		}
		if time.Since(began) >= goodRun {
			pause = firstPause
		}
		m.fell(err, pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause/2 + rand.N(pause/2+1)):
		}
		pause = min(2*pause, maxPause)
		m.mu.Lock()
		m.now.Running = true
		m.mu.Unlock()
	}
}

// run runs the source once. A panic is an error like any other.
func (m *member) run(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			m.log.Error("tocsin's own code panicked", "part", "source", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			m.crew.Panicked("source")
			err = fmt.Errorf("tocsin's own code stopped in the middle: please report what its log says")
		}
	}()
	return m.job.Source.Run(ctx, m)
}

// fell notes that a run ended. The same cause is logged once.
func (m *member) fell(err error, pause time.Duration) {
	m.mu.Lock()
	known := m.now.Trouble == err.Error()
	if !known {
		m.now.Trouble, m.now.Since = err.Error(), time.Now()
	}
	m.now.Running = false
	m.now.Restarts++
	m.mu.Unlock()
	if !known {
		m.log.Error("a source stopped and is started again", "err", err, "pause", pause)
	}
}

// Report is the Desk's.
func (m *member) Report(trouble string) {
	m.mu.Lock()
	was := m.now.Trouble
	if trouble != was {
		m.now.Trouble, m.now.Since = trouble, time.Now()
	}
	m.mu.Unlock()
	switch {
	case trouble == was:
	case trouble == "":
		m.log.Info("a source works again")
	default:
		m.log.Warn("a source is hindered", "why", trouble)
	}
}

// Position is the Desk's.
func (m *member) Position() string { return m.position }

// found notes that findings were kept.
func (m *member) found(n int) {
	if n == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Findings += n
	m.now.Last = time.Now()
}

// at notes a position that is kept.
func (m *member) at(position string) {
	if position != "" {
		m.position = position
	}
}

// moved keeps a position alone, once.
func (m *member) moved(ctx context.Context, position string) error {
	if position == "" || position == m.position {
		return nil
	}
	err := m.crew.Post.Move(ctx, event.Position{Source: m.job.Name, At: position})
	if err == nil {
		m.at(position)
	}
	return err
}
