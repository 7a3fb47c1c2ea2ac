package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"tocsin/api"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
	"tocsin/rules"
)

const (
	probeTime = 10 * time.Second // in which a made-up event must be judged and kept
	mostWhy   = 1000             // bytes of a reason that a service is told
	mostMsg   = 200              // of one that stands in an address
)

// heart tells a service elsewhere, again and again, that tocsin works, or why it
// does not. When it is not heard from, that service speaks up.
type heart struct {
	do       func(*http.Request) (*httpsend.Answer, error)
	settings func() rules.Heartbeat
	degraded func(context.Context) string // why nobody would hear of an event; empty: somebody would
	metric   func(time.Time)              // zero: there is no heartbeat
	log      *slog.Logger
	edited   chan struct{} // has room for one

	mu    sync.Mutex
	state api.Heartbeat
}

func newHeart(settings func() rules.Heartbeat, degraded func(context.Context) string, metric func(time.Time), log *slog.Logger) *heart {
	return &heart{
		do: httpsend.New(httpsend.Options{}).Do, settings: settings, degraded: degraded, metric: metric, log: log, edited: make(chan struct{}, 1),
	}
}

// edit says that the settings may be others.
func (h *heart) edit() {
	select {
	case h.edited <- struct{}{}:
	default: // it looks already
	}
}

// run beats until ctx ends, and begins anew with each edit of the block.
func (h *heart) run(ctx context.Context) {
	for ctx.Err() == nil {
		s := h.settings()
		h.forget()
		h.follow(ctx, s)
	}
}

// follow beats at once and then each time that s says, until s holds no longer. A
// beat that takes longer than that leaves out those that it covers.
func (h *heart) follow(ctx context.Context, s rules.Heartbeat) {
	var due <-chan time.Time // never, without an address
	if s.URL.IsSet() {
		tick := time.NewTicker(s.Every)
		defer tick.Stop()
		due = tick.C
		h.beat(ctx, s)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.edited:
			if now := h.settings(); now.Every != s.Every || now.Held != s.Held || now.URL.Reveal() != s.URL.Reveal() {
				return
			}
		case <-due:
			h.beat(ctx, s)
		}
	}
}

// forget is for what was said to another service.
func (h *heart) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state = api.Heartbeat{}
	h.metric(time.Time{})
}

// report is what is known of the heartbeat; nil when there is none.
func (h *heart) report() *api.Heartbeat {
	s := h.settings()
	if s.Held != "" {
		return &api.Heartbeat{Error: "it waits: " + s.Held}
	}
	if !s.URL.IsSet() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	state := h.state
	return &state
}

// beat says how things are, once.
func (h *heart) beat(ctx context.Context, s rules.Heartbeat) {
	why := h.degraded(ctx)
	req, err := beatRequest(ctx, s.URL, why)
	if err == nil {
		err = h.say(req)
	}
	if ctx.Err() == nil {
		h.note(why, err, time.Now())
	}
}

// note remembers what came of a beat, and logs what changed by it.
func (h *heart) note(why string, err error, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.state
	h.state.Degraded, h.state.Error = why, ""
	switch {
	case err != nil:
		h.state.Error = err.Error()
	case why == "":
		h.state.Last = &now
		h.metric(now)
	}
	if changed(was.Degraded, why) {
		if why != "" {
			h.log.Warn("the heartbeat tells that nobody would hear of an event", "why", why)
		} else {
			h.log.Info("the heartbeat tells that all is well again")
		}
	}
	if changed(was.Error, h.state.Error) {
		if err != nil {
			h.log.Warn("the heartbeat is not heard", "err", err)
		} else {
			h.log.Info("the heartbeat is heard again")
		}
	}
}

// changed reports whether something began or ended: another reason for the same
// is no news.
func changed(was, is string) bool { return (was == "") != (is == "") }

// say sends a request and reads what the service makes of it. No error of it shows
// the address.
func (h *heart) say(req *http.Request) error {
	answer, err := h.do(req)
	if err != nil {
		return fmt.Errorf("reach the service: %s", event.AsSendError(err).Why)
	}
	host := event.Clip(event.OneLine(event.Clean(req.URL.Host)), 200)
	switch body := strings.TrimSpace(string(answer.Body)); {
	case !answer.OK():
		return fmt.Errorf("%s answered %d %s: look at heartbeat.url", host, answer.Status, http.StatusText(answer.Status))
	case body == "OK (not found)": // healthchecks.io says so with status 200
		return fmt.Errorf("%s knows no check of this address: look at heartbeat.url", host)
	}
	return nil
}

// beatRequest makes the request of a beat. With a reason it says that something is
// wrong: to an address that names its state, as Uptime Kuma's do, by that state,
// and else by /fail behind the path, with the reason as the body.
func beatRequest(ctx context.Context, address event.Secret, why string) (*http.Request, error) {
	u, err := url.Parse(address.Reveal())
	if err != nil { // its text holds the address
		return nil, fmt.Errorf("heartbeat.url is no web address")
	}
	if why == "" {
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	why = event.Clean(why)
	if q := u.Query(); q.Get("status") == "up" {
		q.Set("status", "down")
		q.Set("msg", event.Clip(event.OneLine(why), mostMsg))
		u.RawQuery = q.Encode()
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.JoinPath("fail").String(), strings.NewReader(event.Clip(why, mostWhy)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	return req, nil
}

// degraded tells why nobody would hear of an event that came now; empty when
// somebody would.
func (d *Daemon) degraded(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if err := d.post.Probe(ctx); err != nil {
		return err.Error()
	}
	if why := d.leaderless(ctx); why != "" {
		return why
	}
	if !d.running.Load().config.Policy.Enabled {
		return "tocsin.enabled is false: nothing is dispatched"
	}
	list, err := d.Channels(ctx)
	if err != nil {
		return err.Error()
	}
	return silent(list)
}

// silent tells why no channel works; empty when one does.
func silent(list []api.ChannelState) string {
	var failing []string
	for _, c := range list {
		switch c.State {
		case "ok":
			return ""
		case "failing", "waiting":
			failing = append(failing, c.Name+": "+c.Reason)
		}
	}
	if len(failing) == 0 {
		return "there is no channel that is switched on"
	}
	return "no channel works: " + strings.Join(failing, "; ")
}
