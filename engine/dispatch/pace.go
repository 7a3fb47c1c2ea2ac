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

// paces are the limits that a worker keeps: of its service, and of its operator,
// whose limit a CRITICAL message need not wait for.
type paces struct{ service, operator *rate.Limiter }

func newPaces() *paces {
	return &paces{rate.NewLimiter(rate.Inf, 1), rate.NewLimiter(rate.Inf, 1)}
}

// set makes the limits those of a line. What was sent before still counts.
func (p *paces) set(line *Line) {
	line.Pace.on(p.service)
	line.Rate.on(p.operator)
}

func (p Pace) on(limiter *rate.Limiter) {
	limit := rate.Inf
	if p.Every > 0 {
		limit = rate.Every(p.Every)
	}
	limiter.SetLimit(limit)
	limiter.SetBurst(max(p.Burst, 1))
}

// reserve takes a turn. It returns how long to wait for it, and what gives it
// back.
func (p *paces) reserve(now time.Time, urgent bool) (wait time.Duration, giveBack func()) {
	service, operator := p.service.ReserveN(now, 1), p.operator.ReserveN(now, 1)
	wait = service.DelayFrom(now)
	if !urgent {
		wait = max(wait, operator.DelayFrom(now))
	}
	return wait, func() {
		service.Cancel()
		operator.Cancel()
	}
}

// carries is how many messages may go out within a span from now on.
func (p *paces) carries(now time.Time, span time.Duration) int {
	most := unlimited
	for _, limiter := range []*rate.Limiter{p.service, p.operator} {
		if limiter.Limit() != rate.Inf {
			most = min(most, int(limiter.TokensAt(now)+float64(limiter.Limit())*span.Seconds()))
		}
	}
	return max(most, 1)
}

// unlimited is more than ever waits.
const unlimited = 1 << 30
