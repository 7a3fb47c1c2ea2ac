package crew

import (
	"context"
	"math/rand/v2"
	"time"

	"tocsin/sources"
)

const (
	offerTime  = 5 * time.Second // for one attempt to have findings kept
	fullTime   = 10 * time.Second
	offerFirst = 200 * time.Millisecond // pause after a failed attempt, doubled each time
	offerMost  = 15 * time.Second
)

// Keep is the Desk's. It offers the findings until all are kept. What is not taken
// because too much waits already is let go after fullTime: what is behind it may
// be more urgent, and the post room counts and tells what it sheds.
func (m *member) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	if n := len(findings); n > 0 && findings[n-1].Position == "" {
		findings = append([]sources.Finding(nil), findings...)
		findings[n-1].Position = position
	}
	began, pause := time.Now(), offerFirst
	for len(findings) > 0 {
		left, kept, err := m.offer(ctx, findings, time.Since(began) < fullTime)
		findings = left
		if kept > 0 {
			began, pause = time.Now(), offerFirst
		}
		if err == nil {
			continue
		}
		if pause = wait(ctx, pause); pause == 0 {
			return ctx.Err()
		}
	}
	for {
		moving, cancel := context.WithTimeout(ctx, offerTime)
		err := m.moved(moving, position)
		cancel()
		if err == nil {
			return nil
		}
		if pause = wait(ctx, pause); pause == 0 {
			return ctx.Err()
		}
	}
}

// offer has findings taken once. It returns those that are left, with the reason.
func (m *member) offer(ctx context.Context, findings []sources.Finding, patient bool) (left []sources.Finding, kept int, err error) {
	offering, cancel := context.WithTimeout(ctx, offerTime)
	defer cancel()
	defer func() { m.found(kept) }()
	for i, v := range m.crew.Post.Take(offering, m.job.Name, findings) {
		switch {
		case v.Err == nil:
			kept++
			m.at(findings[i].Position)
		case v.Fate == Refused:
			m.log.Error("an event is refused for good", "event_type", findings[i].Event.Type, "err", v.Err)
			m.crew.Lost(m.job.Name, 1)
		case v.Fate == Full && !patient:
			m.log.Warn("an event is let go", "event_type", findings[i].Event.Type, "err", v.Err)
			m.crew.Lost(m.job.Name, 1)
			return findings[i+1:], kept, nil
		default:
			return findings[i:], kept, v.Err
		}
	}
	return nil, kept, nil
}

// wait waits for about a pause and returns the next one, or 0 when ctx ended.
func wait(ctx context.Context, pause time.Duration) time.Duration {
	select {
	case <-ctx.Done():
		return 0
	case <-time.After(pause/2 + rand.N(pause/2+1)):
		return min(2*pause, offerMost)
	}
}
