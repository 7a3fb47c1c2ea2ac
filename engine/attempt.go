package engine

import (
	"time"

	"tocsin/engine/event"
)

// The schedule of attempts.
const (
	firstBackoff = 2 * time.Second
	lastBackoff  = 15 * time.Minute
	leastBackoff = time.Second
	probeEvery   = 15 * time.Minute   // of a channel whose target refuses
	oddAge       = 7 * 24 * time.Hour // beyond giveUp: the clock may be to blame
	leastEffort  = 10 * time.Minute   // of retrying, before a message of such an age is given up
)

// Attempted returns what becomes of a parcel after an attempt at now: sent,
// tried again later, held until the channel works, or given up. err is nil
// when the service took it. giveUp is how long after its acceptance a message
// is still worth sending; jitter is a random number in [0,1) that spreads
// retries.
func Attempted(p event.Parcel, err *event.SendError, now time.Time, giveUp time.Duration, jitter float64) event.Parcel {
	p.Attempt++
	p.Tried = now
	if err == nil {
		p.State, p.Code, p.Error = event.Sent, "", ""
		return p
	}
	p.Code, p.Error = err.Code, err.Error()
	p.Maybe = p.Maybe || err.Maybe
	switch {
	case err.Class == event.Unfit && p.Plain:
		p.State = event.Dead
	case err.Class == event.Unfit:
		p.State, p.Plain, p.Due = event.Retry, true, now
	case err.Class == event.Target:
		p.State, p.Due = event.Held, now.Add(probeEvery)
	case outlived(p, now, giveUp):
		p.State = event.Dead
	default:
		p.State, p.Due = event.Retry, now.Add(max(backoff(p.Attempt, jitter), err.RetryAfter))
		if err.Maybe {
			p.State = event.Unknown
		}
	}
	return p
}

// Wait returns how long a parcel read back from the store still has to wait:
// never longer than it was meant to when it was put off, whatever the clock did
// since.
func Wait(p event.Parcel, now time.Time) time.Duration {
	wait := p.Due.Sub(now)
	if p.Tried.IsZero() {
		return 0
	}
	return min(wait, p.Due.Sub(p.Tried))
}

// outlived reports whether a parcel is too old to be worth another attempt. A
// clock that is set right, as after a start without a battery, makes it years
// older in a moment: that alone gives up nothing.
func outlived(p event.Parcel, now time.Time, giveUp time.Duration) bool {
	age := now.Sub(p.Accepted)
	return age >= giveUp && (age < giveUp+oddAge || effort(p.Attempt) >= min(giveUp, leastEffort))
}

// effort is how long that many attempts take at most.
func effort(attempts int) (total time.Duration) {
	for n := 1; n <= attempts && total < leastEffort; n++ {
		total += longestBackoff(n)
	}
	return total
}

// backoff grows exponentially with the attempts made and is spread over its
// whole length, so that many channels do not come back at one moment.
func backoff(attempt int, jitter float64) time.Duration {
	return max(time.Duration(jitter*float64(longestBackoff(attempt))), leastBackoff)
}

func longestBackoff(attempt int) time.Duration {
	if shift := attempt - 1; shift < 16 {
		return min(firstBackoff<<shift, lastBackoff)
	}
	return lastBackoff
}
