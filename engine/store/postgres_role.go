package store

import (
	"context"
	"sync"
	"time"
)

const (
	// The lock is held by the session that judges, which is the one that writes: who
	// lost the lock has lost the session, and can keep nothing on it. Each schema of a
	// database has its own.
	takeJudgeLock = "SELECT pg_try_advisory_lock(1953456946, hashtext(current_schema()))"

	// silenceTime is how long a session may say nothing: then the server ends it, so
	// that a node which was stopped neither keeps its role nor writes when it wakes.
	silenceTime = 20 * time.Second

	// BeatEvery is how often a node should call Beat.
	BeatEvery = 5 * time.Second
)

// role is whether this node judges. It changes only while the writer is ours.
type role struct {
	mu     sync.Mutex
	judges bool
	lost   chan struct{} // has room for one
}

func newRole() role { return role{lost: make(chan struct{}, 1)} }

func (r *role) isJudge() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.judges
}

func (r *role) win() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.judges = true
	select {
	case <-r.lost: // of an earlier time
	default:
	}
}

// lose is called when the writing connection is gone, and the lock with it.
func (r *role) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.judges {
		return
	}
	r.judges = false
	select {
	case r.lost <- struct{}{}:
	default:
	}
}

// IsShared reports whether several nodes may use the store. In one that is not
// shared, this process judges and sends alone.
func (s *Store) IsShared() bool { return s.server != nil }

// IsJudge reports whether this process judges, which it always does in a store that
// is not shared.
func (s *Store) IsJudge() bool { return s.server == nil || s.server.role.isJudge() }

// Engine names the engine, and for people where the database is.
func (s *Store) Engine() (name, place string) {
	if s.server == nil {
		return "sqlite", s.path
	}
	return "postgres", s.place()
}

// Engine names the engine and the place, as Store.Engine does.
func (r *Reader) Engine() (name, place string) { return r.store.Engine() }

// Campaign makes this node the one that judges, unless another is. What it may
// judge by is to be loaded afterwards.
func (s *Store) Campaign(ctx context.Context) (judges bool, err error) {
	if s.server == nil || s.server.role.isJudge() {
		return true, nil
	}
	err = s.change(ctx, "become the node that judges", func(t *tx) error {
		if err := t.get(&judges, takeJudgeLock); err != nil || !judges {
			return err
		}
		if _, err := t.exec("UPDATE nodes SET judges = (node = ?)", s.server.node); err != nil {
			return err
		}
		s.server.role.win() // while the writer is ours: a connection that is lost from here on takes the role with it
		return nil
	})
	return judges && err == nil, err
}

// Deposed gives a sign when this node judges no longer.
func (s *Store) Deposed() <-chan struct{} {
	if s.server == nil {
		return nil
	}
	return s.server.role.lost
}
