package dispatch

import (
	"time"

	"golang.org/x/time/rate"
)

// Pace is how fast a channel may send: one message each Every, and Burst at
// once. A zero Every means no limit.
type Pace struct {
	Every time.Duration
	Burst int
}

// paces are the limits that a worker keeps, of its service and of its operator.
type paces []*rate.Limiter

// set makes the limits those of a line. What was sent before still counts.
func (p paces) set(limits []Pace) paces {
	for len(p) < len(limits) {
		p = append(p, rate.NewLimiter(rate.Inf, 1))
	}
	for i, limit := range limits {
		p[i].SetLimit(limit.rate())
		p[i].SetBurst(max(limit.Burst, 1))
	}
	return p[:len(limits)]
}

func (p Pace) rate() rate.Limit {
	if p.Every <= 0 {
		return rate.Inf
	}
	return rate.Every(p.Every)
}

// reserve takes a turn and returns how long to wait for it.
func (p paces) reserve(now time.Time) time.Duration {
	var wait time.Duration
	for _, limiter := range p {
		wait = max(wait, limiter.ReserveN(now, 1).DelayFrom(now))
	}
	return wait
}

// carries is how many messages may go out within a span from now on.
func (p paces) carries(now time.Time, span time.Duration) int {
	most := unlimited
	for _, limiter := range p {
		if limiter.Limit() != rate.Inf {
			most = min(most, int(limiter.TokensAt(now)+float64(limiter.Limit())*span.Seconds()))
		}
	}
	return max(most, 1)
}

// unlimited is more than ever waits.
const unlimited = 1 << 30
