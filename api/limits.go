package api

import (
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxCallers bounds the callers whose requests are counted one by one.
const maxCallers = 4096

// limits counts the requests of callers.
type limits struct {
	mu      sync.Mutex
	callers map[string]*rate.Limiter
}

func newLimits() *limits { return &limits{callers: map[string]*rate.Limiter{}} }

// take counts one request of a caller. It returns how long the caller has to
// wait when that is too many. A request that is refused does not count, so that
// a caller who comes back at the time told is served. The rate may differ from
// the one before, as a reload changes it; no rate lets everything through.
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

// makeRoom forgets callers whose allowance is full again and, when that is not
// enough, any quarter of them: a caller that is forgotten begins anew. It makes
// more room than is needed now, so that a crowd of callers does not make it run
// for every request.
func (l *limits) makeRoom() {
	if len(l.callers) < maxCallers {
		return
	}
	maps.DeleteFunc(l.callers, func(_ string, lim *rate.Limiter) bool { return lim.Tokens() >= float64(lim.Burst()) })
	for name := range l.callers {
		if len(l.callers) <= maxCallers*3/4 {
			return
		}
		delete(l.callers, name)
	}
}
