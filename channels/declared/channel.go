package declared

import (
	"bytes"
	"context"
	"fmt"
	"maps"
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

// delivery is one call of a message, and what it is told apart by: not by its
// bytes, as a signature changes with the clock.
type delivery struct {
	view map[string]any
	n    int // of the calls of its view
}

// Send delivers m as described by channels.Channel.
func (c *channel) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	parts, err := c.spec.Parts(m, c.set.Options)
	if err != nil {
		return event.Receipt{}, c.internal(err)
	}
	var deliveries []delivery
	var digests []progress.Digest
	var view map[string]any
	saved := map[string]any{}
	defer func() { c.after(ctx, view) }()
	for _, p := range parts {
		view = c.spec.View(m, p, c.set, c.app, c.now())
		if why := c.spec.Untold(view); why != "" {
			return event.Receipt{Note: why}, nil
		}
		view["step"] = saved
		if err := c.steps(ctx, view); err != nil {
			return event.Receipt{}, err
		}
		calls, err := c.spec.Calls(view, c.now())
		if err != nil {
			return event.Receipt{}, c.internal(err)
		}
		for n := range calls {
			deliveries = append(deliveries, delivery{view, n})
			digests = append(digests, progress.DigestOf(fmt.Appendf(nil, "%d\x00%s\x00%s", n, p.Title, p.Text)))
		}
	}
	return c.sent.Deliver(m.ID, digests, func(i int) (string, error) { return c.deliver(ctx, deliveries[i]) })
}

// deliver makes one call of a message. A session that has ended meanwhile is
// opened anew, once.
func (c *channel) deliver(ctx context.Context, d delivery) (string, error) {
	answer, err := c.try(ctx, d)
	if err == nil && c.spec.Ended(&service.Answer{Status: answer.Status, Phrase: http.StatusText(answer.Status), Body: answer.Body}) && c.forget() {
		clear(savedIn(d.view))
		if err = c.steps(ctx, d.view); err == nil {
			answer, err = c.try(ctx, d)
		}
	}
	if err != nil {
		return "", err
	}
	a := &service.Answer{Status: answer.Status, Phrase: http.StatusText(answer.Status), Body: answer.Body}
	if !c.spec.Took(a) {
		return "", c.spec.Refused(a, answer.Refusal(c.spec.Title), c.set.Hide)
	}
	return c.spec.MessageID(a), nil
}

func (c *channel) try(ctx context.Context, d delivery) (*httpsend.Answer, error) {
	calls, err := c.spec.Calls(d.view, c.now())
	if err != nil || d.n >= len(calls) {
		return nil, c.internal(err)
	}
	return c.do(ctx, calls[d.n])
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

// savedIn returns what the steps of a view's message saved. Its parts share it.
func savedIn(view map[string]any) map[string]any {
	m, _ := view["step"].(map[string]any)
	return m
}

// after makes the calls that go behind a message. It is delivered or not by
// then, so that their answers say nothing.
func (c *channel) after(ctx context.Context, view map[string]any) {
	if view == nil {
		return
	}
	for _, st := range c.spec.After {
		if call, needed, err := st.Call(view, c.now()); err == nil && needed {
			c.do(ctx, call)
		}
	}
}

// steps puts into a view what the message's calls need of earlier ones.
func (c *channel) steps(ctx context.Context, view map[string]any) error {
	saved := savedIn(view)
	for _, st := range c.spec.Steps {
		if saved[st.Name] != nil {
			continue
		}
		if k, ok := c.valid(st.Name); ok {
			saved[st.Name] = k
			continue
		}
		call, needed, err := st.Call(view, c.now())
		if err != nil {
			return c.internal(err)
		}
		if !needed {
			continue
		}
		answer, err := c.do(ctx, call)
		if err != nil {
			return err
		}
		a := &service.Answer{Status: answer.Status, Phrase: http.StatusText(answer.Status), Body: answer.Body}
		if !answer.OK() {
			return c.spec.Refused(a, answer.Refusal(c.spec.Title), c.set.Hide)
		}
		values, keep, err := st.Saved(a)
		if err != nil {
			return c.spec.Refused(a, answer.Refusal(c.spec.Title), c.set.Hide)
		}
		saved[st.Name] = values
		c.keep(st.Name, values, keep)
	}
	return nil
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
