package dispatch

import (
	"time"

	"tocsin/engine/event"
)

// maxClaims bounds the keys that are remembered. Over it those that end first are
// forgotten; at worst a repeated request makes a second event.
const maxClaims = 100_000

// claims are the keys that events took, so that a repeated request makes no
// second event.
type claims struct{ taken map[string]event.Claim }

func newClaims(saved []event.Claim) *claims {
	c := &claims{taken: make(map[string]event.Claim, len(saved))}
	for _, claim := range saved[max(len(saved)-maxClaims, 0):] {
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
	c.sweep(claim.Key, now)
	return "", false, nil
}

// learn notes a claim that another node took.
func (c *claims) learn(claim event.Claim) { c.taken[claim.Key] = claim }

// giveBack frees a key that its event does not need, when it has it.
func (c *claims) giveBack(claim event.Claim) {
	if c.taken[claim.Key].EventID == claim.EventID {
		delete(c.taken, claim.Key)
	}
}

// sweep looks at a few claims and drops those that ended, and when there are too
// many also the one among them that ends first.
func (c *claims) sweep(keep string, now time.Time) {
	var first event.Claim
	seen := 0
	for key, claim := range c.taken {
		if seen++; seen > 8 {
			break
		}
		switch {
		case key == keep:
		case !claim.Until.After(now):
			delete(c.taken, key)
		case first.Key == "" || claim.Until.Before(first.Until):
			first = claim
		}
	}
	if len(c.taken) > maxClaims {
		delete(c.taken, first.Key)
	}
}
