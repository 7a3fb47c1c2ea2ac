package rules

import (
	"fmt"
	"time"

	"tocsin/engine/event"
)

// fallbackKind is the kind of block in a channel that names a stand-in.
const fallbackKind = "fallback"

// defaultAfter is how long a message may be unsent before its copy goes out.
const defaultAfter = 15 * time.Minute

// fallbackBlock is a fallback whose channel is still to be looked up: it may
// stand behind the one that names it.
type fallbackBlock struct {
	*reader
	of *Channel
	to *Fallback
}

// fallback decodes where copies go of what a channel cannot send.
//
//	fallback {
//	  channel = "mail"
//	  after   = "15m" # unsent that long; at once when the target refuses
//	}
//
// It comes behind give_up, which after must be below.
func (r *reader) fallback(c *Channel) []*fallbackBlock {
	var found []*fallbackBlock
	for _, b := range r.all(fallbackKind) {
		if !r.unlabelled(b) {
			continue
		}
		f := &fallbackBlock{r.read(b), c, &Fallback{After: defaultAfter, Place: place(b.head)}}
		f.require("channel")
		f.str("channel", &f.to.Channel)
		f.span("after", &f.to.After, time.Minute, year)
		f.done()
		f.checkAfter()
		found = append(found, f)
	}
	return found
}

// checkAfter reports a copy that would go out when its message is given up.
func (f *fallbackBlock) checkAfter() {
	if f.to.After < f.of.GiveUp {
		return
	}
	at := f.block.head
	if a := f.argument("after"); a != nil {
		at = a.valueRange()
	}
	f.fail(finding{
		code: CodeValue, at: at, in: f.block.in(), summary: "a fallback that never comes",
		detail: fmt.Sprintf("The channel gives a message up after %s, which is not later than %s. Write a shorter after, or a longer give_up.",
			event.Duration(f.of.GiveUp), event.Duration(f.to.After)),
	})
}

// lowerFallbacks looks the channels of fallbacks up. One that is switched off
// would keep the copies to itself, so there is no fallback then.
func (l *loading) lowerFallbacks() {
	for _, f := range l.fallbacks {
		a := f.argument("channel")
		if a == nil || f.to.Channel == "" {
			continue
		}
		if f.to.Channel == f.of.Name {
			f.invalid(a, "a channel that falls back on itself", "Name another one, best of a service that does not fail at the same time.")
			continue
		}
		f.knownChannel(word{f.to.Channel, a.valueRange()})
		if to := l.config.Channels[f.to.Channel]; to != nil && to.Enabled {
			f.of.Fallback = f.to
		}
	}
}
