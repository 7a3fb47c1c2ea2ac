package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxCallers bounds the callers whose requests are counted one by one.
const maxCallers = 4096

// limits counts the requests of callers.
type limits struct {
	mu      *sync.Mutex
	callers map[string]*rate.Limiter
}

func newLimits() limits { return limits{mu: new(sync.Mutex), callers: map[string]*rate.Limiter{}} }

// take counts one request of a caller. It returns how long the caller has to
// wait when that is too many.
func (l *limits) take(caller string, r Rate, burst int) (wait time.Duration) {
	if r.Count <= 0 {
		return 0
	}
	every := rate.Limit(float64(r.Count) / r.Per.Seconds())
	l.mu.Lock()
	defer l.mu.Unlock()
	lim, ok := l.callers[caller]
	if !ok {
		l.makeRoom()
		lim = rate.NewLimiter(every, burst)
		l.callers[caller] = lim
	}
	if lim.Limit() != every {
		lim.SetLimit(every)
	}
	if lim.Burst() != burst {
		lim.SetBurst(burst)
	}
	reservation := lim.Reserve()
	if wait = reservation.Delay(); wait > 0 {
		reservation.Cancel()
	}
	return wait
}

// makeRoom forgets callers whose allowance is full again, or, when there are
// none, any: a caller that is forgotten begins anew.
func (l *limits) makeRoom() {
	if len(l.callers) < maxCallers {
		return
	}
	for name, lim := range l.callers {
		if lim.Tokens() >= float64(lim.Burst()) {
			delete(l.callers, name)
		}
	}
	for name := range l.callers {
		if len(l.callers) < maxCallers {
			return
		}
		delete(l.callers, name)
	}
}
