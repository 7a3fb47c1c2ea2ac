package api

import (
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	mostFailures = 5 // of an account or an address, within failureTime
	failureTime  = time.Minute

	// maxNames bounds the accounts and addresses that are remembered. Each attempt takes
	// a place in the kiln, which does not have as many within failureTime.
	maxNames = 8192
)

// attempts counts failures to sign in by account and by address, whether there is
// such an account or not.
type attempts struct {
	mu     sync.Mutex
	failed map[string][]time.Time // not more than mostFailures, the oldest first
}

func newAttempts() *attempts { return &attempts{failed: map[string][]time.Time{}} }

// take counts a try as a failure of all the names, before it is known to be one, so
// that many at once are no more than one after the other. It returns how long the
// caller has to wait when one of the names has too many; such a try does not count.
func (a *attempts) take(now time.Time, names ...string) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range names {
		left := slices.DeleteFunc(a.failed[name], func(t time.Time) bool { return now.Sub(t) >= failureTime })
		if a.failed[name] = left; len(left) == 0 {
			delete(a.failed, name)
		}
		if len(left) >= mostFailures {
			wait = max(wait, failureTime-now.Sub(left[0]))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, name := range names {
		a.makeRoom(now)
		a.failed[name] = append(a.failed[name], now)
	}
	return 0
}

// giveBack takes back a try that was no failure.
func (a *attempts) giveBack(at time.Time, names ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range names {
		if i := slices.Index(a.failed[name], at); i >= 0 {
			a.failed[name] = slices.Delete(a.failed[name], i, i+1)
		}
	}
}

// makeRoom forgets names whose time is over.
func (a *attempts) makeRoom(now time.Time) {
	if len(a.failed) < maxNames {
		return
	}
	maps.DeleteFunc(a.failed, func(_ string, list []time.Time) bool {
		return len(list) == 0 || now.Sub(list[len(list)-1]) >= failureTime
	})
	for name := range a.failed {
		if len(a.failed) < maxNames {
			return
		}
		delete(a.failed, name)
	}
}
