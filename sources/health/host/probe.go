package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// prober asks the kernel about file systems, any of which may never answer. It has at
// most one question open for each, so that what hangs costs one goroutine, and its
// thread, until the kernel lets go of it.
type prober struct {
	ask func(path string) (syscall.Statfs_t, error) // nil: the kernel

	mu   sync.Mutex
	open map[string]*probe
}

type probe struct {
	done chan struct{}
	stat syscall.Statfs_t
	err  error
}

const maxHanging = 64

// errSilent says that a file system did not answer in time.
var errSilent = errors.New("it does not answer")

// usage returns what a file system says of itself within a time.
func (p *prober) usage(ctx context.Context, path string, within time.Duration) (usage, error) {
	q, err := p.start(path)
	if err != nil {
		return usage{}, err
	}
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-q.done:
		return usageOf(q.stat), q.err
	case <-timer.C:
		return usage{}, fmt.Errorf("%w within %v", errSilent, within)
	case <-ctx.Done():
		return usage{}, fmt.Errorf("%w: %w", errSilent, ctx.Err())
	}
}

func (p *prober) start(path string) (*probe, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if q := p.open[path]; q != nil {
		return q, nil
	}
	if len(p.open) >= maxHanging {
		return nil, fmt.Errorf("%d other file systems are being asked and do not answer", maxHanging)
	}
	if p.open == nil {
		p.open = map[string]*probe{}
	}
	q := &probe{done: make(chan struct{})}
	p.open[path] = q
	ask := p.ask
	if ask == nil {
		ask = statfs
	}
	go func() {
		q.stat, q.err = ask(path)
		p.mu.Lock()
		delete(p.open, path)
		p.mu.Unlock()
		close(q.done)
	}()
	return q, nil
}

func statfs(path string) (syscall.Statfs_t, error) {
	var st syscall.Statfs_t
	for {
		if err := syscall.Statfs(path, &st); !errors.Is(err, syscall.EINTR) {
			return st, err
		}
	}
}

// usage is how full a file system is. The percentage is df's: what only root may use
// counts neither as used nor as free.
type usage struct {
	total, used, available      float64
	percent, inodes             float64
	percentKnown, inodesCounted bool
}

func usageOf(st syscall.Statfs_t) usage {
	unit := float64(st.Frsize)
	if unit <= 0 {
		unit = float64(st.Bsize)
	}
	u := usage{
		total:     float64(st.Blocks) * unit,
		used:      (float64(st.Blocks) - float64(st.Bfree)) * unit,
		available: float64(st.Bavail) * unit,
	}
	u.percent, u.percentKnown = percent(u.used, u.used+u.available)
	u.inodes, u.inodesCounted = percent(float64(st.Files)-float64(st.Ffree), float64(st.Files))
	return u
}

// into sets the fields that tell of the usage.
func (u usage) into(it item) {
	put(it, "used_percent", u.percent, u.percentKnown)
	it["used"], it["available"], it["total"] = size(u.used), size(u.available), size(u.total)
}
