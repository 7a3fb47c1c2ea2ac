package apprise

import (
	"context"
	"sync"
	"time"
)

const (
	askTime   = 10 * time.Second // to list what an Apprise speaks
	knownFor  = time.Hour        // what is listed holds
	failedFor = 10 * time.Second // that it could not be asked holds: a reload asks for each channel
)

// Known is what Apprises speak, as far as they were asked. Many goroutines may use
// it.
type Known struct {
	mu      sync.Mutex
	answers map[string]answered // by the identity of an Apprise
}

// answered is what one Apprise said.
type answered struct {
	schemas map[string]bool
	err     error
	until   time.Time
}

// NewKnown returns a Known that knows nothing.
func NewKnown() *Known { return &Known{answers: map[string]answered{}} }

// of returns what an Apprise speaks, and asks it when that is not known. Who comes
// meanwhile waits for the same answer.
func (k *Known) of(ctx context.Context, e engine) (map[string]bool, error) {
	id, err := e.identity()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if a, ok := k.answers[id]; ok && now.Before(a.until) {
		return a.schemas, a.err
	}
	for old, a := range k.answers { // of an Apprise that was replaced
		if !now.Before(a.until) {
			delete(k.answers, old)
		}
	}
	a := answered{}
	a.schemas, a.err = e.schemas(ctx)
	a.until = now.Add(knownFor)
	if a.err != nil {
		a.until = now.Add(failedFor)
	}
	k.answers[id] = a
	return a.schemas, a.err
}
