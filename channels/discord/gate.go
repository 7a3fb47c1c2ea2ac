package discord

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// longestWait bounds what is believed about a rate limit, so that an odd
// answer cannot close the gate for good.
const longestWait = time.Hour

// gate keeps requests back while Discord said that the next one would be
// refused. Refused requests count too: many of them block the sender's address.
type gate struct {
	mu    sync.Mutex
	opens time.Time
}

// pass waits until the gate is open. Where ctx ends before that, it returns a
// *event.SendError at once.
func (g *gate) pass(ctx context.Context) error {
	g.mu.Lock()
	wait := time.Until(g.opens)
	g.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return rateLimited(wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return rateLimited(wait)
	}
}

// learn reads the limits of an answer: whether it used up the last request of
// its window.
func (g *gate) learn(header http.Header) { g.shut(windowEnd(header)) }

// windowEnd returns how long the window lasts that is used up; 0 when it is not.
func windowEnd(header http.Header) time.Duration {
	if header.Get("X-RateLimit-Remaining") != "0" {
		return 0
	}
	return seconds(header.Get("X-RateLimit-Reset-After"))
}

// shut closes the gate for wait.
func (g *gate) shut(wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if opens := time.Now().Add(min(wait, longestWait)); opens.After(g.opens) {
		g.opens = opens
	}
}

// seconds reads Discord's seconds, which have fractions; what is no number is
// no wait.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return httpsend.Seconds(n)
}

func rateLimited(wait time.Duration) *event.SendError {
	span := "now"
	if wait > 0 {
		span = event.Duration(max(wait, time.Second)).String()
	}
	return &event.SendError{
		Class:      event.Temporary,
		Code:       "rate_limited",
		Why:        "Discord takes no more messages of this webhook for " + span,
		Do:         "it goes on by itself; fewer rules for this channel, or a digest, would help",
		RetryAfter: wait,
	}
}
