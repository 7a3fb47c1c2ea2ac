package declared

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"sync"
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/channels/progress"
	"tocsin/channels/service"
	"tocsin/engine/event"
)

// channel is one destination of a declared service.
type channel struct {
	client *httpsend.Client
	app    service.App
	spec   *service.Spec
	set    *service.Settled
	sent   progress.Memory
	now    func() time.Time

	mu   sync.Mutex // an older Send may still run after a reload
	kept map[string]kept
}

// kept is what a step saved, and until when it holds.
type kept struct {
	values map[string]any
	until  time.Time
}

// String names the channel without its fields.
func (c *channel) String() string { return c.spec.Title + " channel" }

// GoString hides the fields from %#v.
func (c *channel) GoString() string { return c.String() }

// Pace returns how fast the service takes messages.
func (c *channel) Pace() channels.Pace { return c.spec.Pace }

// sending is one message on its way.
type sending struct {
	*channel
	rounds []*round
	saved  map[string]any // what steps saved, for all rounds
}

// round is the calls of one part of a message. They are made once, and anew only
// with a new session.
type round struct {
	part  service.Part
	view  map[string]any
	calls []service.Call
}

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	parts, err := c.spec.Parts(m, c.set.Options)
	if err != nil {
		return event.Receipt{}, c.internal(err)
	}
	s := &sending{channel: c, saved: map[string]any{}}
	for _, p := range parts {
		view := c.spec.View(m, p, c.set, c.app, c.now())
		view["step"] = s.saved
		if why := c.spec.Untold(view); why != "" {
			return event.Receipt{Note: why}, nil
		}
		s.rounds = append(s.rounds, &round{part: p, view: view})
	}
	defer s.after(ctx)
	if err := s.prepare(ctx); err != nil {
		return event.Receipt{}, err
	}
	type one struct {
		*round
		n int
	}
	var all []one
	var digests []progress.Digest
	for _, r := range s.rounds {
		for n := range r.calls { // not by its bytes, as a signature changes with the clock
			all = append(all, one{r, n})
			digests = append(digests, progress.DigestOf(fmt.Appendf(nil, "%s\x00%s\x00%s", r.calls[n].For, r.part.Title, r.part.Text)))
		}
	}
	return c.sent.Deliver(m.ID, digests, func(i int) (string, error) { return s.deliver(ctx, all[i].round, all[i].n) })
}

// prepare takes the steps that go before, and makes the calls of all rounds.
func (s *sending) prepare(ctx context.Context) error {
	for _, r := range s.rounds {
		if err := s.steps(ctx, r.view, s.saved); err != nil {
			return err
		}
		var err error
		if r.calls, err = s.spec.Calls(r.view, s.now()); err != nil {
			return s.internal(err)
		}
	}
	return nil
}

// deliver makes one call of a message. A session that has ended meanwhile is
// opened anew, once.
func (s *sending) deliver(ctx context.Context, r *round, n int) (string, error) {
	a, refused, err := s.try(ctx, r.calls[n])
	if err == nil && s.spec.Ended(a) && s.forget() {
		clear(s.saved)
		if err = s.prepare(ctx); err == nil {
			a, refused, err = s.try(ctx, r.calls[n])
		}
	}
	if err != nil {
		return "", err
	}
	if !s.spec.Took(a) {
		return "", s.spec.Refused(a, refused, s.set.Hide)
	}
	return s.spec.MessageID(a), nil
}

// try makes a call and returns the answer, with what its status alone says of a
// refusal.
func (c *channel) try(ctx context.Context, call service.Call) (*service.Answer, *event.SendError, error) {
	answer, err := c.do(ctx, call)
	if err != nil {
		return nil, nil, err
	}
	a := &service.Answer{Status: answer.Status, Phrase: http.StatusText(answer.Status), Body: answer.Body}
	return a, answer.Refusal(c.spec.Title), nil
}

// do makes a call.
func (c *channel) do(ctx context.Context, call service.Call) (*httpsend.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, bytes.NewReader(call.Body))
	if err != nil { // its text holds the URL
		return nil, &event.SendError{
			Class: event.Target, Code: "bad_url",
			Why: "the channel's fields make no address that a request can be sent to", Do: "correct them in the channel block",
		}
	}
	for _, h := range call.Headers {
		req.Header.Set(h.Name, h.Value)
	}
	return c.client.Do(req)
}

// internal is an error of the service's declaration.
func (c *channel) internal(err error) error {
	why := "the request could not be made"
	if err != nil {
		why += ": " + c.set.Hide(err.Error())
	}
	return &event.SendError{Class: event.Target, Code: "bad_request", Why: why, Do: fmt.Sprintf("correct the channel, or the service block %q", c.spec.Name)}
}

// after makes the calls that go behind a message. It is delivered or not by
// then, so that their answers say nothing.
func (s *sending) after(ctx context.Context) {
	view := s.rounds[len(s.rounds)-1].view
	for _, st := range s.spec.After {
		calls, err := st.Calls(view, s.now())
		if err != nil {
			continue
		}
		for _, call := range calls {
			s.do(ctx, call)
		}
	}
}

// steps puts into saved what the calls of a view need of earlier ones.
func (c *channel) steps(ctx context.Context, view, saved map[string]any) error {
	for _, st := range c.spec.Steps {
		if saved[st.Name] != nil {
			continue
		}
		if k, ok := c.valid(st.Name); ok {
			saved[st.Name] = k
			continue
		}
		calls, err := st.Calls(view, c.now())
		if err != nil {
			return c.internal(err)
		}
		if len(calls) == 0 {
			continue
		}
		values, keep, err := c.step(ctx, st, calls)
		if err != nil {
			return err
		}
		saved[st.Name] = values
		c.keep(st.Name, values, keep)
	}
	return nil
}

// step makes the calls of a step and returns what it saves of all answers, and
// for how long.
func (c *channel) step(ctx context.Context, st *service.Step, calls []service.Call) (map[string]any, time.Duration, error) {
	all, shortest := map[string]any{}, time.Duration(math.MaxInt64)
	for _, call := range calls {
		a, refused, err := c.try(ctx, call)
		if err != nil {
			return nil, 0, err
		}
		values, keep, err := st.Saved(a)
		if a.Status/100 != 2 || err != nil {
			return nil, 0, c.spec.Refused(a, refused, c.set.Hide)
		}
		service.Join(all, values)
		shortest = min(shortest, keep)
	}
	return all, shortest, nil
}

func (c *channel) valid(step string) (map[string]any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[step]
	return maps.Clone(k.values), ok && c.now().Before(k.until)
}

func (c *channel) keep(step string, values map[string]any, span time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if span > 0 {
		c.kept[step] = kept{values, c.now().Add(span)}
	}
}

// forget drops what steps saved and reports whether there was anything.
func (c *channel) forget() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	had := len(c.kept) > 0
	clear(c.kept)
	return had
}
