package dispatch

import (
	"time"

	"tocsin/engine/event"
)

// claims are the keys that events took, so that a repeated request makes no
// second event.
type claims struct{ taken map[string]event.Claim }

func newClaims(saved []event.Claim) *claims {
	c := &claims{taken: make(map[string]event.Claim, len(saved))}
	for _, claim := range saved {
		c.taken[claim.Key] = claim
	}
	return c
}

// take claims a key for an event. It reports the event that has it already, or
// ErrConflict when that one came with another body.
func (c *claims) take(claim event.Claim, now time.Time) (id string, taken bool, err error) {
	if claim.Key == "" {
		return "", false, nil
	}
	if old, ok := c.taken[claim.Key]; ok && old.Until.After(now) {
		if old.Digest != claim.Digest {
			return "", false, ErrConflict
		}
		return old.EventID, true, nil
	}
	c.taken[claim.Key] = claim
	c.sweep(now)
	return "", false, nil
}

func (c *claims) giveBack(claim event.Claim) { delete(c.taken, claim.Key) }

// sweep looks at a few claims and drops those that ended.
func (c *claims) sweep(now time.Time) {
	seen := 0
	for key, claim := range c.taken {
		if seen++; seen > 8 {
			return
		}
		if !claim.Until.After(now) {
			delete(c.taken, key)
		}
	}
}
